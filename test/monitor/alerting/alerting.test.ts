import { describe, expect, it } from 'vitest';
import type { Report } from '../../../src/model.js';
import { advance } from '../../../src/monitor/alerting/advance.js';
import {
  type AlertPolicy,
  type CheckOutcome,
  type DriftEvent,
  type EnvironmentState,
  initialState,
} from '../../../src/monitor/monitor-model.js';
import { aFinding, aParticipant, aReport, secretManager } from '../../support/reports.js';
import { minute, outcomeOf, plainPolicy, start } from '../../support/watching.js';

/** Checks at these minutes after noon; the events of each, and the state at the end. */
function follow(
  checks: readonly (readonly [minutes: number, CheckOutcome])[],
  policy: Partial<AlertPolicy> = {},
  first: EnvironmentState = initialState,
): { events: DriftEvent[][]; state: EnvironmentState; silenced: string[][] } {
  let state = first;
  const events: DriftEvent[][] = [];
  const silenced: string[][] = [];
  for (const [minutes, outcome] of checks) {
    const next = advance(state, outcome, { ...plainPolicy, ...policy }, new Date(start + minutes * minute));
    state = JSON.parse(JSON.stringify(next.state));
    events.push(next.notifications.map((t) => t.event));
    silenced.push(next.silenced.map(({ reason }) => reason));
  }
  return { events, state, silenced };
}

const types = (events: readonly (readonly DriftEvent[])[]): string[][] =>
  events.map((all) => all.map(({ type }) => type));

const letters = (text: string, from = 0): [number, CheckOutcome][] =>
  [...text].map((letter, index) => [from + index, outcomeOf(letter)]);

const names = Array.from({ length: 2000 }, (_, index) => `service_${index}`);

/** 2,000 participants, of which these cannot be reached. */
function fleet(away: readonly string[]): CheckOutcome {
  const lost = new Set(away);
  const error = { code: 'connection', message: 'connection refused' } as const;
  const participants = names.map((name) =>
    lost.has(name)
      ? aParticipant(name, { reachable: false, fingerprint: null, agrees: null, error })
      : aParticipant(name),
  );
  const report: Report = aReport({
    verdict: away.length === 0 ? 'consistent' : 'inconclusive',
    exitCode: away.length === 0 ? 0 : 3,
    level: away.length === 0 ? 'INFO' : 'WARNING',
    participants: [secretManager, ...participants],
    attempts: [],
    findings: away.map((name) =>
      aFinding('participant-unreachable', {
        severity: 'warning',
        participants: [name],
        message: `${name} could not be read: connection refused.`,
      }),
    ),
  });
  return { is: 'report', report };
}

describe('many participants that cannot be reached at once', () => {
  const many = names.slice(0, 1500);

  it('are one event and one incident, from the first check to the last', () => {
    const { events, state } = follow([
      [0, fleet(many)],
      [1, fleet(many)],
      [2, fleet(many)],
      [3, fleet([])],
      [4, fleet([])],
    ]);
    expect(types(events)).toEqual([[], ['participant-unreachable'], [], [], ['participant-recovered']]);
    const [began, ended] = events.flat();
    expect(began).toMatchObject({
      incident: 'staging/2026-01-31T12:00:00.000Z#unreachable',
      dedupKey: 'staging/unreachable',
      participants: many,
      summary:
        'staging: 1,500 participants cannot be reached: service_0, service_1, service_2 and 1,497 more, since 2026-01-31 12:00 UTC',
    });
    expect(began?.findings).toHaveLength(10);
    expect(ended?.incident).toBe(began?.incident);
    expect(state.group).toBeNull();
  });

  it('are one by one up to the bound', () => {
    const few = names.slice(0, 5);
    const { events } = follow([
      [0, fleet(few)],
      [1, fleet(few)],
    ]);
    expect(events[1]?.map(({ participants }) => participants)).toEqual(few.map((name) => [name]));
  });

  it('that follow one after the other become one, and are not each an event', () => {
    const checks = Array.from({ length: 100 }, (_, index): [number, CheckOutcome] => [
      index,
      fleet(names.slice(0, 3 * (index + 1))),
    ]);
    const { events } = follow(checks);
    const all = events.flat();
    // Three by themselves, then all together: the first, five more as they come, then as rarely as reminders.
    expect(all.length).toBeLessThan(15);
    expect(new Set(all.map(({ incident }) => incident)).size).toBe(4);
    const last = all.at(-1)?.participants.length ?? 0;
    expect(last).toBeGreaterThan(200);
  });

  it('leave in the state what does not change while they stay away', () => {
    const { state } = follow([
      [0, fleet(many)],
      [1, fleet(many)],
    ]);
    const later = follow([[2, fleet(many)]], {}, state).state;
    expect({ ...later, checkedAt: null }).toEqual({ ...state, checkedAt: null });
  });

  it('are back one after the other: the incident ends with the last', () => {
    const { events } = follow([
      [0, fleet(many)],
      [1, fleet(many)],
      [2, fleet(many.slice(700))],
      [3, fleet(many.slice(700))],
      [4, fleet([])],
      [5, fleet([])],
    ]);
    expect(types(events).flat()).toEqual(['participant-unreachable', 'participant-recovered']);
  });
});

