import { describe, expect, it } from 'vitest';
import { backoff } from '../../src/system/backoff.js';

describe('an exponential backoff', () => {
  const pauses = { first: 100, longest: 1000 };

  it.each([
    [1, 50, 100],
    [2, 100, 200],
    [4, 400, 800],
    [5, 500, 1000],
    [10_000, 500, 1000],
  ])('after %d tries pauses for %d to %d ms', (tries, least, most) => {
    expect(backoff(pauses, tries, () => 0)).toBe(least);
    expect(backoff(pauses, tries, () => 0.999_999)).toBeCloseTo(most, 1);
  });
});
