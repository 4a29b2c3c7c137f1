import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LastRotation, ReportRotation } from '../../../src/model.js';
import { advance } from '../../../src/monitor/alerting/advance.js';
import { openIncidents } from '../../../src/monitor/alerting/open-incidents.js';
import {
  type AlertPolicy,
  type CheckOutcome,
  type DriftEvent,
  type EnvironmentState,
  initialState,
  type Notification,
} from '../../../src/monitor/monitor-model.js';
import { runs } from '../../support/random.js';
import { aLastRotation, aRotation, rotationOutcome } from '../../support/rotations.js';
import { minute, outcomeOf, plainPolicy, start } from '../../support/watching.js';

interface Followed {
  readonly state: EnvironmentState;
  readonly told: readonly (readonly Notification[])[];
  readonly silenced: readonly number[];
}

/** Checks a minute apart from noon on; the state passes through JSON, as through a restart. */
function follow(
  checks: readonly CheckOutcome[],
  policy: Partial<AlertPolicy> = {},
  first: EnvironmentState = initialState,
): Followed {
  let state = first;
  const told: (readonly Notification[])[] = [];
  const silenced: number[] = [];
  for (const [index, outcome] of checks.entries()) {
    const next = advance(state, outcome, { ...plainPolicy, ...policy }, new Date(start + index * minute));
    state = JSON.parse(JSON.stringify(next.state));
    told.push(next.notifications);
    silenced.push(next.silenced.length);
  }
  return { state, told, silenced };
}

const typesOf = ({ told }: Followed): string[][] => told.map((all) => all.map(({ event }) => event.type));
const eventsOf = ({ told }: Followed): DriftEvent[] => told.flatMap((all) => all.map(({ event }) => event));

const at = (minutes: number): string => new Date(start + minutes * minute).toISOString();

const staged = rotationOutcome({ rotation: aRotation() });
const promoted = rotationOutcome({ rotation: aRotation({ state: 'promoted', since: at(1) }) });
const revoked = rotationOutcome({ rotation: aRotation({ state: 'revoked', since: at(2) }) });
const finished = rotationOutcome({ lastRotation: aLastRotation({ at: at(3) }) });
const rolledBack = rotationOutcome({ lastRotation: aLastRotation({ outcome: 'rolled-back', at: at(3) }) });
const nothing = rotationOutcome();

describe('a rotation that goes as planned', () => {
  it('is an event for every state, with what is asked and who is not there yet', () => {
    const followed = follow([nothing, staged, staged, promoted, revoked, finished, finished, nothing]);
    expect(typesOf(followed)).toEqual([
      [],
      ['rotation-started'],
      [],
      ['rotation-advanced'],
      ['rotation-advanced'],
      ['rotation-finished'],
      [],
      [],
    ]);
    expect(eventsOf(followed).map(({ summary }) => summary)).toEqual([
      'staging: rotation from version 7 to version 8 started: staged since 2026-01-31 11:00 UTC; every verifier must accept versions 7 and 8; not proved yet: backend_service',
      'staging: rotation from version 7 to version 8 promoted since 2026-01-31 12:01 UTC, was staged; every issuer must sign with version 8; not proved yet: backend_service',
      'staging: rotation from version 7 to version 8 revoked since 2026-01-31 12:02 UTC, was promoted; every verifier must reject version 7; not proved yet: backend_service',
      'staging: rotation from version 7 to version 8 finished after 1h 3m',
    ]);
    expect(new Set(eventsOf(followed).map(({ incident }) => incident))).toEqual(
      new Set(['staging/2026-01-31T11:00:00.000Z#rotation']),
    );
    for (const { event, urgency } of followed.told.flat())
      expect([event.level, event.peak, urgency, event.participants, event.findings]).toEqual([
        ...['INFO', 'INFO', 'INFO'],
        [],
        [],
      ]);
    expect(eventsOf(followed).at(1)).toMatchObject({
      dedupKey: 'staging/rotation',
      since: '2026-01-31T11:00:00.000Z',
      links: { explain: 'jwtcheck rotate status -e staging' },
      rotation: { id: 'rotation 1', mode: 'overlap', state: 'promoted', before: 'staged', from: 7, to: 8 },
    });
    expect(openIncidents(follow([staged, promoted]).state)).toEqual([]);
    expect(followed.state.rotation?.open).toBeNull();
  });

  it('is reported once by a monitor that starts in the middle of it', () => {
    const followed = follow([promoted, promoted, finished]);
    expect(typesOf(followed)).toEqual([['rotation-started'], [], ['rotation-finished']]);
    expect(eventsOf(followed)[0]?.summary).toBe(
      'staging: rotation from version 7 to version 8 promoted since 2026-01-31 12:01 UTC, opened 2026-01-31 11:00 UTC; every issuer must sign with version 8; not proved yet: backend_service',
    );
  });

  it('may be taken back a step, be undone, and begin again under its id', () => {
    const again = rotationOutcome({ rotation: aRotation({ since: at(5) }) });
    const followed = follow([
      promoted,
      rotationOutcome({ rotation: aRotation({ since: at(2) }) }),
      rolledBack,
      rolledBack,
      again,
      rotationOutcome({ lastRotation: aLastRotation({ at: at(6) }) }),
    ]);
    expect(typesOf(followed)).toEqual([
      ['rotation-started'],
      ['rotation-advanced'],
      ['rotation-rolled-back'],
      [],
      ['rotation-started'],
      ['rotation-finished'],
    ]);
    const events = eventsOf(followed);
    expect(events[1]?.summary).toContain('taken back: staged since 2026-01-31 12:02 UTC, was promoted');
    expect(events[2]?.summary).toBe(
      'staging: rotation from version 7 to version 8 rolled back after 1h 3m; version 7 is in use',
    );
    expect(events[2]?.rotation).toMatchObject({ state: 'idle', before: 'staged' });
    expect(events[3]?.incident).not.toBe(events[2]?.incident);
    expect(events[4]?.incident).toBe(events[3]?.incident);
  });

  it.for(['emergency', 'cutover'] as const)('is named by its mode: %s', (mode) => {
    const followed = follow([
      rotationOutcome({ rotation: aRotation({ mode, state: 'revoked', since: at(0), openedAt: at(0) }) }),
      rotationOutcome({ lastRotation: aLastRotation({ mode, openedAt: at(0), at: at(1) }) }),
    ]);
    expect(typesOf(followed)).toEqual([['rotation-started'], ['rotation-finished']]);
    const noun = mode === 'cutover' ? 'cutover' : 'emergency rotation';
    expect(eventsOf(followed).map(({ summary }) => summary)).toEqual([
      expect.stringContaining(`${noun} from version 7 to version 8 started: revoked since`),
      `staging: ${noun} from version 7 to version 8 finished after 1m`,
    ]);
  });
});

