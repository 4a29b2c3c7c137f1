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
