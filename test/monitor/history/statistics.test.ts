import { describe, expect, it } from 'vitest';
import { Latencies } from '../../../src/monitor/history/participant.js';
import type { HistoryRecord } from '../../../src/monitor/history/record.js';
import { checkRecordOf, failedCheckRecord } from '../../../src/monitor/history/report-records.js';
import { type EnvironmentStatistics, summarise } from '../../../src/monitor/history/statistics.js';
import type { DriftEvent } from '../../../src/monitor/monitor-model.js';
import {
  aCheckRecord,
  aKeysRecord,
  anEventRecord,
  aParticipantRecord,
  aRemediationRecord,
} from '../../support/monitor-records.js';
import { aFinding, anAttempt, aParticipant, aReport, secretManager } from '../../support/reports.js';
import { numbers } from '../../support/week-of-history.js';

const minute = (number: number) =>
  new Date(Date.parse('2026-01-31T12:00:00.000Z') + number * 60_000).toISOString();
const until = new Date(minute(1000));

function statisticsOf(records: readonly HistoryRecord[], since: Date | null = null) {
  const summary = summarise({ since, until });
  for (const record of records) summary.add(record);
  return summary.statistics(0);
}

function only(records: readonly HistoryRecord[], since: Date | null = null): EnvironmentStatistics {
  const [environment, ...others] = statisticsOf(records, since).environments;
  expect(others).toEqual([]);
  if (environment === undefined) throw new Error('no environment');
  return environment;
}

/** An event of the incident that began at a minute. */
const event = (type: DriftEvent['type'], at: number, since: number, changes: Partial<DriftEvent> = {}) =>
  anEventRecord({
    id: `${type} ${at}`,
    incident: `staging/${minute(since)}`,
    type,
    at: minute(at),
    since: minute(since),
    ...(type === 'drift-resolved'
      ? { level: 'INFO', findings: [], impact: { currency: 'USD', mrrAtRisk: 0 } }
      : {}),
    ...changes,
  });

const check = (at: number, changes: Parameters<typeof aCheckRecord>[0] = {}) =>
  aCheckRecord({ at: minute(at), ...changes });

