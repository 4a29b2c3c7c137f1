import { sanitize } from '../report/text/sanitize.js';

/** The text on one line, harmless wherever it is shown, in at most so many UTF-16 code units; no character is halved. */
export function within(text: string, most: number): string {
  const harmless = sanitize(text.slice(0, most + 1));
  return harmless.length <= most ? harmless : `${whole(harmless, most - 1)}…`;
}

/** At most so many code units of a text, never half of a surrogate pair. */
export function whole(text: string, most: number): string {
  const halved = /[\ud800-\udbff]/.test(text.charAt(most - 1));
  return text.slice(0, halved ? most - 1 : most);
}
