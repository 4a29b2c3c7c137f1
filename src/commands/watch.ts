import { EventEmitter } from 'node:events';
import { resolve } from 'node:path';
import { describeError } from '../config/describe.js';
import { loadConfig } from '../config/load.js';
import { JwtcheckError } from '../errors.js';
import type { Io } from '../io.js';
import type { ExitCode } from '../model.js';
import { type Configured, configure, type WatchFlags } from '../monitor/configured.js';
import { openHistory } from '../monitor/history/history.js';
import { readHistory } from '../monitor/history/read.js';
import { repeat } from '../monitor/loop.js';
import { createMetrics } from '../monitor/metrics.js';
import type { CheckOutcome } from '../monitor/model.js';
import { openMonitor } from '../monitor/monitor.js';
import { type EventFormat, outputRecipient } from '../monitor/output.js';
import { type MonitorServer, openServer } from '../monitor/server/server.js';
import { openStateFile } from '../monitor/state-file.js';
import { startLine, statusKey, statusLine } from '../monitor/status-line.js';
import { openTelling } from '../monitor/telling.js';
import { testNotify } from '../monitor/test-notify.js';
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

/** Milliseconds that may be spent on telling what is still to be told, and on all that follows a signal. */
const flushAfter = { signal: 2500, cycles: 15_000 } as const;
const graceMs = 4500;

/**
 * Keeps checking until it is told to end: remembers, tells, and serves what there is to see.
 * @returns the exit code of the last check after `cycles`, otherwise that of the signal
 * @throws ConfigError, UsageError before the first check; afterwards nothing that a check meets ends it
 */
export async function watch(options: WatchOptions, io: Io): Promise<ExitCode> {
  const { cycles, format, style } = options;
  const { env, cwd, now, signal, stderr } = io;
  io.grace(graceMs);
  const warn = (text: string): void => void stderr.write(`jwtcheck: ${plain(text)}\n`);
  let current = await configure(options, { env, cwd });
  const { environment, folder, label } = current.loaded;
  const opened: (() => Promise<void>)[] = [() => current.session.close()];
  try {
    const { state, history: historyPath } = current.watch;
    const stateFile = await openStateFile(resolve(folder, state), { now, warn, shown: label(state) });
    const historyFile = resolve(folder, historyPath);
    const history = await openHistory(historyFile, { warn, shown: label(historyPath) });
    const metrics = createMetrics(environment);
    const telling = openTelling({
      first: current,
      state: stateFile.state,
      history,
      output: outputRecipient(format, style, io.stdout),
      metrics,
      io,
      warn,
      onChange: () => void monitor.remember(),
    });
    opened.push(() => telling.close());

    const progress = { shown: stderr.isTTY === true && !style.quiet && format === 'pretty' };
    const check = async () => {
      const { session } = current;
      const { update, stop } = createProgress(stderr, progress.shown);
      try {
        return await session.check(options, { now, signal, progress: update });
      } finally {
        await stop();
      }
    };
    const monitor = openMonitor({
      environment,
      current: () => ({
        policy: current.watch,
        intervalMs: current.watch.interval,
        freshForMs: current.freshForMs,
        currency: current.loaded.settings.currency,
        check,
      }),
      stateFile,
      history: { append: history.append, read: (since) => readHistory(historyFile, { since }) },
      delivery: telling.delivery,
      metrics,
      now,
      warn,
    });

    let server: MonitorServer | null = null;
    const serve = async ({ watch: { listen } }: Configured): Promise<void> => {
      await server?.close();
      server = null;
      if (listen !== 'none') server = await openServer(monitor.view, metrics, { listen, warn });
    };
    opened.push(async () => server?.close());
    await serve(current);

    /** The check that is under way, if any: what it uses is closed after it. */
    let running: Promise<unknown> = Promise.resolve();
    const reload = async (): Promise<void> => {
      const old = current;
      try {
        current = await configure({ ...options, environment }, { env, cwd });
      } catch (error) {
        if (!(error instanceof JwtcheckError)) throw error;
        await stderr.write(describeError(error));
        return warn('the configuration is refused, and the old one goes on');
      }
      await telling.reconfigure(current);
      const moved = old.watch.state !== current.watch.state || old.watch.history !== current.watch.history;
      if (moved) warn('watch.state and watch.history take effect at the next start');
      if (old.watch.listen !== current.watch.listen) await serve(current);
      warn('the configuration was read again');
      alarm.emit('wake');
      await running.catch(() => {});
      await old.session.close();
    };
    const alarm = new EventEmitter();
    let reloading = Promise.resolve();
    const offHangUp = io.onHangUp(() => {
      reloading = reloading.then(reload).catch((error: unknown) => {
        warn(error instanceof JwtcheckError ? error.message : 'the configuration could not be read again');
      });
    });
    opened.push(async () => offHangUp());

    if (!style.quiet) await stderr.write(startLine(current, server, style));
    let last: CheckOutcome | null = null;
    const cycle = async (): Promise<void> => {
      const checking = monitor.cycle();
      running = checking;
      const outcome = await checking;
      const news = last === null || statusKey(last) !== statusKey(outcome);
      if (style.verbose || (news && !style.quiet)) await stderr.write(statusLine(outcome, now(), style));
      last = outcome;
    };
    try {
      const schedule = () => current.watch;
      await repeat(cycle, { schedule, cycles, signal, alarm, random: Math.random, onPause: monitor.pausing });
    } catch (error) {
      if (!signal.aborted) throw error;
    }
    await telling.delivery.flush(signal.aborted ? flushAfter.signal : flushAfter.cycles);
    await monitor.remember();
    return signal.aborted ? interruption(signal) : exitCodeOf(last);
  } finally {
    for (const close of opened.reverse()) await close();
  }
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
