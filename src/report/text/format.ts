import { sanitizeAndTruncate } from './sanitize.js';

/** A number with separators: `10,000`. */
export function count(number: number): string {
  return number.toLocaleString('en-US');
}

/** A time as logs are searched by it: UTC, to the second. */
export function formatTime(at: string): string {
  return sanitizeAndTruncate(at.replace('T', ' ').replace(/(\.\d+)?Z$/, 'Z'), 24);
}

/** Times that a `Date` can hold (ECMA-262 §21.4.1.1), in seconds. */
const mostSeconds = 8.64e12;

/** A NumericDate (RFC 7519 §2) in RFC 3339; `null` if there is none, or if a `Date` cannot hold it. */
export function formatNumericDate(seconds: number | null): string | null {
  if (seconds === null || Math.abs(seconds) > mostSeconds) return null;
  return new Date(seconds * 1000).toISOString();
}

/** A share: `99.95%`; `100%` and `0%` only for exactly that; `-` if it is unknown. */
export function formatPercent(share: number | null): string {
  if (share === null) return '-';
  if (share === 1 || share === 0) return `${share * 100}%`;
  return `${Math.min(Math.max(share * 100, 0.01), 99.99).toFixed(2)}%`;
}
