import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openHistory } from '../../../src/monitor/history/history.js';
import { readHistory } from '../../../src/monitor/history/read.js';
import type { HistoryRecord, RecordedRotation } from '../../../src/monitor/history/record.js';
import { rotationRecordOf } from '../../../src/monitor/history/rotation-log.js';
import { type EnvironmentStatistics, summarise } from '../../../src/monitor/history/statistics.js';
import { prettyHistory } from '../../../src/report/pretty/history-text.js';
import {
  aCheckRecord,
  aKey,
  aKeysRecord,
  aParticipantRecord,
  aRotationRecord,
} from '../../support/monitor-records.js';
import { runs } from '../../support/random.js';
import { aFinding, aReport } from '../../support/reports.js';
import { aLastRotation, aRotation } from '../../support/rotations.js';
import { plainStyle } from '../../support/style.js';
import { workspace } from '../../support/workspace.js';

const folder = workspace();

const start = Date.parse('2026-01-31T12:00:00.000Z');
const minute = (number: number) => new Date(start + number * 60_000).toISOString();
const minuteMs = 60_000;

/** A record that a check read at that minute, of a state that was entered at the same time unless it says so. */
const seen = (at: number, state: RecordedRotation['state'], changes: Partial<RecordedRotation> = {}) =>
  aRotationRecord({ state, enteredAt: minute(at), ...changes }, { at: minute(at) });

const checkAt = (at: number, codes: readonly string[] = [], rejected = 0) =>
  aCheckRecord({
    at: minute(at),
    codes,
    participants: [aParticipantRecord('auth_service', { accepted: 3 - rejected, shown: 3 })],
  });

function statisticsOf(records: readonly HistoryRecord[], since: Date | null = null): EnvironmentStatistics {
  const summary = summarise({ since, until: new Date(start + 1e9) });
  for (const record of [checkAt(-1), ...records]) summary.add(record);
  const [environment] = summary.statistics(0).environments;
  if (environment === undefined) throw new Error('nothing');
  return environment;
}

const whole = [
  seen(0, 'staged'),
  checkAt(0),
  seen(10, 'promoted'),
  checkAt(11),
  seen(40, 'revoked'),
  checkAt(41),
  seen(45, 'finished'),
  checkAt(46),
];

