import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { historyPlace } from '../../../config/history-path.js';
import { UsageError } from '../../../errors.js';
import type { ExitCode } from '../../../model.js';
import { rotatedNumbers } from '../../../monitor/history/history-files.js';
import { readHistory } from '../../../monitor/history/read.js';
import { type HistoryStatistics, summarise } from '../../../monitor/history/statistics.js';
import { reasonOf } from '../../../monitor/state/resolve-path.js';
import { prettyHistory } from '../../../report/pretty/history-text.js';
import type { Style } from '../../../report/reporter.js';
import { jsonText } from '../../../report/text/json-text.js';
import { parseDuration } from '../../../schema/duration.js';
import { quoted } from '../../../schema/path.js';
import { didYouMean, listed } from '../../../schema/suggest.js';
import { codeOf } from '../../../system/error-code.js';
import type { Io } from '../../../system/io.js';

/** The flags of `jwtcheck history`. */
interface HistoryFlags {
  readonly config?: string | undefined;
  readonly environment?: string | undefined;
  readonly since?: string | undefined;
  /** Read this file; no configuration is needed. */
  readonly history?: string | undefined;
  readonly format: HistoryFormat;
  readonly style: Style;
}

/** Formatters by the names that `--format` accepts. */
const historyFormats = { pretty: prettyHistory, json: jsonText } satisfies Record<
  string,
  (statistics: HistoryStatistics, style: Style) => string
>;

type HistoryFormat = keyof typeof historyFormats;

/** @throws UsageError for an unknown format */
export function historyFormat(name: string): HistoryFormat {
  const isFormat = (text: string): text is HistoryFormat => Object.hasOwn(historyFormats, text);
  if (isFormat(name)) return name;
  const known = Object.keys(historyFormats);
  throw new UsageError(
    `--format: unknown format ${quoted(name)}${didYouMean(name, known)}`,
    `Formats of a history: ${known.join(', ')}.`,
  );
}

/** Prints what the monitor recorded. Exit code 0; 2 without a readable history. */
export async function history(flags: HistoryFlags, io: Io): Promise<ExitCode> {
  const now = io.now();
  const since = sinceFlag(flags.since, now);
  const { path, shown, environments } = await placeOf(flags, io);
  await mustBeThere(path, shown);
  const wanted = flags.environment ?? (io.env.JWTCHECK_ENVIRONMENT || undefined);
  const met = new Set(environments);
  const summary = summarise({ since, until: now });
  let skipped = 0;
  const records = readHistory(path, {
    // An open incident may have started at any time before.
    ...(since === null ? {} : { since, eventsSince: new Date(0) }),
    onSkipped: () => {
      skipped += 1;
    },
  });
  try {
    for await (const record of records) {
      io.signal.throwIfAborted();
      met.add(record.environment);
      if (wanted === undefined || wanted === record.environment) summary.add(record);
    }
  } catch (error) {
    throw unreadable(shown, error);
  }
  if (wanted !== undefined && !met.has(wanted)) throw unknownEnvironment(wanted, [...met]);
  await io.stdout.write(historyFormats[flags.format](summary.statistics(skipped), flags.style));
  return 0;
}

async function placeOf({ config, history: named }: HistoryFlags, io: Io) {
  if (named !== undefined) return { path: resolve(io.cwd, named), shown: named, environments: [] };
  return historyPlace({ config, cwd: io.cwd, env: io.env });
}

/** Directly after a rotation of the file, only the rotated files exist. */
async function mustBeThere(path: string, shown: string): Promise<void> {
  try {
    if ((await stat(path)).isDirectory())
      throw new UsageError(`${shown} is a folder`, 'Specify the file in it: history.ndjson by default.');
  } catch (error) {
    if (error instanceof UsageError) throw error;
    if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'ENOTDIR') throw unreadable(shown, error);
    if ((await rotatedNumbers(path)).length > 0) return;
    throw new UsageError(
      `there is no history yet: ${shown} does not exist`,
      'jwtcheck watch writes it with every check. Use --history PATH for another file.',
    );
  }
}

function unreadable(shown: string, error: unknown): unknown {
  if (codeOf(error) === null) return error;
  return new UsageError(
    `cannot read ${shown}: ${reasonOf(error)}`,
    'The user that runs jwtcheck watch can read it.',
  );
}

function unknownEnvironment(wanted: string, known: readonly string[]): UsageError {
  return new UsageError(
    `no records of an environment ${quoted(wanted)}${didYouMean(wanted, known)}`,
    known.length === 0 ? 'There are no records of this period.' : `Known: ${listed(known)}.`,
  );
}

const dayMs = 86_400_000;

/** The earliest accepted time. */
const longestMs = 36_525 * dayMs;

/** `7d` and `2w`, in addition to the usual durations; milliseconds, or `null`. */
function ago(text: string): number | null {
  const [, number, unit] = /^(\d+(?:\.\d+)?)([dw])$/.exec(text) ?? [];
  return number === undefined
    ? parseDuration(text)
    : Math.round(Number(number) * (unit === 'w' ? 7 : 1) * dayMs);
}

/** A date, or a time of RFC 3339 §5.6 with seconds and an offset. */
const instant =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?:[Tt ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d))?$/;

/**
 * The start of `--since`: a duration ago, on a day (00:00 UTC), or at a time.
 * @throws UsageError for an invalid text, and for a time in the future
 */
function sinceFlag(text: string | undefined, now: Date): Date | null {
  if (text === undefined) return null;
  const ms = ago(text);
  const since =
    ms === null
      ? instant.test(text)
        ? Date.parse(text.replace(' ', 'T').toUpperCase())
        : Number.NaN
      : now.getTime() - ms;
  if (!(now.getTime() - since <= longestMs) || (ms === null && !isOnCalendar(text)))
    throw new UsageError(
      '--since takes a duration such as 12h, 7d or 2w, a date such as 2026-01-31, or a time such as 2026-01-31T12:00:00Z',
    );
  if (since > now.getTime())
    throw new UsageError('--since is in the future', 'A time that ends in Z is in UTC.');
  return new Date(since);
}

/** Rejects days such as 31 February, which `Date` would count as March. */
function isOnCalendar(text: string): boolean {
  const day = text.slice(0, 10);
  const parsed = Date.parse(day);
  return !Number.isNaN(parsed) && new Date(parsed).toISOString().startsWith(day);
}
