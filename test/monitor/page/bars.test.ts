import { describe, expect, it } from 'vitest';
import { barsOf, lineOf, slotsOf, totalsOf } from '../../../src/monitor/page/bars.js';
import { createTimeline } from '../../../src/monitor/server/timeline.js';
import { aCheckRecord, noon } from '../../support/monitor-view.js';

const minutesAgo = (minutes: number): Date => new Date(noon.getTime() - minutes * 60_000);

/** The last ten minutes, one check in some of them. */
function past(checks: Readonly<Record<number, 'consistent' | 'inconsistent' | 'inconclusive' | null>>) {
  const timeline = createTimeline(86_400_000, () => 30_000);
  for (const [minute, verdict] of Object.entries(checks).reverse())
    timeline.add(aCheckRecord(minutesAgo(Number(minute)), { verdict }));
  return timeline.between(minutesAgo(10), noon, new Set());
}

describe('the bars of the timeline', () => {
  it('join what looks alike, and claim nothing of a time without checks', () => {
    const some = past({
      10: 'consistent',
      9: 'consistent',
      7: 'inconsistent',
      6: null,
      5: 'inconclusive',
      1: 'consistent',
    });
    expect(slotsOf(some)).toBe(11);
    expect(barsOf(some)).toEqual([
      { kind: 'ok', from: 0, to: 2 },
      { kind: 'none', from: 2, to: 3 },
      { kind: 'bad', from: 3, to: 4 },
      { kind: 'unknown', from: 4, to: 6 },
      { kind: 'none', from: 6, to: 9 },
      { kind: 'ok', from: 9, to: 10 },
      { kind: 'none', from: 10, to: 11 },
    ]);
    expect(totalsOf(some)).toEqual({ checks: 6, consistent: 3, inconsistent: 1, inconclusive: 1, failed: 1 });
  });

  it('show the one bad check of a long stretch', () => {
    const timeline = createTimeline(7 * 86_400_000, () => 60_000);
    for (let minute = 7 * 1440; minute >= 0; minute -= 1)
      timeline.add(
        aCheckRecord(minutesAgo(minute), { verdict: minute === 5000 ? 'inconsistent' : 'consistent' }),
      );
    const week = timeline.between(minutesAgo(7 * 1440), noon, new Set());
    expect(week.buckets.length).toBeLessThan(400);
    expect(barsOf(week).map(({ kind }) => kind)).toEqual(['ok', 'bad', 'ok']);
  });

  it('have a check in every slot, however rarely it is checked', () => {
    const timeline = createTimeline(86_400_000, () => 3_600_000);
    for (let hour = 23; hour >= 0; hour -= 1) timeline.add(aCheckRecord(minutesAgo(hour * 60)));
    const bars = barsOf(timeline.between(minutesAgo(23 * 60), noon, new Set()));
    expect(bars.map(({ kind }) => kind)).toEqual(['ok']);
  });

  it('draw a line that breaks where nothing was measured', () => {
    const some = past({ 10: 'consistent', 9: 'consistent', 2: 'consistent' });
    expect(lineOf(some, () => 50, 100, 80)).toBe('M0 40.0L0.5 40.0L1.5 40.0M8 40.0L8.5 40.0');
  });
});
