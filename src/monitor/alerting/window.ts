/** The latest checks of one thing, oldest first: the time of each bad one, `null` for a good one. It starts with a bad one. */
export type Window = readonly (string | null)[];

/** The window after one more check; at most `size` checks long. `at`: when it was bad, `null` where it was good. */
export function slide(window: Window, at: string | null, size: number): Window {
  const latest = [...window, at].slice(-size);
  const first = latest.findIndex((one) => one !== null);
  return first === -1 ? [] : latest.slice(first);
}

export const badIn = (window: Window): number => window.filter((at) => at !== null).length;

/**
 * When what the window shows began: the first bad check in it, or before it, where it has been bad ever since.
 * @param before what this said of the window one check ago
 */
export function beginOf(window: Window, before: string | null, at: string): string {
  if (before !== null && !window.includes(null)) return before;
  return window.find((one) => one !== null) ?? at;
}
