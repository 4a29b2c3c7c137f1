// Lengths of time: how they are read, and every form in which they are written.

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A number and its unit. */
export const durationPattern = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;

export const durationHelp = 'a duration such as 500ms, 5s, 2m or 1h';

/** Whole milliseconds of a duration such as `500ms`, `5s`, `2m`, `1h` or `30d`; `null` where it is not one. */
export function parseDuration(text: string): number | null {
  const [, number, unit] = durationPattern.exec(text) ?? [];
  const scale = units[unit ?? ''];
  return number === undefined || scale === undefined ? null : Math.round(Number(number) * scale);
}

/** A limit as it is configured: `5s`, or `250ms` below a second. */
export function durationText(ms: number): string {
  return ms >= 1000 ? `${ms / 1000}s` : `${ms}ms`;
}

/** A measured time: `412 ms`, `1.2 s`. */
export function formatLatency(ms: number): string {
  return Math.round(ms) < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** A duration in its two largest units: `90000` is `1m 30s`. */
export function formatDuration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const counts: readonly (readonly [number, string])[] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ];
  const from = counts.findIndex(([count]) => count > 0);
  const shown = from < 0 ? [] : counts.slice(from, from + 2).filter(([count]) => count > 0);
  return shown.length === 0 ? '0s' : shown.map(([count, unit]) => `${count}${unit}`).join(' ');
}

/** A duration as people say it: `8 s`, `4 min`, `3 h 20 min`, `2 d 4 h`. Below an hour in one unit, rounded down. */
export function formatElapsed(ms: number): string {
  const [second, minute, hour, day] = [1000, 60_000, 3_600_000, 86_400_000];
  const whole = Math.max(0, ms);
  if (whole < minute) return `${Math.floor(whole / second)} s`;
  if (whole < hour) return `${Math.floor(whole / minute)} min`;
  const [large, largeName, small, smallName] =
    whole < day ? ([hour, 'h', minute, 'min'] as const) : ([day, 'd', hour, 'h'] as const);
  const rest = Math.floor((whole % large) / small);
  const first = `${Math.floor(whole / large)} ${largeName}`;
  return rest === 0 ? first : `${first} ${rest} ${smallName}`;
}

/** A duration in its largest unit, rounded: `2 hours`. */
export function roughDuration(seconds: number): string {
  const names = [
    [31_557_600, 'year'],
    [86_400, 'day'],
    [3600, 'hour'],
    [60, 'minute'],
    [1, 'second'],
  ] as const;
  const [size, name] = names.find(([unit]) => seconds >= 2 * unit) ?? ([1, 'second'] as const);
  const count = Math.max(0, Math.round(seconds / size));
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}
