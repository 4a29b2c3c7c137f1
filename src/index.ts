import type { CheckOptions, WatchOptions } from './check/api-options.js';
import { UsageError } from './errors.js';
import type { Report } from './model.js';
import type { FormatName } from './report/format-names.js';
import type { Style } from './report/reporter.js';

export type { CheckOptions, WatchOptions } from './check/api-options.js';
export type { Config } from './config/schema.js';
export { ConfigError, type ConfigProblem, JwtcheckError, UsageError } from './errors.js';
export type { FailOn } from './judge/exit-code.js';
export type * from './model.js';
export type { EventType } from './monitor/event-types.js';
export type { DriftEvent } from './monitor/monitor-model.js';
export type { FormatName } from './report/format-names.js';
export type { Style } from './report/reporter.js';

/**
 * Checks one environment once, like the command, and returns its report. Unreachable participants are part of the
 * report. The promise rejects only for an invalid configuration, invalid options, or an interruption.
 * @throws ConfigError with every problem
 * @throws UsageError for invalid options, or an unknown environment or participant
 */
export async function check(options: CheckOptions = {}): Promise<Report> {
  const { checkOnce, checkOptions, loadConfig } = await import('./library.js');
  checkOptions(options);
  const { config, environment, cwd = process.cwd(), env = process.env, onProgress = () => {} } = options;
  const { now = () => new Date(), signal = new AbortController().signal } = options;
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
 * Formats a report like `--format`, and returns the text.
 * @param style default: no colour, 80 columns, similar lines folded
 * @throws UsageError for an unknown format
 */
export async function render(
  report: Report,
  format: FormatName,
  style: Partial<Style> = {},
): Promise<string> {
  const { reporters, viewOf } = await import('./library.js');
  if (!Object.hasOwn(reporters, format)) {
    throw new UsageError('render: unknown format', `Formats: ${Object.keys(reporters).join(', ')}.`);
  }
  // A copy: a caller may change its report, and a view is made once for each.
  return reporters[format](viewOf({ ...report }), {
    color: false,
    columns: 80,
    verbose: false,
    quiet: false,
    ...style,
  });
}

/**
 * Checks one environment repeatedly, like the command: with the same state file, history and notifiers, and
 * additionally `onEvent`. Failed checks do not stop it. Resolves after `signal` or `cycles`.
 * @throws ConfigError with every problem
 * @throws UsageError for invalid options, or a state file that can never be written
 */
export async function watch(options: WatchOptions = {}): Promise<void> {
  const [{ watchOptions }, { watchFor }] = await Promise.all([
    import('./library.js'),
    import('./monitor/watch.js'),
  ]);
  watchOptions(options);
  await watchFor(options);
}
