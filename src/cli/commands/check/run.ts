import type { RunOptions } from '../../../check/session.js';
import { mostParticipants, type Read, readConfig } from '../../../config/read-config.js';
import { type ErrorCode, JwtcheckError } from '../../../errors.js';
import type { ExitCode, Report } from '../../../model.js';
import { openMemory } from '../../../observe/memory.js';
import { NetworkThread, worthThread } from '../../../observe/network/network-thread.js';
import type { Style } from '../../../report/reporter.js';
import { sanitize } from '../../../report/text/sanitize.js';
import type { Io } from '../../../system/io.js';
import { createProgress } from '../../../system/progress.js';
import { abandon, type Delivery, prepare } from './targets.js';
import { untilConsistent } from './until-consistent.js';

export { parseFormats } from './targets.js';

/** The flags of `jwtcheck check`, parsed. */
export interface CheckFlags extends RunOptions {
  readonly config?: string | undefined;
  readonly environment?: string | undefined;
  readonly deliveries: readonly Delivery[];
  readonly style: Style;
  /** Milliseconds to go on checking until consistent. */
  readonly waitMs?: number | undefined;
  /** Milliseconds between two checks while waiting. */
  readonly intervalMs: number;
  /** Contact nothing: list what would be contacted. */
  readonly dryRun?: boolean | undefined;
  /** Consistent checks in a row that end the waiting. */
  readonly consecutive: number;
}

/** Checks one environment, once or until it is consistent, writes the report and says how it ended. */
export async function check(flags: CheckFlags, io: Io): Promise<ExitCode> {
  try {
    return await checkConfigured(flags, io);
  } catch (error) {
    // A pipeline looks at the file that it asked for, not at standard error.
    if (error instanceof JwtcheckError && notCheckedCodes.has(error.code)) {
      const { deliverError } = await import('./deliver.js');
      await deliverError(error, flags.deliveries, io);
    }
    throw error;
  }
}

const notCheckedCodes: ReadonlySet<ErrorCode> = new Set(['ERR_USAGE', 'ERR_CONFIG']);

async function checkConfigured(flags: CheckFlags, io: Io): Promise<ExitCode> {
  if (flags.dryRun === true) {
    const { dryRun } = await import('./dry-run.js');
    return dryRun(flags, false, io);
  }
  const read = await readConfig({ cwd: io.cwd, env: io.env, config: flags.config });
  const environment = flags.environment ?? (io.env.JWTCHECK_ENVIRONMENT || undefined);
  const size = flags.only?.length || mostParticipants(read, environment);
  // It starts while the configuration is checked, and while what else is needed is loaded.
  const thread = size < worthThread ? undefined : new NetworkThread();
  try {
    return await checkRead(read, thread, flags, io);
  } finally {
    thread?.end();
  }
}

async function checkRead(
  read: Read,
  thread: NetworkThread | undefined,
  flags: CheckFlags,
  io: Io,
): Promise<ExitCode> {
  const { cwd, env, now, signal } = io;
  const { checkOnce, loadConfig } = await import('../../../check/session.js');
  const loaded = await loadConfig(
    { cwd, env, environment: flags.environment, only: flags.only, skip: flags.skip },
    read,
  );
  for (const warning of loaded.warnings) await io.stderr.write(`jwtcheck: warning: ${sanitize(warning)}\n`);
  const showProgress = io.stderr.isTTY === true && !flags.style.quiet;
  // Repeated checks are as sparing with invalid tokens as a monitor is.
  const memory = flags.waitMs === undefined ? undefined : openMemory(loaded.settings.watch.controlsEvery);
  let early = thread;
  const once = async (deadlineMs = flags.deadlineMs): Promise<Report> => {
    const progress = createProgress(io.stderr, showProgress);
    const around = { env, now, signal, progress: progress.update };
    try {
      return await checkOnce(loaded, { ...flags, deadlineMs, memory }, around, early);
    } finally {
      // For the first check only: it has ended with that.
      early = undefined;
      await progress.stop();
    }
  };
  const targets = await prepare(flags.deliveries, io);
  try {
    const { waitMs, intervalMs, consecutive } = flags;
    const { deadline, timeout } = loaded.settings;
    const deadlineMs = flags.deadlineMs ?? Math.max(deadline, flags.timeoutMs ?? timeout);
    const checking =
      waitMs === undefined
        ? once()
        : untilConsistent(once, { waitMs, intervalMs, consecutive, deadlineMs }, io);
    // What writes the report is loaded while everybody is being asked.
    const [report, { deliver }] = await Promise.all([checking, import('./deliver.js')]);
    await deliver({ report, style: flags.style, loaded }, targets, io);
    return report.exitCode;
  } finally {
    await abandon(targets);
  }
}
