import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createKeyLog } from '../../../src/monitor/history/key-log.js';
import { Keys, type KeysStatistics } from '../../../src/monitor/history/key-statistics.js';
import type { KeysRecord } from '../../../src/monitor/history/record.js';
import { keysRecordOf } from '../../../src/monitor/history/report-records.js';
import { aKey, aKeysRecord } from '../../support/monitor-records.js';
import { aFinding, aParticipant, aReport, secretManager } from '../../support/reports.js';

const start = Date.parse('2026-01-31T12:00:00.000Z');
const minute = (number: number) => new Date(start + number * 60_000).toISOString();

function statisticsOf(records: readonly KeysRecord[], since = '', lastAt = minute(1000)): KeysStatistics {
  const keys = new Keys();
  for (const record of records) keys.add(record);
  return keys.statistics({ since, lastAt });
}

/** Holders by version, a minute each; the reference is `r`. */
function records(...states: readonly Readonly<Record<number, readonly string[]>>[]): KeysRecord[] {
  return states.map((state, index) =>
    aKeysRecord({
      at: minute(index),
      reference: 'r',
      keys: Object.entries(state).map(([version, names]) => aKey(Number(version), names)),
    }),
  );
}

describe('the keys of a report', () => {
  it('are those of the reference, of a finding that names the version, and of what else is shown', () => {
    const report = aReport({
      reference: { participant: 'secret_manager', fingerprint: '200718bd', version: '7' },
      participants: [
        { ...secretManager, version: '7' },
        aParticipant('agrees', { version: 'a name of its own' }),
        aParticipant('tokens_alone', { fingerprint: null }),
        aParticipant('equivalent', { fingerprint: '11111111' }),
        aParticipant('longer', { fingerprint: '200718bd00' }),
        aParticipant('stale', { fingerprint: '22222222', agrees: false }),
        aParticipant('newer', { fingerprint: '33333333', agrees: false }),
        aParticipant('other', { fingerprint: '44444444', agrees: false, version: '8' }),
        aParticipant('some_replicas', { agrees: false }),
        aParticipant('away', { reachable: false, fingerprint: null, agrees: null }),
      ],
      findings: [
        aFinding('stale-secret-version', {
          participants: ['stale'],
          evidence: {
            version: '6',
            current: '7',
            createdAt: '2025-06-01T00:00:00Z',
            staleSince: '2026-01-01T00:00:00Z',
          },
        }),
        aFinding('ahead-of-reference', {
          participants: ['newer'],
          evidence: { version: '8', current: '7', createdAt: null },
        }),
        aFinding('trailing-newline', { participants: ['other'], evidence: { version: '9' } }),
      ],
    });
    expect(keysRecordOf(report)).toEqual({
      type: 'keys',
      at: report.startedAt,
      environment: 'staging',
      reference: 'secret_manager',
      complete: true,
      keys: [
        {
          fingerprint: '200718bd',
          version: '7',
          createdAt: '2026-01-01T00:00:00.000Z',
          participants: ['secret_manager', 'agrees', 'tokens_alone', 'equivalent', 'longer'],
        },
        {
          fingerprint: '22222222',
          version: '6',
          createdAt: '2025-06-01T00:00:00.000Z',
          participants: ['stale'],
        },
        { fingerprint: '33333333', version: '8', createdAt: null, participants: ['newer'] },
        { fingerprint: '44444444', version: null, createdAt: null, participants: ['other'] },
      ],
      unread: ['some_replicas', 'away'],
    });
  });

  it('are what each shows where there is no reference, or where it could not be read', () => {
    const participants = [
      aParticipant('a', { agrees: null, version: '3' }),
      aParticipant('b', { agrees: null, fingerprint: null }),
    ];
    const shown = (version: string | null) => [
      { fingerprint: '200718bd', version, createdAt: null, participants: ['a'] },
    ];
    expect(keysRecordOf(aReport({ reference: null, participants }))).toMatchObject({
      reference: null,
      keys: shown('3'),
      unread: ['b'],
    });
    const reference = { participant: 'r', fingerprint: null, version: null };
    expect(keysRecordOf(aReport({ reference, participants }))).toMatchObject({
      reference: 'r',
      keys: shown(null),
    });
  });
});

