import type { RunOptions } from '../../../check/session.js';
import { mostParticipants, type Read, readConfig } from '../../../config/read-config.js';
import { type ErrorCode, JwtcheckError } from '../../../errors.js';
import type { ExitCode, Report } from '../../../model.js';
import { openMemory } from '../../../observe/memory.js';
import { NetworkThread, worthThread } from '../../../observe/network/network-thread.js';
import type { Part } from '../../../parts/part.js';
import { observationsFormat } from '../../../report/format-names.js';
import type { Style } from '../../../report/reporter.js';
import { sanitize } from '../../../report/text/sanitize.js';
import type { Io } from '../../../system/io.js';
import { createProgress } from '../../../system/progress.js';
import { abandon, type Delivery, prepare } from './targets.js';
import { untilConsistent } from './until-consistent.js';

export { partFileName, partFlags } from './part-flags.js';
export { isFolder, parseFormats } from './targets.js';

/** The parsed flags of `jwtcheck check`. */
export interface CheckFlags extends RunOptions {
  readonly config?: string | undefined;
  readonly environment?: string | undefined;
  readonly deliveries: readonly Delivery[];
  readonly style: Style;
  /** Milliseconds to repeat the check until it is consistent. */
  readonly waitMs?: number | undefined;
  /** Milliseconds between two checks while waiting. */
  readonly intervalMs: number;
  /** Contact nothing; list what would be contacted. */
  readonly dryRun?: boolean | undefined;
  /** Number of consecutive consistent checks that ends the waiting. */
  readonly consecutive: number;
}

/** Checks one environment, once or until it is consistent, writes the report and returns the exit code. */
export async function check(flags: CheckFlags, io: Io): Promise<ExitCode> {
  try {
    return await checkConfigured(flags, io);
  } catch (error) {
    // A pipeline reads the requested file instead of standard error.
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
  // The thread starts while the configuration is validated and other modules are loaded.
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
    { cwd, env, environment: flags.environment, only: flags.only, skip: flags.skip, part: flags.part },
    read,
  );
  for (const warning of loaded.warnings) await io.stderr.write(`jwtcheck: warning: ${sanitize(warning)}\n`);
  const showProgress = io.stderr.isTTY === true && !flags.style.quiet;
  // Repeated checks present invalid tokens as rarely as a monitor.
  const memory = flags.waitMs === undefined ? undefined : openMemory(loaded.settings.watch.controlsEvery);
  const parts = new Map<string, Part>();
  const isPartWanted = flags.deliveries.some(({ format }) => format === observationsFormat);
  const observed = isPartWanted ? (part: Part) => parts.set(part.startedAt, part) : undefined;
  let early = thread;
  const once = async (deadlineMs = flags.deadlineMs): Promise<Report> => {
    const progress = createProgress(io.stderr, showProgress);
    const around = { env, now, signal, progress: progress.update, observed };
    try {
      return await checkOnce(loaded, { ...flags, deadlineMs, memory }, around, early);
    } finally {
      // The thread serves the first check only, and has ended.
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
    // The code for reports is loaded while participants answer.
    const [report, { deliver }] = await Promise.all([checking, import('./deliver.js')]);
    const part = parts.get(report.startedAt) ?? null;
    await deliver({ report, style: flags.style, part, loaded }, targets, io);
    // What was observed is written; whether it is consistent is for `jwtcheck judge` to say.
    return flags.isJudgedLater === true ? 0 : report.exitCode;
  } finally {
    await abandon(targets);
  }
}
