import { describe, expect, it } from 'vitest';
import { openPast } from '../../../src/monitor/server/past.js';
import { createTimeline } from '../../../src/monitor/server/timeline.js';
import { aKey, aKeysRecord } from '../../support/monitor-records.js';
import { aCheckRecord, anEventRecord, aView, noon } from '../../support/monitor-view.js';

const day = 86_400_000;
const minutesAgo = (minutes: number): Date => new Date(noon.getTime() - minutes * 60_000);
const whole = (timeline: ReturnType<typeof createTimeline>, open: readonly string[] = []) =>
  timeline.between(new Date(noon.getTime() - day), noon, new Set(open));

describe('the past', () => {
  it('counts a record once that comes from the file and from the loop', () => {
    const timeline = createTimeline(7 * day, () => 60_000);
    const record = aCheckRecord(minutesAgo(3));
    timeline.add(record);
    timeline.add(record);
    expect(whole(timeline).buckets.map(({ checks }) => checks)).toEqual([1]);
  });

  it('goes on after a clock that was wrong', () => {
    const timeline = createTimeline(7 * day, () => 60_000);
    timeline.add(aCheckRecord(new Date('2031-01-01')));
    timeline.add(aCheckRecord(minutesAgo(3)));
    timeline.add({ ...aCheckRecord(noon), at: 'no time' });
    expect(whole(timeline).buckets).toHaveLength(1);
  });

  it('keeps no more than the given time', () => {
    const timeline = createTimeline(day, () => 60_000);
    for (let minute = 3 * 1440; minute >= 0; minute -= 1) timeline.add(aCheckRecord(minutesAgo(minute)));
    const all = timeline.between(new Date(0), noon, new Set());
    expect(all.buckets.reduce((sum, { checks }) => sum + checks, 0)).toBeLessThan(1440 + 120);
  });

  it('tells what was done about an incident beside what it is', () => {
    const timeline = createTimeline(7 * day, () => 60_000);
    const participants = ['auth_service', 'backend_service'];
    timeline.add(anEventRecord({ id: '1', participants, summary: 'both differ' }));
    timeline.add(
      anEventRecord({
        id: '2',
        type: 'remediation-started',
        participants: ['auth_service'],
        summary: 'rollout of auth_service',
      }),
    );
    timeline.add(anEventRecord({ id: '3', type: 'drift-resolved', participants: [], summary: 'over' }));
    expect(whole(timeline).incidents).toMatchObject([
      { participants, summary: 'both differ', remediation: 'rollout of auth_service' },
    ]);
  });

  it('tells an incident from its first event to its last, with its worst level', () => {
    const timeline = createTimeline(7 * day, () => 60_000);
    timeline.add(anEventRecord({ id: '1' }));
    timeline.add(
      anEventRecord({ id: '2', type: 'drift-changed', level: 'EMERGENCY', at: '2026-01-31T11:05:00.000Z' }),
    );
    const [open] = whole(timeline, ['staging/2026-01-31T11:00:00.000Z']).incidents;
    expect(open).toMatchObject({ kind: 'drift', level: 'EMERGENCY', until: null });
    timeline.add(
      anEventRecord({
        id: '3',
        type: 'drift-resolved',
        level: 'INFO',
        findings: [],
        summary: 'over',
        at: '2026-01-31T11:20:00.000Z',
      }),
    );
    expect(whole(timeline).incidents).toEqual([
      {
        id: 'staging/2026-01-31T11:00:00.000Z',
        kind: 'drift',
        level: 'EMERGENCY',
        since: '2026-01-31T11:00:00.000Z',
        until: '2026-01-31T11:20:00.000Z',
        participants: ['backend_service'],
        codes: ['trailing-newline'],
        summary: 'backend_service differs from secret_manager',
      },
    ]);
  });

  it('leaves out incidents that were over before', () => {
    const timeline = createTimeline(7 * day, () => 60_000);
    timeline.add(anEventRecord({ type: 'participant-recovered', at: '2026-01-31T11:30:00.000Z' }));
    expect(timeline.between(minutesAgo(20), noon, new Set()).incidents).toEqual([]);
    expect(timeline.between(minutesAgo(40), noon, new Set()).incidents).toMatchObject([
      { kind: 'unreachable' },
    ]);
  });

  it('tells how long answers took, over minutes too', () => {
    const timeline = createTimeline(day, () => 60_000);
    const latenciesMs = Array.from({ length: 100 }, (_, index) => index + 1);
    const participant = { name: 'a', up: true, agrees: true, accepted: 100, shown: 100, latenciesMs };
    timeline.add(aCheckRecord(minutesAgo(1), { participants: [participant] }));
    timeline.add(aCheckRecord(minutesAgo(2), { participants: [participant] }));
    expect(whole(timeline).buckets).toMatchObject([{ checks: 2, p50Ms: 50, p95Ms: 95 }]);
  });
});

describe('the keys of the past', () => {
  const keysAt = (minutes: number, ...keys: ReturnType<typeof aKey>[]) =>
    aKeysRecord({ at: minutesAgo(minutes).toISOString(), keys });
  const names = Array.from({ length: 50 }, (_, index) => `service_${index}`);

  it('are those in use, with their ages, and new versions with few names', () => {
    const timeline = createTimeline(7 * day, () => 60_000);
    timeline.add(keysAt(100, aKey(7, ['secret_manager', ...names])));
    timeline.add(keysAt(60, aKey(8, ['secret_manager', ...names.slice(0, 10)]), aKey(7, names.slice(10))));
    const rejected = { name: 'a', up: true, agrees: true, accepted: 1, shown: 3, latenciesMs: [1, 1, 1] };
    timeline.add(aCheckRecord(minutesAgo(50), { participants: [rejected] }));
    const { keys, adoptions } = whole(timeline);
    expect(keys).toMatchObject([
      { version: '8', ageMs: 10 * 60_000, ageIs: 'at-least', reference: true, holders: 11 },
      { version: '7', ageMs: 50 * 60_000, reference: false, holders: 40 },
    ]);
    expect(adoptions).toMatchObject([{ status: 'open', adopted: 10, participants: 50, rejectedTokens: 2 }]);
    expect(adoptions[0]?.waitingFor).toHaveLength(20);
  });

  it('have the newest new version, however long ago, and no others of before', () => {
    const timeline = createTimeline(7 * day, () => 60_000);
    for (const [index, version] of [6, 7, 8].entries())
      timeline.add(keysAt(5000 - index, aKey(version, ['secret_manager', 'a'])));
    expect(whole(timeline).adoptions.map(({ to }) => to.version)).toEqual(['8']);
  });

  it('are not undone by records that arrive while the history is read', async () => {
    const before = keysAt(10, aKey(7, ['secret_manager', 'a']));
    const after = keysAt(9, aKey(8, ['secret_manager', 'a']));
    const view = aView({ history: [before, after] });
    const told = {
      ...view,
      async *history(since: Date) {
        for (const record of [before, after]) view.set({}, record);
        yield* view.history(since);
      },
    };
    const past = openPast(told);
    const { keys, adoptions } = await past.since(new Date(noon.getTime() - day));
    expect(keys.map(({ version }) => version)).toEqual(['8']);
    expect(adoptions.map(({ status }) => status)).toEqual(['complete']);
    past.close();
  });
});