describe('the statistics of a history', () => {
  it('are empty without records', () => {
    expect(statisticsOf([])).toEqual({
      schemaVersion: 1,
      since: null,
      until: until.toISOString(),
      environments: [],
      skippedLines: 0,
    });
  });

  it('count actions by participant and result, within the time asked for', () => {
    const records = [
      aRemediationRecord({ at: minute(1) }),
      aRemediationRecord({ at: minute(2), result: 'not-fixed' }),
      check(3),
      aRemediationRecord({ at: minute(4), participant: 'gateway' }),
      aRemediationRecord({ at: minute(5) }),
      aRemediationRecord({ at: minute(6), result: 'fixed' }),
    ];
    const none = { fixed: 0, 'not-fixed': 0, worse: 0, failed: 0, interrupted: 0 };
    expect(only(records).remediations).toEqual([
      {
        participant: 'auth_service',
        started: 2,
        results: { ...none, fixed: 1, 'not-fixed': 1 },
        lastAt: minute(6),
      },
      { participant: 'gateway', started: 1, results: none, lastAt: minute(4) },
    ]);
    const [later] = only(records, new Date(minute(3))).remediations;
    expect(later).toMatchObject({ started: 1, results: { ...none, fixed: 1 } });
  });

  it('count checks that could not tell neither as good nor as bad', () => {
    const environment = only([
      check(0),
      check(1, { verdict: 'inconsistent' }),
      check(2, { verdict: 'inconclusive' }),
      check(3, { verdict: null, participants: [] }),
      check(4),
    ]);
    expect(environment).toMatchObject({
      checks: {
        total: 5,
        consistent: 2,
        inconsistent: 1,
        inconclusive: 1,
        failed: 1,
        firstAt: minute(0),
        lastAt: minute(4),
      },
      consistentShare: 2 / 3,
      toldShare: 3 / 5,
      incidents: [],
      meanTimeToDetectMs: null,
      meanTimeToRepairMs: null,
      moneyAtRisk: [],
    });
    expect(only([check(0, { verdict: 'inconclusive' })])).toMatchObject({
      consistentShare: null,
      toldShare: 0,
    });
  });

  it('take no incident for lost because its participant is among many that are unreachable', () => {
    const away = (type: DriftEvent['type'], at: number, incident: string, participants: string[]) =>
      event(type, at, 0, { incident, participants, findings: [] });
    const one = `staging/${minute(0)}/a`;
    const many = `staging/${minute(2)}#unreachable`;
    const records = [
      away('participant-unreachable', 1, one, ['a']),
      away('participant-unreachable', 3, many, ['a', 'b', 'c', 'd', 'e', 'f']),
    ];
    expect(
      only(records).incidents.map(({ id, status, participants }) => [id, status, participants.length]),
    ).toEqual([
      [one, 'open', 1],
      // Its own incident counts for it.
      [many, 'open', 5],
    ]);
  });

  it('put an incident together from its events', () => {
    const environment = only([
      event('drift-detected', 1, 0, { level: 'WARNING', impact: { currency: 'USD', mrrAtRisk: 100 } }),
      event('drift-changed', 4, 0, {
        level: 'EMERGENCY',
        participants: ['b', 'a'],
        findings: [aFinding('stale-secret-version')],
        impact: { currency: 'USD', mrrAtRisk: 1000 },
      }),
      event('drift-changed', 6, 0, { level: 'CRITICAL', impact: { currency: 'USD', mrrAtRisk: 10 } }),
      event('drift-resolved', 10, 0),
      event('drift-detected', 23, 20),
      check(30, { verdict: 'inconsistent' }),
    ]);
    expect(environment.incidents).toEqual([
      {
        id: `staging/${minute(0)}`,
        kind: 'drift',
        status: 'resolved',
        since: minute(0),
        detectedAt: minute(1),
        resolvedAt: minute(10),
        durationMs: 600_000,
        peak: 'EMERGENCY',
        codes: ['trailing-newline', 'stale-secret-version'],
        participants: ['auth_service', 'b', 'a'],
        mrrAtRisk: 1000,
        currency: 'USD',
        moneyMinutes: 4 * 100 + 2 * 1000 + 4 * 10,
      },
      {
        id: `staging/${minute(20)}`,
        kind: 'drift',
        status: 'open',
        since: minute(20),
        detectedAt: minute(23),
        resolvedAt: null,
        durationMs: 600_000,
        peak: 'CRITICAL',
        codes: ['trailing-newline'],
        participants: ['auth_service'],
        mrrAtRisk: 50_000,
        currency: 'USD',
        moneyMinutes: 10 * 50_000,
      },
    ]);
    expect(environment).toMatchObject({ meanTimeToDetectMs: 120_000, meanTimeToRepairMs: 600_000 });
    const mrrMinutes = 2440 + 500_000;
    expect(environment.moneyAtRisk).toEqual([{ currency: 'USD', mrrMinutes, revenue: mrrMinutes / 43_830 }]);
  });

  it('count an incident that began before the time asked for, with what is known of it', () => {
    const since = new Date(minute(100));
    const began = [event('drift-detected', 1, 0), event('drift-resolved', 110, 0)];
    const over = [
      event('drift-detected', 11, 10, { incident: 'x' }),
      event('drift-resolved', 99, 10, { incident: 'x' }),
    ];
    const environment = only([...over, ...began, check(50), check(120)], since);
    expect(environment.incidents).toMatchObject([
      { since: minute(0), detectedAt: minute(1), resolvedAt: minute(110) },
    ]);
    expect(environment.incidents[0]?.moneyMinutes).toBe(10 * 50_000);
    expect(environment.checks.total).toBe(1);
    // Its beginning is no longer in the history.
    expect(only(began.slice(1), since).incidents).toMatchObject([
      {
        status: 'resolved',
        since: minute(0),
        detectedAt: null,
        peak: null,
        durationMs: 110 * 60_000,
        moneyMinutes: 0,
      },
    ]);
    // It goes on all the time, and nothing is said of it.
    expect(only([...began.slice(0, 1), check(120)], since).incidents).toMatchObject([
      { status: 'open', durationMs: 120 * 60_000, moneyMinutes: 20 * 50_000 },
    ]);
  });

  it('know one incident by its id, whatever happened to the monitor in between', () => {
    const environment = only([
      event('drift-detected', 1, 0),
      event('drift-reminder', 500, 0),
      event('drift-reminder', 501, 0),
      event('drift-resolved', 600, 0),
    ]);
    expect(environment.incidents).toMatchObject([
      { status: 'resolved', detectedAt: minute(1), durationMs: 600 * 60_000 },
    ]);
  });

  it('do not take an incident for open whose end was never recorded, once there is another', () => {
    const lost = event('drift-detected', 1, 0);
    const environment = only([lost, event('drift-detected', 51, 50, { incident: 'new' }), check(60)]);
    expect(environment.incidents).toMatchObject([
      { status: 'lost', resolvedAt: null, durationMs: 60_000 },
      { status: 'open', durationMs: 600_000 },
    ]);
    expect(
      only([lost, event('drift-detected', 51, 50, { incident: 'new' })], new Date(minute(10))).incidents,
    ).toHaveLength(1);
  });

  it('tell drifts from participants that are away and from a monitor that is blind', () => {
    const away = (name: string) => ({
      incident: `staging/0/${name}`,
      participants: [name],
      level: 'WARNING' as const,
    });
    const environment = only([
      event('participant-unreachable', 1, 0, away('a')),
      event('participant-unreachable', 2, 1, away('b')),
      event('participant-recovered', 5, 0, { ...away('a'), level: 'INFO' }),
      event('monitor-degraded', 8, 7, { incident: 'staging/7#monitor', level: 'WARNING' }),
    ]);
    expect(environment.incidents.map(({ kind, status }) => [kind, status])).toEqual([
      ['unreachable', 'resolved'],
      ['unreachable', 'open'],
      ['monitor', 'open'],
    ]);
    expect(environment).toMatchObject({ meanTimeToDetectMs: null, moneyAtRisk: [] });
  });

  it('tell how each participant did, by name', () => {
    const environment = only([
      check(0, {
        participants: [
          aParticipantRecord('b', { accepted: 1, shown: 4, latenciesMs: [1, 2, 3, 90] }),
          aParticipantRecord('__proto__', {
            agrees: null,
            up: false,
            accepted: 0,
            shown: 0,
            latenciesMs: [],
          }),
        ],
      }),
      check(1, {
        participants: [aParticipantRecord('b', { agrees: false, accepted: 0, shown: 0, latenciesMs: [] })],
      }),
      event('drift-detected', 1, 0, { participants: ['b', 'b'] }),
    ]);
    expect(environment.participants).toEqual([
      {
        name: '__proto__',
        checks: 1,
        agreesShare: null,
        upShare: 0,
        validations: 0,
        acceptedShare: null,
        latencyMs: null,
        incidents: 0,
      },
      {
        name: 'b',
        checks: 2,
        agreesShare: 0.5,
        upShare: 1,
        validations: 4,
        acceptedShare: 0.25,
        latencyMs: { p50: 2, p95: 90 },
        incidents: 1,
      },
    ]);
  });

  it('tell which causes come back, and where', () => {
    const found = (code: string, ...participants: string[]) => ({
      findings: [{ ...aFinding(code), participants, remedy: '' }],
    });
    const { causes } = only([
      event('drift-detected', 1, 0, found('x', 'a', 'b')),
      event('drift-changed', 2, 0, found('x', 'b')),
      event('drift-resolved', 3, 0),
      event('drift-detected', 11, 10, found('x', 'b')),
      event('drift-resolved', 12, 10),
      event('drift-detected', 21, 20, found('y', 'b')),
    ]);
    expect(causes).toEqual([
      { code: 'x', participant: 'b', incidents: 2, lastSince: minute(10) },
      { code: 'x', participant: 'a', incidents: 1, lastSince: minute(0) },
      { code: 'y', participant: 'b', incidents: 1, lastSince: minute(20) },
    ]);
  });

  it('know nothing of keys where an earlier version recorded none, and what is recorded from then on', () => {
    const none = { keys: [], holdings: [], adoptions: [], adopters: [], adoptionSummary: { total: 0 } };
    expect(only([check(0)])).toMatchObject(none);
    expect(only([check(0), aKeysRecord({ at: minute(1) }), check(1)])).toMatchObject({
      keys: [{ version: '7', firstSeenAt: minute(1), ageIs: 'at-least' }],
      adoptions: [],
    });
  });

  it('know a key that is older than the time asked for', () => {
    const { keys, checks } = only([aKeysRecord({ at: minute(0) }), check(500)], new Date(minute(400)));
    expect({ keys, total: checks.total }).toMatchObject({ keys: [{ ageMs: 500 * 60_000 }], total: 1 });
    // Nothing but keys from before: there is nothing to tell of that time.
    expect(statisticsOf([aKeysRecord({ at: minute(0) })], new Date(minute(400))).environments).toEqual([]);
  });

  it('count deliveries that were given up', () => {
    const gaveUp = (recipient: string): HistoryRecord => ({
      type: 'given-up',
      at: minute(1),
      environment: 'staging',
      recipient,
      eventId: '1',
      reason: 'timeout',
    });
    expect(only([gaveUp('slack'), gaveUp('pagerduty'), gaveUp('slack')]).givenUp).toEqual([
      { recipient: 'pagerduty', events: 1 },
      { recipient: 'slack', events: 2 },
    ]);
  });
});

