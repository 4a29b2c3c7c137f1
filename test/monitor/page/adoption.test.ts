import { describe, expect, it } from 'vitest';
import type { AdoptionStatistics } from '../../../src/monitor/history/adoptions.js';
import { ageOf, keyName, lengthOf, progressOf, stepsOf } from '../../../src/monitor/page/adoption.js';

const start = Date.parse('2026-01-31T12:00:00.000Z');
const minute = (number: number) => new Date(start + number * 60_000).toISOString();

/** Two of four had it after one minute, and nothing happened since. */
const open: AdoptionStatistics = {
  origin: 'reference',
  from: { fingerprint: '00000007', version: '7' },
  to: { fingerprint: '00000008', version: '8' },
  startedAt: minute(0),
  endedAt: null,
  status: 'open',
  participants: 4,
  adopted: 2,
  p50Ms: 60_000,
  p95Ms: null,
  maxMs: null,
  curve: [
    { afterMs: 0, adopted: 1 },
    { afterMs: 60_000, adopted: 2 },
  ],
  last: [],
  waitingFor: ['c', 'd'],
  wentBack: [],
  rejectedTokens: 0,
};
const complete: AdoptionStatistics = {
  ...open,
  status: 'complete',
  endedAt: minute(3),
  adopted: 4,
  maxMs: 180_000,
  curve: [...open.curve, { afterMs: 180_000, adopted: 4 }],
};
const size = { width: 100, height: 40 };

describe('the drawing of an adoption', () => {
  it('goes up a step at every arrival, and on to now', () => {
    expect(lengthOf(open, minute(4))).toBe(240_000);
    expect(stepsOf(open, 240_000, size)).toBe('M0 40H0.0V30.0H25.0V20.0H100');
  });

  it('ends with the last arrival, or where the next version came', () => {
    expect(lengthOf(complete, minute(100))).toBe(180_000);
    expect(stepsOf(complete, 180_000, size)).toBe('M0 40H0.0V30.0H33.3V20.0H100.0V0.0H100');
    expect(lengthOf({ ...open, status: 'superseded', endedAt: minute(9) }, minute(100))).toBe(540_000);
  });

  it('copes with one that no participant had to follow, and with a clock that was set back', () => {
    const none: AdoptionStatistics = { ...complete, participants: 0, adopted: 0, maxMs: null, curve: [] };
    expect(stepsOf(none, lengthOf(none, minute(0)), size)).toBe('M0 40H100');
    expect(lengthOf({ ...none, status: 'open', endedAt: null }, minute(-60))).toBe(1);
    expect(progressOf(none)).toBe('no participant had to follow');
  });

  it('is described in words', () => {
    expect(progressOf(open)).toBe('2 of 4 participants so far');
    expect(progressOf(complete)).toBe('all 4 participants after 3 min');
    expect(progressOf({ ...open, status: 'superseded' })).toBe('2 of 4 participants before the next version');
    expect(progressOf({ ...open, status: 'rolled-back' })).toBe(
      '2 of 4 participants before it was rolled back',
    );
    expect(keyName({ version: null, fingerprint: '00000007' })).toBe('00000007');
    expect(ageOf({ ageMs: 3 * 86_400_000, ageIs: 'at-least' })).toBe('at least 3 d');
    expect(ageOf({ ageMs: 90_000, ageIs: 'exact' })).toBe('1 min');
  });
});