describe('a participant that was reported by itself before many others', () => {
  it('is not among those that are back while it is still away, and has its own end', () => {
    const [alone, ...others] = names.slice(0, 8);
    const checks = [[alone], [alone], [alone, ...others], [alone, ...others], [alone], [alone], [], []].map(
      (away, at): [number, CheckOutcome] => [at, fleet(away.filter((name) => name !== undefined))],
    );
    const ended = follow(checks)
      .events.flat()
      .filter(({ type }) => type === 'participant-recovered');
    expect(ended.map(({ participants }) => participants)).toEqual([others, [alone]]);
    expect(ended[0]?.summary).toMatch(
      '7 participants could not be reached; over after 3m; 1 other participant still cannot be reached',
    );
  });

  it('is named by its own end only, and the end of the many names all of them', () => {
    const of = (...indices: number[]) => fleet(indices.map((index) => `service_${index}`));
    const singles = [0, 1, 2, 3, 4];
    const { events } = follow(
      [
        of(...singles),
        of(...singles),
        // One more makes them many, then another one; the first of these is back before the other.
        ...[of(...singles, 5), of(...singles, 5), of(...singles, 5, 6), of(...singles, 5, 6)],
        ...[of(0, 1, 2, 3, 6), of(0, 1, 2, 3, 6), of(0, 1, 2, 3), of(0, 1, 2, 3)],
      ].map((outcome, at): [number, CheckOutcome] => [at, outcome]),
    );
    const ended = events.flat().filter(({ type }) => type === 'participant-recovered');
    expect(ended.map(({ participants }) => participants)).toEqual([
      ['service_4'],
      ['service_5', 'service_6'],
    ]);
    expect(ended[1]?.summary).toMatch(
      /^staging: 2 participants .*; 4 other participants still cannot be reached$/,
    );
  });
});

describe('a pause of three intervals', () => {
  it.each<[string, [number, string][], string[]]>([
    [
      'forgets bad checks',
      [
        [0, 'W'],
        [60, 'W'],
      ],
      [],
    ],
    [
      'and what was bad after it counts',
      [
        [0, 'W'],
        [60, 'W'],
        [61, 'W'],
      ],
      ['drift-detected'],
    ],
    [
      'of three intervals and no more does not',
      [
        [0, 'W'],
        [3, 'W'],
      ],
      ['drift-detected'],
    ],
    [
      'forgets who was away',
      [
        [0, 'b'],
        [60, 'b'],
      ],
      [],
    ],
    [
      'forgets checks that could not tell',
      [
        [0, 'F'],
        [60, 'F'],
      ],
      [],
    ],
    [
      'forgets good checks',
      [
        [0, 'W'],
        [1, 'W'],
        [2, 'G'],
        [62, 'G'],
      ],
      ['drift-detected'],
    ],
    [
      'ends no incident',
      [
        [0, 'W'],
        [1, 'W'],
        [61, 'G'],
        [62, 'G'],
      ],
      ['drift-detected', 'drift-resolved'],
    ],
  ])('%s', (_, checks, expected) => {
    const { events } = follow(checks.map(([at, letter]) => [at, outcomeOf(letter)]));
    expect(types(events).flat()).toEqual(expected);
  });

  it('is measured from the end of one check to the start of the next, however long checks take', () => {
    let state = initialState;
    const told = [0, 1, 2].flatMap((index) => {
      const began = new Date(start + index * 10 * minute);
      const ended = new Date(began.getTime() + 9 * minute);
      const next = advance(state, outcomeOf('W'), plainPolicy, ended, began);
      state = next.state;
      return next.notifications;
    });
    expect(told.map(({ event }) => event.type)).toEqual(['drift-detected']);
  });
});

