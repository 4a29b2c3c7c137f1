import { sanitizeAndTruncate } from './sanitize.js';

const longest = 400;

/** A description in a test point (TAP 14): `#` would begin a directive, and a backslash escapes. */
export function description(text: string): string {
  return sanitizeAndTruncate(text, longest).replace(/[\\#]/g, '\\$&');
}

/** Why a test point is skipped: a directive's reason ends with the line and knows no escapes. */
export function reason(text: string): string {
  return sanitizeAndTruncate(text, longest);
}

/** A text as a double-quoted YAML scalar: what `label` leaves is printable, and JSON's escapes are YAML's. */
export function scalar(text: string): string {
  return JSON.stringify(sanitizeAndTruncate(text, 2 * longest));
}
