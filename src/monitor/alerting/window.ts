/**
 * The latest checks of one subject, oldest first: the time of each bad one, `null` for a good one. It starts with a bad
 * one.
 */
export type Window = readonly (string | null)[];

/** The window after a check; at most `size` checks long. `at`: the time of a bad check, `null` for a good one. */
export function slide(window: Window, at: string | null, size: number): Window {
  const latest = [...window, at].slice(-size);
  const first = latest.findIndex((one) => one !== null);
  return first === -1 ? [] : latest.slice(first);
}

export const badIn = (window: Window): number => window.filter((at) => at !== null).length;

/**
 * The start of the fault in the window: its first bad check, or an earlier time if it has been bad ever since.
 * @param before the result of this function one check ago
 */
export function beginOf(window: Window, before: string | null, at: string): string {
  if (before !== null && !window.includes(null)) return before;
  return window.find((one) => one !== null) ?? at;
}

/**
 * Counts how often something ended and came back. Each relapse makes the next end wait longer, so that flapping is one
 * incident.
 */
export interface Relapses {
  /** Ends that were not followed by a long quiet time. */
  readonly times: number;
  /** Good checks since the last of them. */
  readonly calm: number;
}

/** The limit of doublings: each end that did not last doubles the good checks that the next end needs. */
const mostDoublings = 5;

/** An end has lasted after this multiple of the good checks that it needed. */
const calmFactor = 8;

/** Good checks in a row that an end needs. */
export function goodNeeded(relapses: Relapses | null, successThreshold: number): number {
  return successThreshold * 2 ** Math.min(relapses?.times ?? 0, mostDoublings);
}

export function afterEnd(relapses: Relapses | null): Relapses {
  return { times: Math.min((relapses?.times ?? 0) + 1, mostDoublings), calm: 0 };
}

/** One more good check after an end; `null` once it has lasted. */
export function afterGood(relapses: Relapses | null, successThreshold: number): Relapses | null {
  if (relapses === null) return null;
  const calm = relapses.calm + 1;
  const enough = calmFactor * successThreshold * 2 ** (relapses.times - 1);
  return calm >= enough ? null : { ...relapses, calm };
}