describe('a clock that is set back by two hours', () => {
  it('moves what is remembered with it: durations count what passed', () => {
    const { events } = follow([
      [120, outcomeOf('C')],
      [121, outcomeOf('C')],
      [2, outcomeOf('E')],
      [3, outcomeOf('G')],
      [4, outcomeOf('G')],
    ]);
    const resolved = events.flat().at(-1);
    expect(types(events).flat()).toEqual(['drift-detected', 'drift-changed', 'drift-resolved']);
    expect(resolved?.durationMs).toBe(3 * minute);
    expect(resolved?.incident).toBe('staging/2026-01-31T14:00:00.000Z');
  });
});

describe('changes of one incident', () => {
  it('are reported as they come only for a while, then as rarely as reminders', () => {
    const policy = { failureThreshold: 1, failureWindow: 1, remindEvery: 30 * minute };
    const { events } = follow(letters('WV'.repeat(120)), policy);
    const all = types(events).flat();
    expect(all.filter((type) => type === 'drift-changed').length).toBeLessThan(15);
    // The current one is known all the same, within the time of a reminder.
    const last = events.flatMap((list, at) => (list.length > 0 ? [at] : [])).at(-1);
    expect(last).toBeGreaterThan(200);
  });

  it('to a level that is worse than any before are reported at once', () => {
    const policy = { failureThreshold: 1, failureWindow: 1 };
    const { events } = follow(letters(`${'WV'.repeat(10)}C`), policy);
    expect(events.at(-1)?.map(({ type, level }) => [type, level])).toEqual([['drift-changed', 'CRITICAL']]);
  });
});

describe('reminders', () => {
  it.each([
    ['W', 'drift-reminder'],
    ['b', 'participant-unreachable'],
    ['F', 'monitor-degraded'],
    ['r', 'monitor-degraded'],
  ])('are of every kind of incident: %s', (letter, type) => {
    const { events } = follow(letters(letter.repeat(62)), { remindEvery: 30 * minute });
    const all = events.flat();
    expect(all).toHaveLength(3);
    expect(new Set(all.map(({ incident, dedupKey }) => `${incident} ${dedupKey}`)).size).toBe(1);
    expect(new Set(all.map(({ id }) => id)).size).toBe(3);
    expect(all[1]?.type).toBe(type);
    expect(all[1]?.durationMs).toBe(31 * minute);
    expect(all[1]?.summary).toContain('still');
  });

  it('are of many at once as one', () => {
    const away = fleet(names.slice(0, 100));
    const checks = Array.from({ length: 62 }, (_, at): [number, CheckOutcome] => [at, away]);
    const { events } = follow(checks, { remindEvery: 30 * minute });
    expect(events.flat().map(({ participants }) => participants.length)).toEqual([100, 100, 100]);
  });
});

