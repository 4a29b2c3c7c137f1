import { JwtcheckError } from '../../../errors.js';
import type { Report } from '../../../model.js';
import type { Io } from '../../../system/io.js';

export interface WaitOptions {
  /** Milliseconds in which everything ends. */
  readonly waitMs: number;
  /** Milliseconds between two checks. */
  readonly intervalMs: number;
  /** Consistent checks in a row that are enough. */
  readonly consecutive: number;
  /** Milliseconds that one check may take by itself. */
  readonly deadlineMs: number;
}

/** Milliseconds that are left for the last check at least. */
const leastMs = 50;

/**
 * Repeats a check until it was consistent often enough in a row, or the time is over; it never takes longer. The last
 * report counts, unless the end of the time cut it short: then it says less than the one before.
 * @param once one check, which takes so many milliseconds at most
 */
export async function untilConsistent(
  once: (deadlineMs: number) => Promise<Report>,
  options: WaitOptions,
  { signal, stderr }: Pick<Io, 'signal' | 'stderr'>,
): Promise<Report> {
  const { waitMs, intervalMs, consecutive, deadlineMs } = options;
  const end = performance.now() + waitMs;
  let inARow = 0;
  let last: Report | null = null;
  for (;;) {
    const started = performance.now();
    const most = Math.max(1, Math.min(deadlineMs, end - started));
    const report = await once(most);
    inARow = report.verdict === 'consistent' ? inARow + 1 : 0;
    if (inARow >= consecutive) return report;
    const wasCut = most < deadlineMs && performance.now() >= end - leastMs;
    if (last === null || !wasCut || report.verdict !== 'inconclusive') last = report;
    // The next check takes about as long as this one did.
    const took = Math.min(performance.now() - started, deadlineMs);
    const left = end - performance.now();
    const pause = Math.min(intervalMs, left - Math.max(2 * took, leastMs));
    if (pause < 0) return outOfTime(last, consecutive);
    const progress =
      consecutive === 1 || inARow === 0 ? report.verdict : `consistent (${inARow} of ${consecutive})`;
    await stderr.write(`${progress}; checking again, for ${Math.ceil(left / 1000)} s more at most\n`);
    await sleep(pause, signal);
  }
}

/** A consistent check that was not the last of enough in a row says nothing for sure. */
const outOfTime = (report: Report, consecutive: number): Report =>
  report.verdict === 'consistent' && report.exitCode === 0 && consecutive > 1
    ? { ...report, exitCode: 3 }
    : report;

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(new JwtcheckError('ERR_INTERRUPTED', 'interrupted'));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
  });
}
