import { setTimeout as sleep } from 'node:timers/promises';
import { loadConfig } from '../config/load.js';
import { originOf } from '../config/origin.js';
import { JwtcheckError } from '../errors.js';
import type { Io } from '../io.js';
import type { ExitCode, Report } from '../model.js';
import { createProgress } from '../progress.js';
import type { Style } from '../report/report.js';
import { type Conduct, checkOnce } from '../session.js';
import { abandon, type Delivery, pointsAtLines, prepare } from './targets.js';

/** The flags of `jwtcheck check`, parsed. */
export interface CheckFlags extends Conduct {
  readonly config?: string | undefined;
  readonly environment?: string | undefined;
  readonly deliveries: readonly Delivery[];
  readonly style: Style;
  /** Milliseconds to go on checking until consistent. */
  readonly waitMs?: number | undefined;
  /** Milliseconds between two checks while waiting. */
  readonly intervalMs: number;
}

/** Checks one environment, once or until it is consistent, writes the report and says how it ended. */
export async function check(flags: CheckFlags, io: Io): Promise<ExitCode> {
  const loaded = await loadConfig({
    cwd: io.cwd,
    env: io.env,
    ...(flags.config === undefined ? {} : { config: flags.config }),
    ...(flags.environment === undefined ? {} : { environment: flags.environment }),
  });
  const showProgress = io.stderr.isTTY === true && !flags.style.quiet;
  const once = async (): Promise<Report> => {
    const progress = createProgress(io.stderr, showProgress);
    try {
      const { env, now, signal } = io;
      return await checkOnce(loaded, flags, { env, now, signal, progress: progress.update });
    } finally {
      await progress.stop();
    }
  };
  const targets = await prepare(flags.deliveries, io);
  try {
    const { waitMs, intervalMs } = flags;
    const checking = waitMs === undefined ? once() : untilConsistent(once, waitMs, intervalMs, io);
    // What writes the report is loaded while everybody is being asked.
    const [report, { deliver }] = await Promise.all([checking, import('./deliver.js')]);
    const origin = pointsAtLines(targets) ? await originOf(loaded, io) : undefined;
    await deliver({ report, style: flags.style, origin }, targets, io);
    return report.exitCode;
  } finally {
    await abandon(targets);
  }
}

/** Repeats a check until it is consistent or the time is over; the last report counts. */
async function untilConsistent(
  once: () => Promise<Report>,
  waitMs: number,
  intervalMs: number,
  io: Io,
): Promise<Report> {
  const end = performance.now() + waitMs;
  for (;;) {
    const report = await once();
    const left = end - performance.now();
    if (report.verdict === 'consistent' || left <= 0) return report;
    const pause = Math.min(intervalMs, left);
    await io.stderr.write(
      `${report.verdict}; checking again, for ${Math.ceil(left / 1000)} s more at most\n`,
    );
    await sleep(pause, undefined, { signal: io.signal }).catch(() => {
      throw new JwtcheckError('ERR_INTERRUPTED', 'interrupted');
    });
  }
}