describe('quantiles of latencies', () => {
  it('are within one per cent, or exact to the millisecond', () => {
    const random = numbers(3);
    for (const scale of [5, 100, 1000, 100_000]) {
      const values = Array.from({ length: 999 }, () => random() ** 3 * scale).sort((a, b) => a - b);
      const latencies = new Latencies();
      for (const value of values) latencies.add(value);
      for (const share of [0.01, 0.5, 0.95, 1]) {
        const exact = values[Math.ceil(share * values.length) - 1] ?? Number.NaN;
        const told = latencies.quantile(share) ?? Number.NaN;
        expect(Math.abs(told - exact)).toBeLessThanOrEqual(Math.max(0.5, exact * 0.01 + 0.5));
      }
    }
  });

  it('are none of nothing, and cope with anything', () => {
    expect(new Latencies().quantile(0.5)).toBeNull();
    const latencies = new Latencies();
    for (const value of [0, 1e300, 0.1]) latencies.add(value);
    expect(latencies.quantile(0.5)).toBe(0);
    expect(latencies.quantile(1)).toBeGreaterThan(3_500_000);
  });
});

describe('the record of a check', () => {
  it('keeps what a report tells', () => {
    const report = aReport({
      participants: [
        secretManager,
        aParticipant('a'),
        aParticipant('b', { agrees: false }),
        aParticipant('c', { reachable: false, agrees: null }),
      ],
      attempts: [
        anAttempt('a', 'genuine', { latencyMs: 5 }),
        anAttempt('a', 'genuine', { minter: 'a', latencyMs: 6 }),
        anAttempt('a', 'genuine', { minter: 'b', result: 'rejected' }),
        anAttempt('a', 'genuine', { result: 'inconclusive', latencyMs: 5000 }),
        anAttempt('a', 'forged'),
        anAttempt('b', 'genuine', { result: 'rejected', latencyMs: 7 }),
      ],
      findings: [aFinding('x'), aFinding('x'), aFinding('y')],
      impact: { currency: 'EUR', mrrAtRisk: 5, participants: [{ name: 'b', mrr: 5, note: null }] },
    });
    expect(checkRecordOf(report)).toEqual({
      type: 'check',
      at: report.startedAt,
      environment: 'staging',
      verdict: 'consistent',
      level: 'INFO',
      durationMs: 412,
      codes: ['x', 'y'],
      impact: { currency: 'EUR', mrrAtRisk: 5 },
      participants: [
        { name: 'secret_manager', up: true, agrees: true, accepted: 0, shown: 0, latenciesMs: [] },
        { name: 'a', up: true, agrees: true, accepted: 2, shown: 2, latenciesMs: [5, 6] },
        { name: 'b', up: true, agrees: false, accepted: 0, shown: 1, latenciesMs: [7] },
        { name: 'c', up: false, agrees: null, accepted: 0, shown: 0, latenciesMs: [] },
      ],
    });
  });

  it('of one that failed knows nothing of anybody', () => {
    const failed = { environment: 'staging', at: until, durationMs: 3, currency: 'USD' };
    expect(failedCheckRecord(failed)).toMatchObject({
      at: until.toISOString(),
      verdict: null,
      level: 'WARNING',
      participants: [],
    });
  });
});

