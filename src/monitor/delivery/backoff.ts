/** Milliseconds before the second try at most; each further pause may be twice as long, up to the longest. */
const firstPause = 1000;
const longestPause = 60_000;

/**
 * Milliseconds after which an event that could not be sent is given up, or kept for when the recipient comes back where
 * it is the last word on an open incident.
 */
export const patienceMs = 3_600_000;

/**
 * Milliseconds until the next try after so many: exponential, with jitter over its upper half, so that many monitors
 * do not come back in the same moment; at least what the recipient asked for, however long that is.
 */
export function pauseAfter(tries: number, random: () => number, retryAfterMs = 0): number {
  const pause = Math.min(longestPause, firstPause * 2 ** Math.min(tries - 1, 16));
  return Math.max(retryAfterMs, pause * (0.5 + random() / 2));
}