describe('the log of keys', () => {
  it('repeats nothing', () => {
    const log = createKeyLog();
    const first = aKeysRecord({ keys: [aKey(7, ['secret_manager', 'a', 'b'])], unread: ['c'] });
    expect(log.changes(first)).toEqual(first);
    expect(log.changes({ ...first, at: minute(1) })).toBeNull();
    // What cannot be read any more is known from before.
    const away = { ...first, at: minute(2), keys: [aKey(7, ['secret_manager', 'a'])], unread: ['b', 'c'] };
    expect(log.changes(away)).toBeNull();
    const moved = aKeysRecord({
      at: minute(3),
      keys: [aKey(8, ['secret_manager']), aKey(7, ['a', 'b', 'c'])],
    });
    expect(log.changes(moved)).toEqual({
      ...moved,
      complete: false,
      keys: [aKey(8, ['secret_manager']), aKey(7, ['c'])],
    });
    expect(log.all()).toEqual([{ ...moved, keys: [aKey(7, ['a', 'b', 'c']), aKey(8, ['secret_manager'])] }]);
  });

  it('adds when a version was created, once that is known', () => {
    const log = createKeyLog();
    const unknown = aKeysRecord();
    log.changes(unknown);
    const createdAt = minute(-100);
    const known = { ...unknown, keys: [aKey(7, ['secret_manager', 'auth_service'], { createdAt })] };
    expect(log.changes(known)?.keys).toEqual([aKey(7, [], { createdAt })]);
    expect(log.changes(unknown)).toBeNull();
    expect(log.all()[0]?.keys).toEqual(known.keys);
  });

  it('says all again where a participant is gone, another is the reference, or a record was lost', () => {
    const log = createKeyLog();
    const whole = aKeysRecord({ keys: [aKey(7, ['secret_manager', 'a', 'b'])] });
    log.changes(whole);
    const gone = aKeysRecord({ keys: [aKey(7, ['secret_manager', 'a'])] });
    expect(log.changes(gone)).toEqual(gone);
    expect(log.changes({ ...gone, reference: 'a' })).toEqual({ ...gone, reference: 'a' });
    log.lost({ ...gone, reference: 'a' });
    expect(log.changes({ ...gone, reference: 'a' })).toEqual({ ...gone, reference: 'a' });
    expect(log.changes({ ...gone, reference: 'a' })).toBeNull();
  });

  it('does not write a version that a service claims anew with every answer', () => {
    const log = createKeyLog();
    const claims = (version: string) => aKeysRecord({ reference: null, keys: [aKey(7, ['a'], { version })] });
    log.changes(claims('x'));
    expect(log.changes(claims('y'))).toBeNull();
  });
});

describe('the age of keys', () => {
  it('counts from the creation of the version, or else from the first record of it', () => {
    const { keys } = statisticsOf(
      [
        ...records({ 7: ['r', 'a'], 5: ['b'] }, { 8: ['r', 'a'], 5: ['b'] }),
        aKeysRecord({
          at: minute(2),
          reference: 'r',
          complete: false,
          keys: [aKey(8, [], { createdAt: minute(-10) })],
        }),
      ],
      '',
      minute(100),
    );
    expect(keys).toEqual([
      {
        fingerprint: '00000008',
        version: '8',
        createdAt: minute(-10),
        firstSeenAt: minute(1),
        releasedAt: null,
        ageMs: 110 * 60_000,
        ageIs: 'exact',
        reference: true,
        participants: ['a', 'r'],
      },
      {
        fingerprint: '00000005',
        version: '5',
        createdAt: null,
        firstSeenAt: minute(0),
        releasedAt: null,
        ageMs: 100 * 60_000,
        ageIs: 'at-least',
        reference: false,
        participants: ['b'],
      },
      {
        fingerprint: '00000007',
        version: '7',
        createdAt: null,
        firstSeenAt: minute(0),
        releasedAt: minute(1),
        ageMs: 60_000,
        ageIs: 'at-least',
        reference: false,
        participants: [],
      },
    ]);
  });

  it('leaves out what was over before the time asked for', () => {
    const { keys, holdings, adoptions, adopters } = statisticsOf(
      records({ 7: ['r', 'a'] }, { 8: ['r', 'a'] }),
      minute(5),
    );
    expect(keys.map(({ version }) => version)).toEqual(['8']);
    expect(holdings.map(({ participant, version }) => [participant, version])).toEqual([
      ['a', '8'],
      ['r', '8'],
    ]);
    expect({ adoptions, adopters }).toEqual({ adoptions: [], adopters: [] });
  });

  it('remembers which version each participant held', () => {
    const { holdings } = statisticsOf(records({ 7: ['r', 'a'] }, { 8: ['r'], 7: ['a'] }, { 8: ['r'] }));
    const held = { participant: 'a', fingerprint: '00000007', version: '7' };
    expect(holdings).toEqual([
      { ...held, from: minute(0), until: minute(2) },
      { ...held, participant: 'r', from: minute(0), until: minute(1) },
      { participant: 'r', fingerprint: '00000008', version: '8', from: minute(1), until: null },
    ]);
  });

  it('forgets keys that come and go without end, and keeps the one in use', () => {
    const many = Array.from({ length: 3000 }, (_, index) => ({ 7: ['r'], [index + 100]: ['a'] }));
    const { keys, holdings } = statisticsOf(records(...many));
    expect(keys.length).toBeLessThanOrEqual(1001);
    expect(keys.slice(0, 2).map(({ version }) => version)).toEqual(['7', '3099']);
    expect(holdings.length).toBeLessThanOrEqual(101);
  });
});