describe('a clock that was set back by two hours during a drift', () => {
  const records = [
    event('drift-detected', 121, 120),
    // From here on the clock is two hours behind, and what the monitor remembers moved with it.
    event('drift-changed', 2, 0, { incident: `staging/${minute(120)}` }),
    event('drift-resolved', 3, 0, { incident: `staging/${minute(120)}` }),
    aCheckRecord({ at: minute(4) }),
  ];

  it('puts money at risk for the minutes that passed, and for no more', () => {
    const { incidents, moneyAtRisk, meanTimeToRepairMs } = only(records);
    expect(incidents).toMatchObject([{ durationMs: 3 * 60_000, status: 'resolved', since: minute(0) }]);
    expect(moneyAtRisk).toMatchObject([{ mrrMinutes: 150_000 }]);
    expect(meanTimeToRepairMs).toBe(3 * 60_000);
  });

  it('puts no more at risk where an earlier version recorded it, which moved nothing', () => {
    const [first, ...later] = records;
    const old = later.map((record) =>
      record.type === 'event'
        ? { ...record, event: { ...record.event, since: record.at, durationMs: 0 } }
        : record,
    );
    if (first === undefined) throw new Error('none');
    const { moneyAtRisk } = only([first, ...old]);
    expect(moneyAtRisk.reduce((sum, { mrrMinutes }) => sum + mrrMinutes, 0)).toBeLessThanOrEqual(150_000);
  });
});
