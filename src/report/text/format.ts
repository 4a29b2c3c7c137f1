import { sanitizeAndTruncate } from './sanitize.js';

/** `90000` is `1m 30s`; the two largest units. */
export function formatDuration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const units: readonly (readonly [number, string])[] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ];
  const from = units.findIndex(([count]) => count > 0);
  const told = from < 0 ? [] : units.slice(from, from + 2).filter(([count]) => count > 0);
  return told.length === 0 ? '0s' : told.map(([count, unit]) => `${count}${unit}`).join(' ');
}

/** The time of day that logs are searched by: UTC, to the second. */
export function formatTime(at: string): string {
  return sanitizeAndTruncate(at.replace('T', ' ').replace(/(\.\d+)?Z$/, 'Z'), 24);
}
