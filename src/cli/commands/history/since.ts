import { UsageError } from '../../../errors.js';
import { parseDuration } from '../../../schema/duration.js';

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
export function sinceFlag(text: string | undefined, now: Date): Date | null {
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
