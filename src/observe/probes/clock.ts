/**
 * Milliseconds by which the other side's clock is ahead of ours, by the `Date` of its answer (RFC 9110 §6.6.1), which
 * names whole seconds: good to about a second. A proxy may have written it, so it proves nothing by itself.
 */
export function clockOffset(date: string | undefined, now: Date): number | undefined {
  const theirs = date === undefined ? Number.NaN : Date.parse(date);
  return Number.isNaN(theirs) ? undefined : theirs + 500 - now.getTime();
}
