import { sanitize } from '../report/text/sanitize.js';

/** Converts a text to one safe line of at most the given number of UTF-16 code units; no character is split. */
export function within(text: string, most: number): string {
  const harmless = sanitize(text.slice(0, most + 1));
  return harmless.length <= most ? harmless : `${whole(harmless, most - 1)}…`;
}

/** Cuts a text to at most the given number of code units, never inside a surrogate pair. */
export function whole(text: string, most: number): string {
  const halved = /[\ud800-\udbff]/.test(text.charAt(most - 1));
  return text.slice(0, halved ? most - 1 : most);
}