describe('the rotations of a history', () => {
  it('are reported with their states, by the clock of the record', () => {
    const { rotations, rotationSummary } = statisticsOf(whole);
    expect(rotations).toEqual([
      {
        ...{ id: 'r', mode: 'overlap', from: 7, to: 8, status: 'finished' },
        openedAt: minute(0),
        endedAt: minute(45),
        durationMs: 45 * minuteMs,
        states: [
          { state: 'staged', from: minute(0), until: minute(10), durationMs: 10 * minuteMs },
          { state: 'promoted', from: minute(10), until: minute(40), durationMs: 30 * minuteMs },
          { state: 'revoked', from: minute(40), until: minute(45), durationMs: 5 * minuteMs },
        ],
        stalled: false,
        checks: 3,
        deviations: [],
        rejectedTokens: 0,
      },
    ]);
    expect(rotationSummary).toMatchObject({ total: 1, finished: 1, clean: 1, p50Ms: 45 * minuteMs });
  });

  it('are none where an earlier version wrote the history', () => {
    const { rotations, rotationSummary } = statisticsOf([checkAt(0)]);
    expect(rotations).toEqual([]);
    expect(rotationSummary).toMatchObject({ total: 0, meanTimeBetweenMs: null, p50Ms: null });
  });

  it('have no duration for a state whose end no check saw', () => {
    const { rotations } = statisticsOf([seen(0, 'staged'), seen(40, 'revoked'), checkAt(50)]);
    expect(rotations[0]).toMatchObject({
      status: 'open',
      endedAt: null,
      durationMs: 50 * minuteMs,
      states: [
        { state: 'staged', until: null, durationMs: null },
        { state: 'revoked', until: null, durationMs: null },
      ],
    });
    const emergency = { mode: 'emergency' } as const;
    const revoked = statisticsOf([seen(0, 'staged'), seen(40, 'revoked', emergency)]).rotations[0];
    expect(revoked?.states[0]?.durationMs).toBe(40 * minuteMs);
  });

  it('count deviations, rejected tokens and that one stalled; then it did not go well', () => {
    const { rotations, rotationSummary } = statisticsOf([
      seen(0, 'staged'),
      checkAt(1, ['rotation-lagging', 'weak-secret']),
      checkAt(2, ['rotation-lagging', 'signs-too-early'], 2),
      aRotationRecord({}, { at: minute(3), stalled: true }),
      checkAt(3, ['rotation-stalled']),
      seen(4, 'finished'),
      checkAt(5, ['accepts-retired-key'], 1),
    ]);
    expect(rotations[0]).toMatchObject({
      stalled: true,
      checks: 3,
      deviations: [
        { code: 'rotation-lagging', checks: 2 },
        { code: 'signs-too-early', checks: 1 },
      ],
      rejectedTokens: 2,
    });
    expect(rotationSummary).toMatchObject({ finished: 1, stalled: 1, clean: 0, rejectedTokens: 2 });
  });

  it('may be undone and begin again, end unseen, and lie before the time asked for', () => {
    const other = { id: 's', from: 8, to: 9, openedAt: minute(200) };
    const records = [
      seen(0, 'staged'),
      seen(10, 'rolled-back'),
      seen(100, 'staged'),
      seen(110, 'promoted'),
      seen(200, 'staged', other),
      seen(240, 'finished', other),
      checkAt(250),
    ];
    const { rotations, rotationSummary } = statisticsOf(records);
    expect(
      rotations.map(({ id, status, openedAt, durationMs }) => [id, status, openedAt, durationMs]),
    ).toEqual([
      ['r', 'rolled-back', minute(0), 10 * minuteMs],
      ['r', 'lost', minute(100), 10 * minuteMs],
      ['s', 'finished', minute(200), 40 * minuteMs],
    ]);
    expect(rotationSummary).toMatchObject({
      ...{ total: 3, finished: 1, rolledBack: 1, lost: 1, open: 0 },
      meanTimeBetweenMs: 100 * minuteMs,
      states: [
        { state: 'staged', visits: 2, p50Ms: 10 * minuteMs, maxMs: 10 * minuteMs },
        { state: 'promoted', visits: 0, p50Ms: null, maxMs: null },
        { state: 'revoked', visits: 0, p50Ms: null, maxMs: null },
      ],
    });
    const later = statisticsOf(records, new Date(start + 220 * minuteMs)).rotations;
    expect(later.map(({ id }) => id)).toEqual(['s']);
  });

  it('are the same however often an older record is read again', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(7), { maxLength: 20 }), (again) => {
        const rotationsOf = (records: readonly HistoryRecord[]) => statisticsOf(records).rotations;
        const older = again.flatMap((index) => {
          const record = whole[index];
          return record?.type === 'rotation' ? [record] : [];
        });
        const last = whole.slice(-1);
        expect(rotationsOf([...whole.slice(0, -1), ...older, ...last])).toEqual(rotationsOf(whole));
      }),
      { numRuns: runs(50) },
    );
  });

  it('are printed: each with its states, then how often and how well', () => {
    const text = prettyHistory(
      {
        schemaVersion: 1,
        since: null,
        until: minute(1000),
        environments: [
          statisticsOf([
            ...whole,
            seen(500, 'staged', { id: 's', from: 8, to: 9, openedAt: minute(500) }),
            checkAt(501, ['signs-too-early']),
          ]),
        ],
        skippedLines: 0,
      },
      { ...plainStyle, columns: 130 },
    );
    expect(text.slice(text.indexOf('ROTATIONS'))).toMatchInlineSnapshot(`
      "ROTATIONS                 VERSIONS    LASTED  STAGED  PROMOTED  REVOKED  DEVIATIONS
        ✗ 2026-01-31 20:20:00Z  8 to 9    1m, open       -         -        -  signs-too-early (1 check)
        ✓ 2026-01-31 12:00:00Z  7 to 8         45m     10m       30m       5m  -
          2 rotations, one every 8h 20m; finished after 45m (p50), 45m at most
          staged for 10m (p50), 10m at most; promoted for 30m (p50), 30m at most; revoked for 5m (p50), 5m at most
          1 finished; 1 of 2 went well: no deviation, no rejected valid token, not stalled
      "
    `);
    const narrow = prettyHistory(
      {
        schemaVersion: 1,
        since: null,
        until: minute(1),
        environments: [statisticsOf(whole)],
        skippedLines: 0,
      },
      { ...plainStyle, columns: 50 },
    );
    expect(narrow.slice(narrow.indexOf('ROTATIONS'))).toMatchInlineSnapshot(`
      "ROTATIONS
        ✓ 2026-01-31 12:00:00Z version 7 to 8
          finished, lasted 45m: staged 10m, promoted
          30m, revoked 5m
          1 rotation; finished after 45m (p50), 45m at
          most
          staged for 10m (p50), 10m at most; promoted
          for 30m (p50), 30m at most; revoked for 5m
          (p50), 5m at most
          1 finished; 1 of 1 went well: no deviation, no
          rejected valid token, not stalled
      "
    `);
  });
});

