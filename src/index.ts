import type { Config } from './config/schema.js';
import type { Report } from './model.js';
import type { DriftEvent } from './monitor/model.js';
import type { FormatName } from './report/names.js';
import type { Style } from './report/report.js';
import type { Conduct } from './session.js';

export type { Config } from './config/schema.js';
export { ConfigError, type ConfigProblem, JwtcheckError, UsageError } from './errors.js';
export type { FailOn } from './judge/exit-code.js';
export type * from './model.js';
export type { DriftEvent, EventType } from './monitor/model.js';
export type { FormatName } from './report/names.js';
export type { Style } from './report/report.js';

/** What to check, and how. */
export interface CheckOptions extends Conduct {
  /** The configuration itself, or the path of one; default: found upward from `cwd`. */
  readonly config?: Config | string;
  /** Which of its environments; default: its `defaultEnvironment`, or the only one. */
  readonly environment?: string;
  /** Where a configuration is looked for, and relative paths start; default: the working directory. */
  readonly cwd?: string;
  /** Environment variables; default: those of the process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The clock; default: the system's. */
  readonly now?: () => Date;
  /** Ends the check at once: it then rejects with `ERR_INTERRUPTED`. */
  readonly signal?: AbortSignal;
  /** Told whenever something was done; where it throws, `check` rejects with that. */
  readonly onProgress?: (done: number, total: number, what: string) => void;
}

/**
 * Checks one environment once, as the command does, and gives its report. What cannot be reached becomes part of the
 * report; it rejects only for a configuration that cannot be used, wrong options, or an interruption.
 * @throws ConfigError with every problem at once
 * @throws UsageError for options that are no such thing, or name nobody there is
 */
export async function check(options: CheckOptions = {}): Promise<Report> {
  const { checkOptions } = await import('./check-options.js');
  checkOptions(options);
  const { config, environment, cwd = process.cwd(), env = process.env, onProgress = () => {} } = options;
  const { now = () => new Date(), signal = new AbortController().signal } = options;
  const [{ loadConfig }, { checkOnce }] = await Promise.all([
    import('./config/load.js'),
    import('./session.js'),
  ]);
  const loaded = await loadConfig({
    cwd,
    env,
    ...(config === undefined ? {} : { config }),
    ...(environment === undefined ? {} : { environment }),
    only: options.only,
    skip: options.skip,
  });
  return checkOnce(loaded, options, { env, now, signal, progress: onProgress });
}

/**
 * Writes a report as `--format` does. Nothing is written anywhere: the text comes back.
 * @param style default: without colour, 80 columns, what is alike folded
 * @throws UsageError for a format that there is not
 */
export async function render(
  report: Report,
  format: FormatName,
  style: Partial<Style> = {},
): Promise<string> {
  const [{ reporters }, { UsageError }] = await Promise.all([
    import('./report/index.js'),
    import('./errors.js'),
  ]);
  if (!Object.hasOwn(reporters, format)) {
    throw new UsageError('render: there is no such format', `Formats: ${Object.keys(reporters).join(', ')}.`);
  }
  return reporters[format](report, { color: false, columns: 80, verbose: false, quiet: false, ...style });
}

/** What to watch, whom to tell, and when to end. */
export interface WatchOptions extends Omit<CheckOptions, 'signal' | 'onProgress'> {
  /** Ends watching: `watch` then resolves, once what is still to be told was tried, in about three seconds at most. */
  readonly signal?: AbortSignal;
  /** Milliseconds from the start of one check to the start of the next; default: `watch.interval` of the configuration. */
  readonly intervalMs?: number;
  /** Ends after so many checks; default: only `signal` ends it. */
  readonly cycles?: number;
  /**
   * Where metrics and the status page are served, such as `127.0.0.1:9464`; default `none`, whatever the configuration
   * says.
   */
  readonly listen?: string;
  /**
   * Told of every event, one after another. Where it throws or rejects it is told that event again, after a pause that
   * grows; what it was not told of outlives a restart in the state file.
   */
  readonly onEvent?: (event: DriftEvent) => unknown;
  /** Told of every report. Where it throws or rejects, `watch` rejects with that. */
  readonly onReport?: (report: Report) => unknown;
  /** Told in one sentence of what somebody should know, such as a state file that cannot be written; what it throws is ignored. */
  readonly onWarning?: (text: string) => void;
}

/**
 * Keeps checking one environment, as the command does: the same state file and history, the same notifiers of the
 * configuration, and beside them `onEvent`. Nothing that a check meets ends it. Resolves after `signal` or `cycles`.
 * @throws ConfigError with every problem at once
 * @throws UsageError for options that are no such thing, or a state file that can never be written
 */
export async function watch(options: WatchOptions = {}): Promise<void> {
  const [{ watchOptions }, { watchFor }] = await Promise.all([
    import('./check-options.js'),
    import('./watch.js'),
  ]);
  watchOptions(options);
  await watchFor(options);
}
