import { EventEmitter } from 'node:events';
import { resolve } from 'node:path';
import { JwtcheckError, UsageError } from '../errors.js';
import { openFixer } from '../fix/fixer.js';
import { openNetwork } from '../observe/network/open.js';
import type { Io } from '../system/io.js';
import type { Progress } from '../system/progress.js';
import { noAnswer, readInTime } from '../system/slow-files.js';
import { openHeartbeat } from './delivery/heartbeat.js';
import { openNotifications } from './delivery/notifications.js';
import type { Recipient } from './delivery/recipient.js';
import { type EffectiveConfig, effectiveConfig, type WatchFlags } from './effective-config.js';
import { openHistory } from './history/history.js';
import { readHistory } from './history/read.js';
import { repeat } from './loop.js';
import { createMetrics, type Metrics } from './metrics/metrics.js';
import { openMonitor } from './monitor.js';
import type { CheckOutcome } from './monitor-model.js';
import { openRemediator } from './remediation/remediator.js';
import type { MonitorServer } from './server/server.js';
import { openServerLifecycle } from './server-lifecycle.js';
import { createPatience, late, longestWaitMs } from './state/patience.js';
import { recallFrom } from './state/recall.js';
import { openStateFile } from './state/state-file.js';

/** The interface between the watch and its caller: the command, or a program. */
export interface RunWatchOptions extends Pick<Io, 'env' | 'cwd' | 'now' | 'signal'> {
  readonly flags: WatchFlags;
  /** For programs that it runs; default: `env`. */
  readonly inheritedEnv?: Io['inheritedEnv'];
  /** The number of checks; default: until `signal` is aborted. */
  readonly cycles?: number | undefined;
  /** Receives every event, in addition to the history and the configured notifiers. */
  readonly output: Recipient;
  /** Called with one sentence that the operator should read. It may contain control characters. */
  readonly warn: (text: string) => void;
  /** Called once with the metrics, for callers that write them elsewhere. */
  readonly onMetrics?: (metrics: Pick<Metrics, 'skipped'>) => void;
  /** Created for every check. */
  readonly progress: () => Progress;
  /** Called once, before the first check. */
  readonly onStart: (configured: EffectiveConfig, server: MonitorServer | null) => Promise<void>;
  /** Called after every check; if it rejects, the watch ends with that error. */
  readonly onOutcome: (outcome: CheckOutcome) => Promise<void>;
  /** Registers a listener for configuration reloads. @returns a function that removes it */
  readonly onReload: (listener: () => void) => () => void;
  /** Called if a reloaded configuration is rejected: the previous one stays in effect. */
  readonly onRefused: (error: JwtcheckError) => Promise<void>;
}

/** Milliseconds for the remaining deliveries: after `signal`, and after the last check. */
const flushAfter = { signal: 2500, cycles: 15_000 } as const;

/**
 * A reader of the events may stop reading. Then only the output waits; the events are in the state. A warning is logged
 * when that begins.
 */
