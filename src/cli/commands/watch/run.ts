import { describeError } from '../../../config/describe-error.js';
import { loadConfig } from '../../../config/load.js';
import type { ExitCode } from '../../../model.js';
import { testNotify } from '../../../monitor/delivery/test-notify.js';
import type { WatchFlags } from '../../../monitor/effective-config.js';
import type { CheckOutcome } from '../../../monitor/monitor-model.js';
import { createLog, type LogFields, type LogFormat } from '../../../monitor/print/log.js';
import { type EventFormat, outputRecipient } from '../../../monitor/print/output-recipient.js';
import { patientOutput } from '../../../monitor/print/patient-output.js';
import { startLine, statusKey, statusLine } from '../../../monitor/print/status-line.js';
import { runWatch } from '../../../monitor/run-watch.js';
import type { Style } from '../../../report/reporter.js';
import type { Io } from '../../../system/io.js';
import { interruption } from '../../../system/process-io.js';
import { createProgress } from '../../../system/progress.js';

export { listen } from '../../../config/watch-schema.js';
export { isLogFormat } from '../../../monitor/print/log.js';
export { eventFormats, isEventFormat } from '../../../monitor/print/output-recipient.js';

/** The parsed flags of `jwtcheck watch`. */
export interface WatchOptions extends WatchFlags {
  /** Number of checks. Default: until it is stopped. */
  readonly cycles?: number | undefined;
  readonly format: EventFormat;
  /** Default: text. */
  readonly logFormat?: LogFormat | undefined;
  readonly style: Style;
}

/** Milliseconds for everything that follows a signal. */
const graceMs = 4500;

/**
 * Checks repeatedly until it is stopped. Events go to standard output, results of checks to standard error.
 * @returns the exit code of the last check after `cycles`, otherwise that of the signal
 * @throws ConfigError, UsageError before the first check; later failures do not stop it
 */
export async function watch(options: WatchOptions, io: Io): Promise<ExitCode> {
  const { cycles, format, logFormat = 'text' } = options;
  const { env, cwd, now, signal, stdout, onHangUp, onUnwritten } = io;
  io.grace(graceMs);
  let countSkipped = (): void => {};
  const stderr = patientOutput(io.stderr, {
    onSkipped: () => countSkipped(),
    catchUp: (count) => catchUpText(count, logFormat, now),
  });
  const log = createLog(logFormat, stderr, now);
  // JSON is for programs: no colour, and one line regardless of the terminal width.
  const style = logFormat === 'json' ? { ...options.style, color: false, columns: 10_000 } : options.style;
  const warn = (text: string): void => void log.warn(text);
  // A full disk or a closed terminal must not prevent notifications.
  onUnwritten(() =>
    warn('standard output cannot be written to: events are no longer printed, everything else continues'),
  );
  const showsProgress =
    io.stderr.isTTY === true && !style.quiet && format === 'pretty' && logFormat === 'text';
  let before: CheckOutcome | null = null;
  const last = await runWatch({
    flags: options,
    cycles,
    env,
    inheritedEnv: io.inheritedEnv,
    cwd,
    now,
    signal,
    output: outputRecipient(format, options.style, stdout),
    warn,
    progress: () => createProgress(io.stderr, showsProgress),
    async onStart(configured, server) {
      for (const warning of configured.loaded.warnings) warn(`warning: ${warning}`);
      if (!style.quiet) await log.info(startLine(configured, server, style, env));
    },
    async onOutcome(outcome) {
      const news = before === null || statusKey(before) !== statusKey(outcome);
      if (style.verbose || (news && !style.quiet))
        await log.info(statusLine(outcome, now(), style), fieldsOf(outcome));
      before = outcome;
    },
    onReload: onHangUp,
    async onRefused(error) {
      await log.error(describeError(error));
      warn('the configuration is rejected, and the old one stays in use');
    },
    onMetrics: ({ skipped }) => {
      countSkipped = () => skipped('log');
    },
  });
  return signal.aborted ? interruption(signal) : exitCodeOf(last);
}

/** Printed once standard error is read again. */
function catchUpText(count: number, format: LogFormat, now: () => Date): string {
  const message = `${count} line${count === 1 ? ' was' : 's were'} omitted here, because the reader was too slow`;
  if (format === 'text') return `jwtcheck: ${message}\n`;
  return `${JSON.stringify({ time: now().toISOString(), level: 'warn', message })}\n`;
}

function fieldsOf(outcome: CheckOutcome): LogFields {
  if (outcome.is === 'failed') return { environment: outcome.environment, verdict: null };
  const { environment, verdict, level, durationMs } = outcome.report;
  return { environment, verdict, alertLevel: level, durationMs };
}

function exitCodeOf(outcome: CheckOutcome | null): ExitCode {
  return outcome?.is === 'report' ? outcome.report.exitCode : 4;
}

/** Sends a test notification to every notifier of the configuration. */
export async function testNotifiers(
  { config, environment }: Pick<WatchFlags, 'config' | 'environment'>,
  io: Io,
): Promise<ExitCode> {
  const loaded = await loadConfig({ cwd: io.cwd, env: io.env, config, environment, watch: true });
  return testNotify(loaded, io);
}
