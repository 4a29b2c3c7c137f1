const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A number and its unit. */
export const durationPattern = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;

/** Whole milliseconds of a duration such as `500ms`, `5s`, `2m`, `1h` or `30d`; `null` where it is not one. */
export function parseDuration(text: string): number | null {
  const [, number, unit] = durationPattern.exec(text) ?? [];
  const scale = units[unit ?? ''];
  return number === undefined || scale === undefined ? null : Math.round(Number(number) * scale);
}

/** A duration in words, as it would be written: `5s`, or `250ms` below a second. */
export function durationText(ms: number): string {
  return ms >= 1000 ? `${ms / 1000}s` : `${ms}ms`;
}

export const durationHelp = 'a duration such as 500ms, 5s, 2m or 1h';