describe('adoptions', () => {
  const seven = { 7: ['r', 'a', 'b', 'c', 'd'] };
  const only = (...states: readonly Readonly<Record<number, readonly string[]>>[]) => {
    const { adoptions } = statisticsOf(records(...states));
    expect(adoptions).toHaveLength(1);
    return adoptions[0];
  };

  it('begin where the reference has another key, and end where everyone has it', () => {
    expect(
      only(
        seven,
        { 8: ['r', 'a'], 7: ['b', 'c', 'd'] },
        { 8: ['r', 'a', 'b', 'c'], 7: ['d'] },
        { 8: ['r', 'a', 'b', 'c'], 7: ['d'] },
        { 8: ['r', 'a', 'b', 'c', 'd'] },
        { 8: ['r', 'a', 'b', 'c'], 7: ['d'] },
      ),
    ).toEqual({
      origin: 'reference',
      from: { fingerprint: '00000007', version: '7' },
      to: { fingerprint: '00000008', version: '8' },
      startedAt: minute(1),
      endedAt: minute(4),
      status: 'complete',
      participants: 4,
      adopted: 4,
      p50Ms: 60_000,
      p95Ms: 180_000,
      maxMs: 180_000,
      curve: [
        { afterMs: 0, adopted: 1 },
        { afterMs: 60_000, adopted: 3 },
        { afterMs: 180_000, adopted: 4 },
      ],
      last: ['d'],
      waitingFor: [],
      wentBack: [],
      rejectedTokens: 0,
    });
  });

  it.for([
    [
      'is open while one waits',
      [seven, { 8: ['r', 'a', 'b', 'c'], 7: ['d'] }],
      {
        status: 'open',
        endedAt: null,
        adopted: 3,
        p50Ms: 0,
        p95Ms: null,
        maxMs: null,
        last: [],
        waitingFor: ['d'],
      },
    ],
    [
      'counts who had it before the reference',
      [{ 7: ['r', 'b'], 8: ['a'] }, { 8: ['r', 'a', 'b'] }],
      {
        status: 'complete',
        participants: 2,
        adopted: 2,
        maxMs: 0,
        last: [],
      },
    ],
    [
      'says who went back',
      [seven, { 8: ['r', 'a', 'b'], 7: ['c', 'd'] }, { 8: ['r', 'b'], 7: ['a', 'c', 'd'] }],
      {
        status: 'open',
        adopted: 1,
        waitingFor: ['a', 'c', 'd'],
        wentBack: ['a'],
      },
    ],
    [
      'leaves out who is no longer checked',
      [seven, { 8: ['r', 'a', 'b', 'c'], 7: ['d'] }, { 8: ['r', 'a', 'b', 'c'] }],
      {
        status: 'complete',
        participants: 3,
        adopted: 3,
        maxMs: 0,
      },
    ],
    [
      'leaves out who is new and has it',
      [{ 7: ['r', 'a'] }, { 8: ['r'], 7: ['a'] }, { 8: ['r', 'a', 'x'] }],
      {
        status: 'complete',
        participants: 1,
        last: [],
      },
    ],
    [
      'counts who is new and does not have it',
      [{ 7: ['r', 'a'] }, { 8: ['r', 'a'], 5: ['x'] }],
      {
        status: 'open',
        participants: 2,
        waitingFor: ['x'],
      },
    ],
  ] as const)('%s', ([, states, expected]) => {
    expect(only(...states)).toMatchObject(expected);
  });

  it('are superseded by the next one, and rolled back by the one before', () => {
    const lagging = { 7: ['r', 'a'] };
    const { adoptions, adoptionSummary, adopters } = statisticsOf(
      records(
        lagging,
        { 8: ['r'], 7: ['a'] },
        { 9: ['r'], 7: ['a'] },
        { 8: ['r'], 7: ['a'] },
        { 8: ['r'], 7: ['a'] },
        { 8: ['r', 'a'] },
        { 9: ['r', 'a'] },
      ),
    );
    expect(adoptions.map(({ status, endedAt, to }) => [to.version, status, endedAt])).toEqual([
      ['8', 'superseded', minute(2)],
      ['9', 'rolled-back', minute(3)],
      ['8', 'complete', minute(5)],
      ['9', 'complete', minute(6)],
    ]);
    expect(adoptionSummary).toEqual({
      total: 4,
      complete: 2,
      open: 0,
      superseded: 1,
      rolledBack: 1,
      clean: 2,
      rejectedTokens: 0,
      meanTimeBetweenMs: (5 / 3) * 60_000,
      p50Ms: 0,
      p95Ms: 120_000,
      maxMs: 120_000,
    });
    expect(adopters).toEqual([{ name: 'a', adoptions: 4, last: 0, missed: 2, p50Ms: 0, maxMs: 120_000 }]);
  });

  it('count the valid tokens that were rejected meanwhile, and no others', () => {
    const keys = new Keys();
    keys.rejected(1);
    const [before, during, after] = records({ 7: ['r', 'a'] }, { 8: ['r'], 7: ['a'] }, { 8: ['r', 'a'] });
    for (const record of [before, during, after]) {
      if (record !== undefined) keys.add(record);
      keys.rejected(2);
    }
    const { adoptions, adoptionSummary } = keys.statistics({ since: '', lastAt: null });
    expect(adoptions[0]?.rejectedTokens).toBe(2);
    expect(adoptionSummary).toMatchObject({ complete: 1, clean: 0, rejectedTokens: 2 });
  });

  it('do not begin without a reference, nor where another participant with the same key becomes it', () => {
    const states = records({ 7: ['r', 'a'] }, { 8: ['r', 'a'] });
    expect(statisticsOf(states.map((record) => ({ ...record, reference: null }))).adoptions).toEqual([]);
    const same = records({ 7: ['r', 'a'] }, { 7: ['r', 'a'] });
    const moved = same.map((record, index) => (index === 0 ? record : { ...record, reference: 'a' }));
    expect(statisticsOf(moved).adoptions).toEqual([]);
  });

  it('draw a curve of few points, the last one included', () => {
    const names = Array.from({ length: 500 }, (_, index) => `s${index}`);
    const states = names.map((_, index) => ({
      8: ['r', ...names.slice(0, index + 1)],
      7: names.slice(index + 1),
    }));
    const adoption = only({ 7: ['r', ...names] }, ...states);
    expect(adoption?.curve).toHaveLength(100);
    expect(adoption?.curve[0]).toEqual({ afterMs: 0, adopted: 1 });
    expect(adoption?.curve.at(-1)).toEqual({ afterMs: 499 * 60_000, adopted: 500 });
  });
});