function noticed(
  output: Recipient,
  metrics: Pick<Metrics, 'skipped'>,
  warn: (text: string) => void,
): Recipient {
  return {
    ...output,
    async send(event, before) {
      const timer = setTimeout(() => {
        metrics.skipped('output');
        warn('no one reads the events on standard output: they wait');
      }, longestWaitMs);
      try {
        return await output.send(event, before);
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

/** Milliseconds between two runs that end by themselves and belong together. */
const longestSchedule = 2 * 3_600_000;

/**
 * A run with a limited number of checks is started by an external schedule, such as cron. Its gaps are no pause of the
 * monitor.
 */
const scheduled = (policy: EffectiveConfig['watch']): EffectiveConfig['watch'] => ({
  ...policy,
  interval: Math.max(policy.interval, longestSchedule / 3),
});

/** Milliseconds that the last write may take after `signal`. */
const lastWriteMs = 1000;

/** Milliseconds in which a disk must answer at the start. */
const answerMs = 10_000;

/** @throws UsageError if the disk does not answer */
async function answered<T>(opening: Promise<T>, key: string, shown: string): Promise<T> {
  const opened = await createPatience()(opening, answerMs);
  if (opened !== late) return opened;
  throw new UsageError(
    `${key}: ${shown} does not answer: nothing could be read or written there for ${answerMs / 1000} s`,
    'Check the disk or the network volume that it is on.',
  );
}

/** The page asks for the past again: that must not keep the threads of a process whose disk does not answer. */
async function inTime<T>(work: () => Promise<T>): Promise<T> {
  const read = await readInTime(work, { place: 'history', ms: longestWaitMs });
  if (read !== noAnswer) return read;
  throw new JwtcheckError('ERR_USAGE', 'the disk does not answer');
}

/**
 * Runs checks until it is stopped: keeps the state, sends events, and serves the status page.
 * @returns the result of the last check; `null` if none finished
 * @throws ConfigError, UsageError before the first check; later, no failure of a check ends the watch
 */
export async function runWatch(parts: RunWatchOptions): Promise<CheckOutcome | null> {
  const { flags, cycles, env, cwd, now, signal, output, warn, onOutcome, inheritedEnv = env } = parts;
  let current = await effectiveConfig(flags, { env, cwd });
  const { environment, folder, label } = current.loaded;
  const opened: (() => Promise<void>)[] = [() => current.session.close()];
  try {
    const { state: statePath, history: historyPath } = current.watch;
    const stateFile = await answered(
      openStateFile(resolve(folder, statePath), { now, warn, shown: label(statePath) }),
      'watch.state',
      label(statePath),
    );
    const historyFile = resolve(folder, historyPath);
    const history = await answered(
      openHistory(historyFile, { warn, shown: label(historyPath) }),
      'watch.history',
      label(historyPath),
    );
    const state = await recallFrom(historyFile, stateFile.state, environment, { warn, patienceMs: answerMs });
    const metrics = createMetrics(environment);
    parts.onMetrics?.(metrics);
    const notifications = openNotifications({
      first: current,
      state,
      history,
      output: noticed(output, metrics, warn),
      metrics,
      io: { env, now },
      warn,
      onChange: () => monitor.remember(),
    });
    opened.push(() => notifications.close());

    const check = async () => {
      const { session, memory } = current;
      const { update, stop } = parts.progress();
      try {
        return await session.check({ ...flags, memory }, { now, signal, progress: update });
      } finally {
        await stop();
      }
    };
    const remediator = openRemediator({ now });
    // A program ends with the watch.
    opened.push(() => remediator.settled());
    const monitor = openMonitor({
      environment,
      current: () => ({
        policy: cycles === undefined ? current.watch : scheduled(current.watch),
        intervalMs: current.watch.interval,
        freshForMs: current.freshForMs,
        currency: current.loaded.settings.currency,
        check,
        remediation:
          current.watch.remediate.mode === 'off'
            ? undefined
            : {
                remediator,
                settings: current.watch.remediate,
                configuration: current.loaded,
                openFixer: () => openFixer(current.loaded, flags, { env, inheritedEnv, now, signal }),
              },
      }),
      stateFile: { ...stateFile, state },
      history: {
        append: history.append, // An open incident may have begun long before.
        read: (since) => readHistory(historyFile, { since, eventsSince: new Date(0), access: inTime }),
      },
      delivery: notifications.delivery,
      metrics,
      now,
      warn,
    });

    const serving = openServerLifecycle(monitor.view, metrics, () => current.watch.hosts, warn);
    opened.push(serving.close);
    await serving.serve(current.watch.listen);

    const persistent = openNetwork({ env, folder, label: (text) => current.loaded.label(text), retries: 1 });
    opened.push(() => persistent.close());
    const network = persistent.forCheck(persistent.closed);
    const heartbeat = openHeartbeat({ network, label: (text) => current.loaded.label(text), warn });

    /** The check in progress, if any: its resources are closed after it. */
    let running: Promise<unknown> = Promise.resolve();
    const alarm = new EventEmitter();
    const reload = async (): Promise<void> => {
      const old = current;
      try {
        current = await effectiveConfig({ ...flags, environment }, { env, cwd });
      } catch (error) {
        metrics.reloaded(false);
        if (!(error instanceof JwtcheckError)) throw error;
        return parts.onRefused(error);
      }
      metrics.reloaded(true);
      notifications.reconfigure(current);
      const moved = old.watch.state !== current.watch.state || old.watch.history !== current.watch.history;
      if (moved) warn('watch.state and watch.history take effect at the next start');
      warn('the configuration was read again');
      alarm.emit('wake');
      try {
        const listen = await serving.move(old.watch.listen, current.watch.listen);
        current = { ...current, watch: { ...current.watch, listen } };
      } finally {
        await running.catch(() => {});
        await old.session.close();
      }
    };
    let reloading = Promise.resolve();
    let isAsked = false;
    const offReload = parts.onReload(() => {
      // Requests before a reload began are one reload.
      if (isAsked) return;
      isAsked = true;
      reloading = reloading
        .then(() => {
          isAsked = false;
          return reload();
        })
        .catch((error: unknown) => {
          warn(error instanceof JwtcheckError ? error.message : 'the configuration could not be read again');
        });
    });
    // A reload in progress would open resources that are never closed.
    opened.push(async () => {
      offReload();
      await reloading;
    });

    await parts.onStart(current, serving.server());
    let last: CheckOutcome | null = null;
    const cycle = async (): Promise<void> => {
      const checking = monitor.cycle();
      running = checking;
      last = await checking;
      heartbeat.beat(last, current.watch.heartbeat);
      await onOutcome(last);
    };
    try {
      const schedule = () => current.watch;
      await repeat(cycle, { schedule, cycles, signal, alarm, random: Math.random, onPause: monitor.pausing });
    } catch (error) {
      if (!signal.aborted) throw error;
    }
    const flushMs = signal.aborted ? flushAfter.signal : flushAfter.cycles;
    await Promise.all([notifications.delivery.flush(flushMs), createPatience()(heartbeat.quiet(), flushMs)]);
    await monitor.remember(signal.aborted ? lastWriteMs : undefined);
    return last;
  } finally {
    for (const close of opened.reverse()) await close();
  }
}