describe('a silence', () => {
  const from = new Date(start).toISOString();
  const until = new Date(start + 10 * minute).toISOString();
  const silence = [{ reason: 'rotation 7 to 8', from, until }];

  it.each(['W', 'E', 'b', 'F', 'p'])('keeps %s from alerting until it ends', (letter) => {
    const { events, silenced } = follow(letters(letter.repeat(13)), { silence });
    const first = events.findIndex((list) => list.length > 0);
    expect(first).toBe(10);
    expect(events.flat().length).toBe(1);
    expect(silenced[5]).toEqual(['rotation 7 to 8']);
    expect(silenced[12]).toEqual([]);
    // It is known since when.
    expect(events.flat()[0]?.since).toBe(from);
  });

  it('alerts no one of what is over before it ends', () => {
    expect(types(follow(letters('WWWWGGGGGGGGGG'), { silence }).events).flat()).toEqual([]);
  });

  it('does not keep back the end of what was reported before', () => {
    const later = silence.map((one) => ({ ...one, from: new Date(start + 2 * minute).toISOString() }));
    const { events } = follow(letters('WWVVVGG'), { silence: later });
    expect(types(events).flat()).toEqual(['drift-detected', 'drift-resolved']);
  });

  it('keeps back reminders of an incident whose other participants are fixed', () => {
    const of = { reason: 'r', from, until, participants: ['backend_service'] };
    const policy = { silence: [of], remindEvery: 3 * minute };
    const { events, silenced } = follow(letters('DDWWWWWWGG'), policy);
    expect(types(events).flat()).toEqual(['drift-detected', 'drift-resolved']);
    expect(silenced[5]).toEqual(['r']);
  });

  it('of several for one participant, the last to end is named', () => {
    const of = (reason: string, end: number) => ({
      ...{ reason, from, until: new Date(start + end * minute).toISOString() },
      participants: ['backend_service'],
    });
    const all = { reason: 'all', from, until: new Date(start + 5 * minute).toISOString() };
    const named = (silence: AlertPolicy['silence']) => follow(letters('WWW'), { silence }).silenced[2];
    expect(named([of('short', 4), of('long', 9)])).toEqual(['long']);
    expect(named([all, of('long', 9)])).toEqual(['long']);
    expect(named([of('short', 4), all])).toEqual(['all']);
  });

  it('of some participants concerns none but them', () => {
    const of = (participants: string[]) => ({ silence: [{ reason: 'r', from, until, participants }] });
    const count = (letter: string, participants: string[]) =>
      follow(letters(letter.repeat(3)), of(participants)).events.flat().length;
    expect(count('W', ['backend_service'])).toBe(0);
    expect(count('W', ['auth_service'])).toBe(1);
    expect(count('D', ['backend_service'])).toBe(1);
    expect(count('D', ['backend_service', 'auth_service'])).toBe(0);
    expect(count('b', ['backend_service'])).toBe(0);
    expect(count('d', ['backend_service'])).toBe(1);
    // Degraded monitoring concerns all.
    expect(count('F', ['backend_service'])).toBe(1);
  });

  it('and another one together keep back what concerns the participants of both, while both last', () => {
    const of = (name: string, end: string) => ({ reason: name, from, until: end, participants: [name] });
    const sooner = new Date(start + 5 * minute).toISOString();
    const both = [of('auth_service', until), of('backend_service', sooner)];
    const { events, silenced } = follow(letters('D'.repeat(8)), { silence: both });
    expect(events.findIndex((list) => list.length > 0)).toBe(5);
    expect(silenced[4]).toEqual(['backend_service']);
    expect(follow(letters('DD'), { silence: both.slice(1) }).events.flat()).toHaveLength(1);
  });
});

describe('deduplication keys', () => {
  it('are the same after the state was lost, and others elsewhere', () => {
    const keys = (letter: string, offset: number, scope: string) =>
      follow(letters(letter.repeat(2), offset), { scope })
        .events.flat()
        .map(({ dedupKey }) => dedupKey);
    for (const letter of ['W', 'b', 'F', 'd']) {
      expect(keys(letter, 0, 'one')).toEqual(keys(letter, 500, 'one'));
      expect(keys(letter, 0, 'one')).not.toEqual(keys(letter, 0, 'other'));
    }
    expect(keys('d', 0, 'one')).toEqual([
      'staging/unreachable/auth_service/one',
      'staging/unreachable/backend_service/one',
    ]);
  });
});
