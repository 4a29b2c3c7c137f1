import { sanitizeAndTruncate } from './sanitize.js';

/** The time of day that logs are searched by: UTC, to the second. */
export function formatTime(at: string): string {
  return sanitizeAndTruncate(at.replace('T', ' ').replace(/(\.\d+)?Z$/, 'Z'), 24);
}

/** Times that a `Date` can hold (ECMA-262 §21.4.1.1), in seconds. */
const furthest = 8.64e12;

/** A NumericDate (RFC 7519 §2) in RFC 3339; `null` where it is none, or beyond all calendars. */
export function timeOf(seconds: number | null): string | null {
  if (seconds === null || Math.abs(seconds) > furthest) return null;
  return new Date(seconds * 1000).toISOString();
}