describe('the statistics of random histories', () => {
  const names = ['a', 'b', 'c', 'd'];
  /** Per check: the key of the reference, then of each participant; `null` could not be read. */
  const check = fc.tuple(
    fc.constantFrom(7, 7, 8, 9, null),
    ...names.map(() => fc.constantFrom(7, 7, 8, 8, 9, null)),
  );
  const writes = fc.constantFrom('written', 'written', 'written', 'new file', 'restart');

  it('are those of a naive recomputation, however it was written', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(check, writes), { maxLength: 25 }), (checks) => {
        let log = createKeyLog();
        const written: KeysRecord[] = [];
        for (const [index, [[reference, ...held], how]] of checks.entries()) {
          if (how === 'restart') log = createKeyLog();
          if (how === 'new file') written.push(...log.all());
          const all = [
            ['r', reference] as const,
            ...names.map((name, at) => [name, held[at] ?? null] as const),
          ];
          const versions = [...new Set(all.flatMap(([, version]) => version ?? []))];
          const change = log.changes(
            aKeysRecord({
              at: minute(index),
              reference: 'r',
              keys: versions.map((version) =>
                aKey(
                  version,
                  all.flatMap(([name, own]) => (own === version ? [name] : [])),
                ),
              ),
              unread: all.flatMap(([name, own]) => (own === null ? [name] : [])),
            }),
          );
          if (change !== null) written.push(change);
        }
        const told = statisticsOf(written, '', minute(checks.length));
        const naive = naiveOf(checks.map(([[reference, ...held]]) => [reference, ...held]));
        expect(
          told.adoptions.map(
            ({ from, to, startedAt, endedAt, status, curve, waitingFor, wentBack, last }) => ({
              ...{ from: from.version, to: to.version, startedAt, endedAt, status },
              ...{ curve, waitingFor, wentBack, last },
            }),
          ),
        ).toEqual(naive.adoptions);
        expect(
          told.holdings.map(({ participant, version, from, until }) => [participant, version, from, until]),
        ).toEqual(naive.holdings);
        const inUse = told.keys.filter(({ releasedAt }) => releasedAt === null);
        expect(inUse.map(({ version, participants }) => [version, participants]).sort()).toEqual(naive.inUse);
      }),
      { numRuns: 500 },
    );
  });

  /** The same from a table of who held what at every check. */
  function naiveOf(checks: readonly (readonly (number | null)[])[]) {
    const all = ['r', ...names];
    const table: (number | null)[][] = [];
    for (const row of checks) {
      const before = table.at(-1) ?? [];
      table.push(all.map((_, at) => row[at] ?? before[at] ?? null));
    }
    const of = (at: number, name: string) => table[at]?.[all.indexOf(name)] ?? null;
    const starts = table.flatMap((_, at) => {
      const [now, before] = [of(at, 'r'), of(at - 1, 'r')];
      return now !== null && before !== null && now !== before ? [{ at, from: before, to: now }] : [];
    });
    const adoptions = starts.map(({ at, from, to }, index) => {
      const next = starts[index + 1];
      const last = (next?.at ?? table.length) - 1;
      const waits = (check: number) =>
        names.filter((name) => of(check, name) !== null && of(check, name) !== to);
      let end = at;
      while (end < last && waits(end).length > 0) end += 1;
      const complete = waits(end).length === 0;
      const span = Array.from({ length: end - at + 1 }, (_, offset) => at + offset);
      const members = names.filter(
        (name) => of(at - 1, name) !== null || span.some((check) => waits(check).includes(name)),
      );
      const arrivals = members.flatMap((name) => {
        if (of(end, name) !== to) return [];
        let first = end;
        while (first > at && of(first - 1, name) === to) first -= 1;
        return [{ name, afterMs: (first - at) * 60_000 }];
      });
      const most = Math.max(0, ...arrivals.map(({ afterMs }) => afterMs));
      const times = [...new Set(arrivals.map(({ afterMs }) => afterMs))].sort((a, b) => a - b);
      const status = complete
        ? 'complete'
        : next === undefined
          ? 'open'
          : next.to === from
            ? 'rolled-back'
            : 'superseded';
      return {
        from: `${from}`,
        to: `${to}`,
        startedAt: minute(at),
        endedAt: complete ? minute(end) : next === undefined ? null : minute(next.at),
        status,
        curve: times.map((afterMs) => ({
          afterMs,
          adopted: arrivals.filter((arrival) => arrival.afterMs <= afterMs).length,
        })),
        waitingFor: complete ? [] : waits(end),
        wentBack: members.filter((name) =>
          span.some((check) => check > at && of(check - 1, name) === to && of(check, name) !== to),
        ),
        last:
          complete && times.length > 1
            ? arrivals.filter(({ afterMs }) => afterMs === most).map(({ name }) => name)
            : [],
      };
    });
    const holdings = [...all].sort().flatMap((name) => {
      const spans: [string, string, string, string | null][] = [];
      for (let at = 0; at < table.length; at++) {
        const [now, before] = [of(at, name), at === 0 ? null : of(at - 1, name)];
        if (now === null || now === before) continue;
        const open = spans.at(-1);
        if (open !== undefined) open[3] = minute(at);
        spans.push([name, `${now}`, minute(at), null]);
      }
      return spans;
    });
    const inUse = [...new Set(all.flatMap((name) => of(table.length - 1, name) ?? []))]
      .map((version) => [`${version}`, all.filter((name) => of(table.length - 1, name) === version).sort()])
      .sort();
    return { adoptions, holdings, inUse };
  }
});
