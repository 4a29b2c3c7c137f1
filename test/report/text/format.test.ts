import { describe, expect, it } from 'vitest';
import { count, formatNumericDate, formatPercent, formatTime } from '../../../src/report/text/format.js';
import { formatDuration, formatLatency } from '../../../src/schema/duration.js';

describe('formatDuration', () => {
  it.each([
    [0, '0s'],
    [499, '0s'],
    [1000, '1s'],
    [90_000, '1m 30s'],
    [3_600_000, '1h'],
    [3_661_000, '1h 1m'],
    [90_000_000, '1d 1h'],
  ])('%i', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});

describe('formatLatency', () => {
  it.each([
    [0.4, '0 ms'],
    [999.4, '999 ms'],
    [999.6, '1.0 s'],
    [1250, '1.3 s'],
  ])('%d', (ms, text) => {
    expect(formatLatency(ms)).toBe(text);
  });
});

describe('the other formats of numbers and times', () => {
  it('round nothing to what it is not', () => {
    expect([null, 0, 0.000001, 0.5, 0.999999, 1].map(formatPercent)).toEqual([
      '-',
      '0%',
      '0.01%',
      '50.00%',
      '99.99%',
      '100%',
    ]);
    expect(count(10_000)).toBe('10,000');
    expect(formatTime('2026-01-31T12:00:00.123Z')).toBe('2026-01-31 12:00:00Z');
  });

  it('have no time for a NumericDate beyond what a Date holds', () => {
    expect(formatNumericDate(0)).toBe('1970-01-01T00:00:00.000Z');
    expect([null, 8.7e12, -8.7e12].map(formatNumericDate)).toEqual([null, null, null]);
  });
});