describe('the end of a rotation', () => {
  it('is seen in the record alone: neither an inconclusive check nor an unreadable record ends it', () => {
    const followed = follow([staged, nothing, outcomeOf('r'), outcomeOf('F'), nothing, staged, finished]);
    expect(
      typesOf(followed)
        .flat()
        .filter((type) => type.startsWith('rotation')),
    ).toEqual(['rotation-started', 'rotation-finished']);
  });

  it('is not news if it was before the first check, whenever that could read the record', () => {
    const before = rotationOutcome({ lastRotation: aLastRotation({ at: at(-1) }) });
    expect(typesOf(follow([before, before])).flat()).toEqual([]);
    expect(typesOf(follow([nothing, before])).flat()).toEqual([]);
  });

  it('is reported alone if it began since the last check, too', () => {
    expect(typesOf(follow([nothing, finished, finished]))).toEqual([[], ['rotation-finished'], []]);
    const before = rotationOutcome({ lastRotation: aLastRotation({ id: 'rotation 0', at: at(-1) }) });
    expect(typesOf(follow([before, rolledBack]))).toEqual([[], ['rotation-rolled-back']]);
    const early = rotationOutcome({
      lastRotation: aLastRotation({ outcome: 'rolled-back', to: null, at: at(1) }),
    });
    expect(eventsOf(follow([nothing, early]))[0]?.summary).toBe(
      'staging: rotation of version 7 rolled back after 1h 1m; version 7 is in use',
    );
  });

  it.for([
    [8, 'rotation-finished'],
    [7, 'rotation-rolled-back'],
    [9, 'rotation-finished'],
  ] as const)('that was not seen shows by the version with which the next one begins: %i', ([from, type]) => {
    const next = { id: 'rotation 2', from, to: 12, openedAt: at(1), since: at(1) };
    const followed = follow([staged, rotationOutcome({ rotation: aRotation(next) })]);
    expect(typesOf(followed)).toEqual([['rotation-started'], [type, 'rotation-started']]);
    expect(eventsOf(followed)[1]?.summary).toBe(
      `staging: rotation from version 7 to version 8 is over: its end was not seen; version ${from} was in use when the next one began`,
    );
    const last = aLastRotation({ id: 'rotation 2', from, to: 12, openedAt: at(1), at: at(1) });
    const both = follow([staged, rotationOutcome({ lastRotation: last })]);
    expect(typesOf(both)).toEqual([['rotation-started'], [type, 'rotation-finished']]);
  });

  it('is not taken back by a record that is out of date for minutes', () => {
    const followed = follow([staged, promoted, staged, promoted, finished, promoted, finished]);
    expect(typesOf(followed)).toEqual([
      ['rotation-started'],
      ['rotation-advanced'],
      [],
      [],
      ['rotation-finished'],
      [],
      [],
    ]);
  });

  it('is believed after ten minutes where the clock was wrong that wrote the state before it', () => {
    const future = rotationOutcome({
      rotation: aRotation({ state: 'revoked', since: '2027-01-31T11:00:00Z' }),
    });
    const followed = follow([future, ...Array.from({ length: 12 }, () => finished)]);
    expect(typesOf(followed).map((types) => types.length)).toEqual([1, ...Array(10).fill(0), 1, 0]);
    expect(eventsOf(followed)[1]?.type).toBe('rotation-finished');
  });
});

