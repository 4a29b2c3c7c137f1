import { describe, expect, it } from 'vitest';
import type { WaitingFor } from '../../src/rotate/gate.js';
import { nextCheck } from '../../src/rotate/next-check.js';

const now = 1_000_000;
const hour = 3_600_000;

function at(
  waitingFor: readonly Partial<WaitingFor>[],
  {
    apply = true,
    waitMs = hour,
    checks = 1,
  }: { apply?: boolean; waitMs?: number | null; checks?: number } = {},
): number | null {
  const lack = {
    condition: 'accepts-new-key',
    participant: 'backend',
    what: '',
    is: 'not-yet',
    since: 0,
  } as const;
  const gate = {
    holds: false,
    refuted: false,
    evidence: [],
    trusted: [],
    moved: null,
    waitingFor: waitingFor.map((one) => ({ ...lack, ...one })),
  } as const;
  const run = { apply, waitMs, intervalMs: 5000 };
  const next = nextCheck(
    { is: 'waiting', gate },
    { run, checks, now, end: waitMs === null ? null : now + waitMs },
  );
  return next === null ? null : next - now;
}

describe('the next check', () => {
  it('comes after the interval where a service lags, and only with --wait', () => {
    expect(at([{}])).toBe(5000);
    expect(at([{}], { waitMs: null })).toBeNull();
    expect(at([{}], { waitMs: 4000 })).toBeNull();
  });

  it('comes less often while a drain goes on, and right after its end', () => {
    const drained = (left: number) => at([{ condition: 'drained', until: now + left }]);
    expect(drained(hour / 2)).toBe(60_000);
    expect(drained(300_000)).toBe(30_000);
    expect(drained(20_000)).toBe(5000);
    expect(drained(100)).toBe(101);
  });

  it('confirms a gate without being asked, so often at most', () => {
    const twice = { condition: 'twice', until: now + 60_000 };
    expect(at([twice], { waitMs: null })).toBe(60_001);
    expect(at([twice], { waitMs: null, checks: 4 })).toBeNull();
    expect(at([twice], { waitMs: null, apply: false })).toBeNull();
    expect(at([twice, {}], { waitMs: null })).toBeNull();
  });
});
