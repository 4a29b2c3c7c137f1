import { JwtcheckError } from '../../../errors.js';
import type { Report } from '../../../model.js';
import type { Io } from '../../../system/io.js';

export interface WaitOptions {
  /** Milliseconds for the whole wait. */
  readonly waitMs: number;
  /** Milliseconds between two checks. */
  readonly intervalMs: number;
  /** Required number of consecutive consistent checks. */
  readonly consecutive: number;
  /** Milliseconds for one check. */
  readonly deadlineMs: number;
}

/** Minimum number of milliseconds for the last check. */
const leastMs = 50;

/**
 * Repeats a check until enough consecutive checks were consistent, or the time is over. It never takes longer.
 * Returns the last report, unless the end of the time interrupted that check: then it says less than the one before.
 * @param once runs one check within the given number of milliseconds
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
    // The next check takes about as long as this one.
    const took = Math.min(performance.now() - started, deadlineMs);
    const left = end - performance.now();
    const pause = Math.min(intervalMs, left - Math.max(2 * took, leastMs));
    if (pause < 0) return outOfTime(last, consecutive);
    const progress =
      consecutive === 1 || inARow === 0 ? report.verdict : `consistent (${inARow} of ${consecutive})`;
    await stderr.write(`${progress}; checking again, for up to ${Math.ceil(left / 1000)} s\n`);
    await sleep(pause, signal);
  }
}

/** A consistent check without enough consecutive ones is inconclusive. */
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