describe('a rotation that stalled', () => {
  const stalled = rotationOutcome({ rotation: aRotation() }, true);
  const moved = rotationOutcome({ rotation: aRotation({ state: 'promoted', since: at(3) }) }, true);
  const done = rotationOutcome({ lastRotation: aLastRotation({ at: at(5) }) });

  it('is an open incident of the level WARNING until it ends, with who is not there yet', () => {
    const followed = follow([staged, stalled, stalled, moved, staged, done]);
    expect(typesOf(followed)).toEqual([
      ['rotation-started'],
      ['rotation-stalled'],
      [],
      ['rotation-advanced'],
      [],
      ['rotation-finished'],
    ]);
    expect(followed.told.flat().map(({ event, urgency }) => [event.level, event.peak, urgency])).toEqual([
      ['INFO', 'INFO', 'INFO'],
      ['WARNING', 'WARNING', 'WARNING'],
      ['WARNING', 'WARNING', 'WARNING'],
      ['INFO', 'WARNING', 'WARNING'],
    ]);
    expect(eventsOf(followed)[1]).toMatchObject({
      participants: ['backend_service'],
      findings: [{ code: 'rotation-stalled' }],
      links: { explain: 'jwtcheck explain rotation-stalled' },
      summary:
        'staging: rotation from version 7 to version 8 open for 1h 1m, staged since 2026-01-31 11:00 UTC; every verifier must accept versions 7 and 8; not proved yet: backend_service',
    });
    expect(openIncidents(follow([staged, stalled]).state)).toEqual([
      { id: 'staging/2026-01-31T11:00:00.000Z#rotation', kind: 'rotation', level: 'WARNING' },
    ]);
    expect(openIncidents(followed.state)).toEqual([]);
  });

  it('is repeated like any open incident, each time with an id of its own', () => {
    const followed = follow([stalled, stalled, stalled, stalled], { remindEvery: 2 * minute });
    expect(typesOf(followed)).toEqual([
      ['rotation-started', 'rotation-stalled'],
      [],
      ['rotation-stalled'],
      [],
    ]);
    const ids = eventsOf(followed).map(({ id }) => id);
    expect(new Set(ids).size).toBe(3);
    expect(eventsOf(followed)[2]?.summary).toContain('still: rotation from');
  });
});

describe('silences', () => {
  const silence = (from: number, until: number, participants?: readonly string[]) => ({
    silence: [{ reason: 'planned', from: at(from), until: at(until), participants }],
  });

  it('that are about all suppress a rotation; what is left of it at their end is reported', () => {
    const followed = follow([staged, promoted, promoted, finished], silence(0, 2));
    expect(typesOf(followed)).toEqual([[], [], ['rotation-started'], ['rotation-finished']]);
    expect(followed.silenced).toEqual([1, 1, 0, 0]);
  });

  it('hide one that is over within them', () => {
    const followed = follow([staged, promoted, finished, finished], silence(0, 3));
    expect(typesOf(followed).flat()).toEqual([]);
  });

  it('do not hold back the end of one that was reported', () => {
    const followed = follow([staged, promoted, finished], silence(1, 9));
    expect(typesOf(followed)).toEqual([['rotation-started'], [], ['rotation-finished']]);
    expect(eventsOf(followed)[1]?.rotation?.before).toBe('staged');
  });

  it('of single participants leave it alone', () => {
    const followed = follow([staged], silence(0, 9, ['auth_service']));
    expect(typesOf(followed)).toEqual([['rotation-started']]);
  });
});

it('a deviation opens the usual incident beside it', () => {
  const wrong = outcomeOf('W');
  const during: CheckOutcome =
    wrong.is === 'report' ? { is: 'report', report: { ...wrong.report, rotation: aRotation() } } : wrong;
  expect(typesOf(follow([staged, during, during, staged, staged]))).toEqual([
    ['rotation-started'],
    [],
    ['drift-detected'],
    [],
    ['drift-resolved'],
  ]);
});

it('a clock that was set back moves no time of the record', () => {
  const first = follow([staged, rotationOutcome({ rotation: aRotation() }, true)]).state;
  const next = advance(first, staged, { ...plainPolicy, remindEvery: minute }, new Date(start - 60 * minute));
  expect(next.state.rotation?.open).toMatchObject({ since: '2026-01-31T11:00:00.000Z', stalledAt: at(-60) });
  expect(next.state.rotation?.since).toBe(at(-61));
});