describe('the adoption of the new version', () => {
  const keys = (at: number, version: number, names: readonly string[], others: readonly string[] = []) =>
    aKeysRecord({
      at: minute(at),
      reference: 'store',
      keys: [aKey(version, ['store', ...names]), ...(others.length === 0 ? [] : [aKey(version - 1, others)])],
    });
  const accepting = (at: number, state: RecordedRotation['state'], names: readonly string[]) =>
    aRotationRecord({ state, enteredAt: minute(at) }, { at: minute(at), accepting: names });

  it('begins with the rotation, and counts who accepts it before it is the reference’s', () => {
    const { adoptions } = statisticsOf([
      keys(-5, 7, ['a', 'b', 'c']),
      accepting(0, 'staged', []),
      accepting(3, 'staged', ['a']),
      accepting(6, 'staged', ['a', 'b']),
      accepting(10, 'promoted', ['a', 'b']),
      keys(10, 8, ['a', 'b'], ['c']),
      keys(12, 8, ['a', 'b', 'c']),
    ]);
    expect(adoptions).toMatchObject([
      {
        origin: 'rotation',
        startedAt: minute(0),
        status: 'complete',
        from: { version: '7' },
        to: { version: '8' },
        curve: [
          { afterMs: 3 * minuteMs, adopted: 1 },
          { afterMs: 6 * minuteMs, adopted: 2 },
          { afterMs: 12 * minuteMs, adopted: 3 },
        ],
        last: ['c'],
      },
    ]);
  });

  it('is that of the reference where the rotation is another one, or was undone', () => {
    const other = statisticsOf([
      keys(-5, 7, ['a']),
      aRotationRecord({ to: 9 }, { accepting: ['a'] }),
      keys(10, 8, ['a']),
    ]);
    expect(other.adoptions).toMatchObject([{ origin: 'reference', startedAt: minute(10), maxMs: 0 }]);
    const undone = statisticsOf([
      keys(-5, 7, ['a']),
      accepting(0, 'staged', ['a']),
      accepting(5, 'rolled-back', []),
      keys(10, 8, ['a']),
    ]);
    expect(undone.adoptions).toMatchObject([{ origin: 'reference', startedAt: minute(10) }]);
  });
});

describe('the record of a rotation', () => {
  it('is what the report says of the open one, or of the last', () => {
    const report = aReport({ rotation: aRotation({ since: '2026-01-31T11:00:00Z' }) });
    expect(rotationRecordOf(report)).toMatchObject({
      rotation: { id: 'rotation 1', state: 'staged', enteredAt: '2026-01-31T11:00:00.000Z' },
      stalled: false,
      accepting: ['auth_service'],
      waiting: ['backend_service'],
    });
    expect(rotationRecordOf(aReport({ lastRotation: aLastRotation() }))).toMatchObject({
      rotation: { state: 'finished', enteredAt: '2026-01-31T12:30:00.000Z' },
      accepting: [],
    });
    expect(rotationRecordOf(aReport({ findings: [aFinding('weak-secret')] }))).toBeNull();
  });

  it('is written where something changed, and at the beginning of every file', async () => {
    const path = join(await folder(), 'history.ndjson');
    const { append } = await openHistory(path, { maxBytes: 1200, files: 3, warn: () => {} });
    const staged = aRotationRecord();
    const promoted = seen(1, 'promoted');
    for (const record of [
      ...[staged, { ...staged, at: minute(0.5) }, promoted],
      ...Array.from({ length: 6 }, (_, index) => checkAt(2 + index)),
      { ...promoted, at: minute(9) },
    ])
      expect(await append(record)).toEqual({ ok: true, value: null });
    const read: HistoryRecord[] = [];
    for await (const record of readHistory(path)) read.push(record);
    const states = read.flatMap((one) => (one.type === 'rotation' ? [one.rotation.state] : []));
    expect(states[0]).toBe('staged');
    expect(states.slice(1)).toEqual(states.slice(1).map(() => 'promoted'));
    expect((await readFile(path, 'utf8')).split('\n')[0]).toMatch(/^\{"type":"rotation"/);
    const since = new Date(start + 60 * minuteMs);
    const old: string[] = [];
    for await (const { type } of readHistory(path, { since, eventsSince: new Date(0) })) old.push(type);
    expect(new Set(old)).toEqual(new Set(['rotation']));
  });
});
