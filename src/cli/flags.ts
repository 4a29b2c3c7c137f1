import { controlNames, isRequestedControl, namesRetiredTwice, retiredOnce } from '../config/controls.js';
import { UsageError } from '../errors.js';
import type { FailOn } from '../judge/exit-code.js';
import type { RequestedControl } from '../model.js';
import type { Style } from '../report/reporter.js';
import { parseDuration } from '../schema/duration.js';
import type { Io } from '../system/io.js';

/** Maximum duration: an hour. Longer waits are no use case, and timers have a limit as well. */
const longestMs = 3_600_000;

/** Parses a duration flag; milliseconds. @throws UsageError */
export function durationFlag(
  flag: string,
  text: string | undefined,
  least = 1,
  { most, mostText }: { readonly most: number; readonly mostText: string } = {
    most: longestMs,
    mostText: '1h',
  },
): number | undefined {
  if (text === undefined) return undefined;
  const ms = parseDuration(text);
  if (ms === null || ms < least || ms > most)
    throw new UsageError(`--${flag} takes a duration such as 500ms, 5s or 2m, at most ${mostText}`);
  return ms;
}

/** Parses a whole number flag. @throws UsageError */
export function numberFlag(
  flag: string,
  text: string | undefined,
  least: number,
  most: number,
): number | undefined {
  if (text === undefined) return undefined;
  const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(number >= least && number <= most)) {
    throw new UsageError(`--${flag} takes a whole number from ${least} to ${most}`);
  }
  return number;
}

/** Parses `all`, `none` or a list such as `forged,missing`, `retired` or `retired:6`. @throws UsageError */
export function controlsFlag(text: string | undefined): 'all' | 'none' | RequestedControl[] | undefined {
  if (text === undefined || text === 'all' || text === 'none') return text;
  const names = text.split(',').map((name) => name.trim());
  if (namesRetiredTwice(names)) throw new UsageError(`--controls: ${retiredOnce}`);
  if (names.every(isRequestedControl)) return names;
  throw new UsageError('--controls takes all, none or a list', `Controls: ${controlNames.join(', ')}.`);
}

const failOnValues = ['warning', 'error', 'critical', 'never'] as const satisfies readonly FailOn[];

/** @throws UsageError */
export function failOnFlag(text: string | undefined): FailOn | undefined {
  if (text === undefined) return undefined;
  const found = failOnValues.find((value) => value === text);
  if (found === undefined) throw new UsageError('--fail-on takes warning, error, critical or never');
  return found;
}

/** The style of the output: colour, width and amount. @throws UsageError */
export function styleOf(flags: { color?: string; quiet?: boolean; verbose?: boolean }, io: Io): Style {
  const columns = io.stdout.columns ?? Number(io.env.COLUMNS ?? Number.NaN);
  return {
    color: wantsColor(flags.color ?? 'auto', io),
    columns: Number.isInteger(columns) && columns > 0 ? Math.max(20, columns) : 80,
    verbose: flags.verbose === true,
    quiet: flags.quiet === true,
  };
}

/** The value of `--format` of a command that has no other formats. @throws UsageError */
export function prettyOrJson(format: string): 'pretty' | 'json' {
  if (format === 'pretty' || format === 'json') return format;
  throw new UsageError('--format takes pretty or json');
}

/** The flag, then NO_COLOR and FORCE_COLOR, then whether it is a terminal. */
function wantsColor(flag: string, io: Io): boolean {
  if (flag === 'always') return true;
  if (flag === 'never') return false;
  if (flag !== 'auto') throw new UsageError('--color takes auto, always or never');
  const { NO_COLOR, FORCE_COLOR, TERM } = io.env;
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '0' && FORCE_COLOR !== 'false') return true;
  return io.stdout.isTTY === true && TERM !== 'dumb';
}