/** What the record says, one entry after the other: whole rotations, each through some states to its end. */
type Entry = { readonly rotation: ReportRotation } | { readonly lastRotation: LastRotation };

const states = ['staged', 'promoted', 'revoked'] as const;

const record: fc.Arbitrary<Entry[]> = fc
  .array(
    fc.record({
      mode: fc.constantFrom('overlap', 'cutover', 'emergency'),
      path: fc.uniqueArray(fc.constantFrom(...states), { minLength: 0, maxLength: 3 }),
      back: fc.boolean(),
      outcome: fc.constantFrom('finished', 'rolled-back'),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((rotations) => {
    let clock = 0;
    const later = (): string => {
      clock += 10;
      return at(clock);
    };
    let current = 1;
    let newest = 1;
    const entries: Entry[] = [];
    for (const [index, { mode, path, back, outcome }] of rotations.entries()) {
      newest += 1;
      const openedAt = later();
      const about = { id: `${index}`, mode, from: current, to: newest, openedAt } as const;
      const ordered = [...path].sort((a, b) => states.indexOf(a) - states.indexOf(b));
      for (const state of [...ordered, ...(back ? ordered.slice(0, 1) : [])])
        entries.push({ rotation: { ...about, state, since: later(), participants: [] } });
      entries.push({ lastRotation: { ...about, outcome, at: later() } });
      if (outcome === 'finished') current = newest;
    }
    return entries;
  });

/** Checks: how far the record has moved since the one before, and what they could read of it. */
const checks = fc.array(
  fc.record({
    moved: fc.nat(2),
    reads: fc.constantFrom('record', 'record', 'record', 'older', 'nothing', 'inconclusive', 'failed'),
    isStalled: fc.boolean(),
  }),
  { minLength: 1, maxLength: 30 },
);

it('whatever is read, each rotation starts and ends at most once, in order, and each advance is one event', () => {
  fc.assert(
    fc.property(record, checks, (entries, steps) => {
      let position = -1;
      let newestRead = -1;
      const positions: number[] = [];
      let readAt = 0;
      const outcomes = steps.map(({ moved, reads: wanted, isStalled }, index): CheckOutcome => {
        // An older record is read for minutes only.
        const reads = wanted === 'older' && index - readAt > 8 ? 'record' : wanted;
        if (reads === 'record') readAt = index;
        position = Math.min(position + moved, entries.length - 1);
        const read = reads === 'older' ? position - 1 : position;
        const isRead = reads === 'record' || reads === 'older';
        if (isRead) newestRead = Math.max(newestRead, read);
        positions.push(newestRead);
        if (reads === 'failed') return outcomeOf('F');
        if (reads === 'inconclusive') return outcomeOf('r');
        return isRead ? rotationOutcome(entries[read] ?? {}, isStalled) : nothing;
      });
      const events = follow(outcomes).told.flat();
      const ofRotations = events.map(({ event }) => event).filter(({ rotation }) => rotation !== undefined);
      const incidents = [...new Set(ofRotations.map(({ incident }) => incident))];
      for (const id of incidents) {
        const all = ofRotations.filter(({ incident }) => incident === id);
        const types = all.map(({ type }) => type).filter((type) => type !== 'rotation-stalled');
        const ends = types.filter((type) => type === 'rotation-finished' || type === 'rotation-rolled-back');
        expect(types.filter((type) => type === 'rotation-started').length).toBeLessThanOrEqual(1);
        expect(types.lastIndexOf('rotation-started')).toBeLessThanOrEqual(0);
        expect(ends.length).toBeLessThanOrEqual(1);
        if (ends.length === 1) expect(types.at(-1)).toBe(ends[0]);
        // No state is reported twice in a row.
        const reported = all
          .filter(({ type }) => type !== 'rotation-stalled')
          .map(({ rotation }) => rotation?.state);
        expect(reported.every((state, index) => state !== reported[index - 1])).toBe(true);
        expect(all.filter(({ type }) => type === 'rotation-stalled').length).toBeLessThanOrEqual(1);
      }
      // All that was read is reported: after the last check nothing is open that is over.
      const reached = entries[newestRead];
      const lastOf = ofRotations.filter(({ type }) => type !== 'rotation-stalled').at(-1);
      if (reached !== undefined && positions[0] !== newestRead)
        expect(lastOf?.rotation?.id).toBe(
          'rotation' in reached ? reached.rotation.id : reached.lastRotation.id,
        );
      expect(ofRotations.every(({ level, type }) => level === 'INFO' || type !== 'rotation-started')).toBe(
        true,
      );
    }),
    { numRuns: runs(300) },
  );
});
