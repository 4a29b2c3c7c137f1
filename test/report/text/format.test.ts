import { describe, expect, it } from 'vitest';
import { formatDuration } from '../../../src/schema/duration.js';

describe('spanText', () => {
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
