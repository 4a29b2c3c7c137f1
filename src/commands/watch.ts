import { describeError } from '../config/describe.js';
import { loadConfig } from '../config/load.js';
import type { Io } from '../io.js';
import type { ExitCode } from '../model.js';
import type { WatchFlags } from '../monitor/configured.js';
import type { CheckOutcome } from '../monitor/model.js';
import { type EventFormat, outputRecipient } from '../monitor/output.js';
import { startLine, statusKey, statusLine } from '../monitor/status-line.js';
import { testNotify } from '../monitor/test-notify.js';
import { keepWatching } from '../monitor/watching.js';
import { interruption } from '../process-io.js';
import { createProgress } from '../progress.js';
import { plain } from '../report/escape.js';
import type { Style } from '../report/report.js';

/** The flags of `jwtcheck watch`, read. */
export interface WatchOptions extends WatchFlags {
  /** How many checks; default: until somebody ends it. */
  readonly cycles?: number | undefined;
  readonly format: EventFormat;
  readonly style: Style;
}

/** Milliseconds that may be spent on all that follows a signal. */
const graceMs = 4500;

/**
 * Keeps checking until it is told to end: events go to standard output, how checks go to standard error.
 * @returns the exit code of the last check after `cycles`, otherwise that of the signal
 * @throws ConfigError, UsageError before the first check; afterwards nothing that a check meets ends it
 */
export async function watch(options: WatchOptions, io: Io): Promise<ExitCode> {
  const { cycles, format, style } = options;
  const { env, cwd, now, signal, stdout, stderr, onHangUp, onUnwritten } = io;
  io.grace(graceMs);
  const warn = (text: string): void => void stderr.write(`jwtcheck: ${plain(text)}\n`);
  // A full disk, or a terminal that was closed: whom it notifies must hear of a drift all the same.
  onUnwritten(() =>
    warn('standard output cannot be written to: events are no longer printed, everything else goes on'),
  );
  const showsProgress = stderr.isTTY === true && !style.quiet && format === 'pretty';
  let before: CheckOutcome | null = null;
  const last = await keepWatching({
    flags: options,
    cycles,
    env,
    cwd,
    now,
    signal,
    output: outputRecipient(format, style, stdout),
    warn,
    progress: () => createProgress(stderr, showsProgress),
    async onStart(configured, server) {
      if (!style.quiet) await stderr.write(startLine(configured, server, style));
    },
    async onOutcome(outcome) {
      const news = before === null || statusKey(before) !== statusKey(outcome);
      if (style.verbose || (news && !style.quiet)) await stderr.write(statusLine(outcome, now(), style));
      before = outcome;
    },
    onReload: onHangUp,
    async onRefused(error) {
      await stderr.write(describeError(error));
      warn('the configuration is refused, and the old one goes on');
    },
  });
  return signal.aborted ? interruption(signal) : exitCodeOf(last);
}

function exitCodeOf(outcome: CheckOutcome | null): ExitCode {
  return outcome?.is === 'report' ? outcome.report.exitCode : 4;
}

/** Sends a harmless test through every notifier of the configuration. */
export async function testNotifiers(
  { config, environment }: Pick<WatchFlags, 'config' | 'environment'>,
  io: Io,
): Promise<ExitCode> {
  const loaded = await loadConfig({ cwd: io.cwd, env: io.env, config, environment, watch: true });
  return testNotify(loaded, io);
}
