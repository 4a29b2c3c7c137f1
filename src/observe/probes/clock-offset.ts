/**
 * Milliseconds by which the service's clock is ahead of the local clock, from the `Date` of its answer (RFC 9110
 * §6.6.1), which has a resolution of one second. A proxy may have written it, so that it proves nothing on its own.
 */
export function clockOffset(date: string | undefined, now: Date): number | undefined {
  const theirs = date === undefined ? Number.NaN : Date.parse(date);
  return Number.isNaN(theirs) ? undefined : theirs + 500 - now.getTime();
}
