import { describe, expect, it } from 'vitest';
import { advance } from '../../../src/monitor/alerting/advance.js';
import { type AlertPolicy, initialState } from '../../../src/monitor/monitor-model.js';
import { aFinding, aParticipant, aReport } from '../../support/reports.js';
import { minute, outcomeOf, plainPolicy, start, watch, without } from '../../support/watching.js';

/** `2 drift-detected CRITICAL` for each event: the number of the check from 1, what, how bad; `urgency` where it is another. */
function events(letters: string, policy: Partial<AlertPolicy> = {}): string[] {
  return watch(letters, { ...plainPolicy, ...policy }).told.flatMap((notifications, index) =>
    notifications.map(({ event, urgency }) =>
      [index + 1, event.type, event.level, ...(urgency === event.level ? [] : [`as ${urgency}`])].join(' '),
    ),
  );
}

const detected = '2 drift-detected WARNING';

/** As many checks as must be bad. */
const inARow = { failureWindow: 2 };

describe('a drift', () => {
  it.each<[string, string[], Partial<AlertPolicy>?]>([
    ['G G G', []],
    ['W', []],
    ['W W', [detected]],
    ['W G W', [], inARow],
    // What fails every second time, or every third, is one incident and stays one.
    ['W G W', ['3 drift-detected WARNING']],
    ['W G G W', ['4 drift-detected WARNING']],
    ['W G G G W', []],
    ['WGWGWGWGWGWGWGWGWGWG', ['3 drift-detected WARNING']],
    [
      'WGGWGGWGGWGGWGGWGGWGGWGGWGG',
      ['4 drift-detected WARNING', '6 drift-resolved INFO as WARNING', '10 drift-detected WARNING'],
    ],
    ['W W W W', [detected]],
    ['W W', ['1 drift-detected WARNING'], { failureThreshold: 1 }],
    ['W W W', ['3 drift-detected WARNING'], { failureThreshold: 3 }],
    // One is enough for an EMERGENCY.
    ['E', ['1 drift-detected EMERGENCY']],
    ['W E', ['2 drift-detected EMERGENCY']],
    // What cannot tell neither adds to the row nor ends it.
    ['W b W', ['3 drift-detected WARNING']],
    ['W F W', ['3 drift-detected WARNING']],
    ['C C G', ['2 drift-detected CRITICAL']],
    ['C C G G', ['2 drift-detected CRITICAL', '4 drift-resolved INFO as CRITICAL']],
    ['C C G b G', ['2 drift-detected CRITICAL']],
    ['C C G F G G', ['2 drift-detected CRITICAL', '6 drift-resolved INFO as CRITICAL']],
    ['C C G C G G', ['2 drift-detected CRITICAL', '6 drift-resolved INFO as CRITICAL']],
    ['W W b b', [detected, '4 participant-unreachable WARNING']],
    // Another level, participant or cause.
    ['W W C', [detected]],
    ['W W C C', [detected, '4 drift-changed CRITICAL']],
    ['W W E', [detected, '3 drift-changed EMERGENCY']],
    ['W W V V', [detected, '4 drift-changed WARNING']],
    ['W W U U', [detected, '4 drift-changed WARNING']],
    ['W W V W V W V', [detected]],
    ['W W V G V', [detected, '5 drift-changed WARNING']],
    ['W W V G V', [detected], inARow],
    ['W W V G W V', [detected]],
    ['W W V G G G V', [detected, '5 drift-resolved INFO as WARNING']],
    // What adds to it may be intermittent: a worse level, or another participant beside those that were told.
    ['W W D W D W D W', [detected, '5 drift-changed CRITICAL']],
    ['W W D G D', [detected, '5 drift-changed CRITICAL']],
    ['W W U W U W U W', [detected, '5 drift-changed WARNING']],
    ['W W D W W W D', [detected]],
    ['W W D W D', [detected], inARow],
    ['W W D D W D W D W', [detected, '4 drift-changed CRITICAL']],
    ['W W V b V', [detected, '5 drift-changed WARNING']],
    // Not steady, but not what was told either.
    ['W W V C', [detected, '4 drift-changed CRITICAL']],
    // Those who were told of the worst hear of the better.
    ['E W W', ['1 drift-detected EMERGENCY', '3 drift-changed WARNING as EMERGENCY']],
    [
      'E W W G G',
      [
        '1 drift-detected EMERGENCY',
        '3 drift-changed WARNING as EMERGENCY',
        '5 drift-resolved INFO as EMERGENCY',
      ],
    ],
    ['E W E W E W', ['1 drift-detected EMERGENCY']],
    // What could not be told is no change.
    ['W W X X X', [detected]],
    // Nothing says that those were mended who cannot be seen.
    ['D D Y', ['2 drift-detected CRITICAL']],
    ['D D Y Y', ['2 drift-detected CRITICAL', '4 participant-unreachable WARNING']],
    ['C C Z Z', ['2 drift-detected CRITICAL', '4 drift-changed CRITICAL', '4 monitor-degraded WARNING']],
    ['D D W W', ['2 drift-detected CRITICAL', '4 drift-changed WARNING as CRITICAL']],
    ['P P', ['2 drift-detected CRITICAL']],
    ['Q Q', [detected]],
    ['H H', ['2 drift-detected CRITICAL']],
    ['H H G G', ['2 drift-detected CRITICAL', '4 drift-resolved INFO as CRITICAL']],
  ])('%s', (letters, expected, policy) => {
    expect(events(letters, policy)).toEqual(expected);
  });
});

describe('reminders', () => {
  const remindEvery = 3 * 60_000;

  it.each<[string, string[]]>([
    ['W W W W W', [detected, '5 drift-reminder WARNING']],
    ['W W W W W W W W', [detected, '5 drift-reminder WARNING', '8 drift-reminder WARNING']],
    ['W W G W G', [detected]],
    ['W W b W x', [detected, '5 drift-reminder WARNING']],
    ['W W V V W V V', [detected, '4 drift-changed WARNING', '7 drift-reminder WARNING']],
  ])('%s', (letters, expected) => {
    expect(events(letters, { remindEvery })).toEqual(expected);
  });
});

describe('participants that cannot be reached', () => {
  it.each<[string, string[], Partial<AlertPolicy>?]>([
    ['b', []],
    ['b b', ['2 participant-unreachable WARNING']],
    ['b G b', [], inARow],
    ['b G b', ['3 participant-unreachable WARNING']],
    ['b G b G b G b G b G b', ['3 participant-unreachable WARNING']],
    ['b b b G', ['2 participant-unreachable WARNING']],
    ['b b G G', ['2 participant-unreachable WARNING', '4 participant-recovered INFO as WARNING']],
    ['b b G b G G', ['2 participant-unreachable WARNING', '6 participant-recovered INFO as WARNING']],
    ['b G G', []],
    ['p p', ['2 participant-unreachable WARNING']],
    ['q q q', []],
    ['o o o', []],
    ['b b o', ['2 participant-unreachable WARNING', '3 participant-recovered INFO as WARNING']],
    ['b b l', ['2 participant-unreachable WARNING', '3 participant-recovered INFO as WARNING']],
    ['b l b', []],
    // Whoever is wrong and answered is not away besides.
    ['X X X', [detected]],
    ['d d', ['2 participant-unreachable WARNING', '2 participant-unreachable WARNING']],
    // One drops out while the other is told.
    [
      'b b a a',
      [
        '2 participant-unreachable WARNING',
        '4 participant-unreachable WARNING',
        '4 participant-recovered INFO as WARNING',
      ],
    ],
  ])('%s', (letters, expected, policy) => {
    expect(events(letters, policy).sort()).toEqual([...expected].sort());
  });
});

describe('the monitor itself', () => {
  const degraded = '2 monitor-degraded WARNING';

  it.each<[string, string[], Partial<AlertPolicy>?]>([
    ['F', []],
    ['F F', [degraded]],
    ['F F F', [degraded]],
    ['F G F', [], inARow],
    ['F G F', ['3 monitor-degraded WARNING']],
    ['r r', [degraded]],
    ['n n', [degraded]],
    ['m m', [degraded]],
    ['x x', [degraded]],
    ['F r', [degraded]],
    ['F F G G', [degraded, '4 monitor-recovered INFO as WARNING']],
    ['F F G F G G', [degraded, '6 monitor-recovered INFO as WARNING']],
    // While it sees nothing, nobody goes away and nobody comes back.
    ['b n b', ['3 participant-unreachable WARNING']],
    ['b b F F', ['2 participant-unreachable WARNING', '4 monitor-degraded WARNING']],
    [
      'b b n n G G',
      [
        '2 participant-unreachable WARNING',
        '4 monitor-degraded WARNING',
        '6 participant-recovered INFO as WARNING',
        '6 monitor-recovered INFO as WARNING',
      ],
    ],
    // An incident stays open.
    [
      'C C F F C G G',
      [
        '2 drift-detected CRITICAL',
        '4 monitor-degraded WARNING',
        '6 monitor-recovered INFO as WARNING',
        '7 drift-resolved INFO as CRITICAL',
      ],
    ],
    // Another trouble in every check: untold for a while, not for ever.
    ['a b a', [], inARow],
    ['a b a b', ['4 monitor-degraded WARNING'], inARow],
    ['W a b F', ['4 monitor-degraded WARNING']],
    // That there is no token for somebody does not say that it is back.
    [
      'b b m m G G',
      [
        '2 participant-unreachable WARNING',
        '4 monitor-degraded WARNING',
        '6 participant-recovered INFO as WARNING',
        '6 monitor-recovered INFO as WARNING',
      ],
    ],
    ['R R', [degraded]],
    // It sees, but nothing good, and nobody was told of that yet.
    ['F F a b', [degraded]],
    ['F F a a a', [degraded, '4 participant-unreachable WARNING', '5 monitor-recovered INFO as WARNING']],
    ['s s', ['2 participant-unreachable WARNING']],
  ])('%s', (letters, expected, policy) => {
    expect(events(letters, policy)).toEqual(expected);
  });
});

/** All that was told, without the numbers of checks. */
const told = (letters: string, policy: Partial<AlertPolicy> = {}) =>
  watch(letters, { ...plainPolicy, ...policy })
    .told.flat()
    .map(({ event }) => event);

describe('an event', () => {
  it('says all that is to be known of a drift', () => {
    expect(told('C C')).toEqual([
      {
        schemaVersion: 1,
        id: expect.stringMatching(/^[0-9a-f]{32}$/),
        incident: 'staging/2026-01-31T12:00:00.000Z',
        dedupKey: 'staging/drift',
        type: 'drift-detected',
        level: 'CRITICAL',
        peak: 'CRITICAL',
        environment: 'staging',
        at: '2026-01-31T12:01:00.000Z',
        since: '2026-01-31T12:00:00.000Z',
        durationMs: 60_000,
        participants: ['auth_service'],
        summary:
          'staging: auth_service holds the secret with a newline, since 2026-01-31 12:00 UTC; EUR 50,000 a month at risk',
        findings: [
          {
            code: 'trailing-newline',
            participants: ['auth_service'],
            message: 'auth_service holds the secret with a newline.',
            remedy: 'Give backend_service the secret of secret_manager, then restart it.',
            steps: [{ text: 'Give backend_service the secret of secret_manager, then restart it.' }],
          },
        ],
        impact: { currency: 'EUR', mrrAtRisk: 50_000 },
        links: { page: null, runbook: null, explain: 'jwtcheck explain trailing-newline' },
      },
    ]);
  });

  it('of the end names what was reported last, and the money is safe again', () => {
    const [, , end] = told('C C V V G G');
    expect(end).toMatchObject({
      type: 'drift-resolved',
      participants: ['backend_service'],
      findings: [{ code: 'stale-secret-version' }],
      durationMs: 5 * minute,
      impact: { mrrAtRisk: 0 },
      summary: 'staging: resolved after 5m; it was: backend_service holds version 6',
    });
  });

  it('has one incident from the beginning to the end, and another one next time', () => {
    const incidents = told('C C V V G G C C').map((e) => e.incident);
    expect(incidents).toEqual([
      ...Array(3).fill('staging/2026-01-31T12:00:00.000Z'),
      'staging/2026-01-31T12:06:00.000Z',
    ]);
  });

  it('of those who begin in the same check has incidents of their own', () => {
    const incidents = told('d d').map((e) => e.incident);
    expect(incidents).toEqual([
      'staging/2026-01-31T12:00:00.000Z/auth_service',
      'staging/2026-01-31T12:00:00.000Z/backend_service',
    ]);
    expect(told('Z Z Z').map((e) => e.incident)).toEqual([
      'staging/2026-01-31T12:00:00.000Z',
      'staging/2026-01-31T12:00:00.000Z#monitor',
    ]);
  });

  it('leaves out what is unknown of a drift', () => {
    expect(told('X X').flatMap((e) => e.findings.map((f) => f.code))).toEqual(['trailing-newline']);
  });

  it('says in a reminder that a participant could not be read', () => {
    const [, reminder] = told('W W b b', { failureThreshold: 2, remindEvery: minute });
    expect(reminder?.summary).toBe(
      'staging: not resolved: backend_service holds the secret with a newline, for 2m, since 2026-01-31 12:00 UTC; ' +
        'the last check was inconclusive: backend_service could not be read: connection refused',
    );
  });

  it('says in a reminder that what it was about agrees now, and why it is open', () => {
    const policy = { ...plainPolicy, remindEvery: 3 * minute };
    const last = (letters: string) => watch(letters, policy).told.at(-1)?.[0]?.event.summary;
    expect(last('WWaaa')).toBe(
      'staging: not resolved, for 4m, since 2026-01-31 12:00 UTC: the last check was inconclusive: auth_service could not be read: connection refused; backend_service agrees now; it was: backend_service holds the secret with a newline',
    );
    expect(last('WWWWC')).toBe(
      'staging: not resolved, for 4m, since 2026-01-31 12:00 UTC: the last check showed: auth_service holds the secret with a newline; backend_service agrees now; it was: backend_service holds the secret with a newline',
    );
    expect(last('WWWWV')).toMatch(/^staging: still: /);
    expect(last('WWbbb')).toMatch(/^staging: not resolved: backend_service holds /);
    expect(last('WWFFF')).toMatch(/^staging: not resolved: backend_service holds /);
  });

  it('says why a participant was reported, and how that ended', () => {
    expect(told('b b G G').map((e) => e.summary)).toEqual([
      'staging: backend_service could not be read: connection refused, since 2026-01-31 12:00 UTC',
      'staging: backend_service is back, after 3m in which it could not be reached',
    ]);
    expect(told('s s').map((e) => e.summary)).toEqual([
      "staging: backend_service refuses the caller's own credentials, since 2026-01-31 12:00 UTC",
    ]);
    expect(told('b b l').at(-1)?.summary).toBe(
      'staging: backend_service is no longer checked, after 2m in which it could not be reached',
    );
    expect(told('b b o').at(-1)?.summary).toMatch('is optional now');
  });

  it('says why monitoring is degraded', () => {
    const reason = (letters: string, policy = {}) =>
      told(letters, policy)[0]?.summary.split('; ').slice(1).join('; ');
    expect(reason('F F')).toBe('the check failed: no more file descriptors');
    expect(reason('r r')).toBe('secret_manager could not be read: permission denied');
    expect(reason('a b a W', inARow)).toBe('the last one: backend_service holds the secret with a newline');
    expect(told('F F G G').at(-1)?.summary).toBe('staging: checks are conclusive again, after 3m; all agree');
  });

  it('names the currency that was known last where a check failed', () => {
    expect(told('C C F F').at(-1)?.impact).toEqual({ currency: 'EUR', mrrAtRisk: 0 });
    expect(told('F F').at(-1)?.impact).toEqual({ currency: 'USD', mrrAtRisk: 0 });
  });

  it('stays within bounds', () => {
    const many = Array.from({ length: 500 }, (_, index) =>
      aFinding('trailing-newline', { participants: [`service-${index}`], message: 'x'.repeat(100_000) }),
    );
    const report = aReport({ verdict: 'inconsistent', level: 'EMERGENCY', findings: many });
    const next = advance(initialState, { is: 'report', report }, plainPolicy, new Date(start));
    expect(JSON.stringify(next.state).length).toBeLessThan(500_000);
    expect(next.notifications[0]?.event.summary.length).toBeLessThan(500);
  });
});

describe('everybody at once', () => {
  const report = (required: readonly string[]) => {
    const participants = ['one', 'two'].map((name) => ({
      ...aParticipant(name, { required: required.includes(name), reachable: false, fingerprint: null }),
      error: { code: 'dns', message: 'no such host' } as const,
    }));
    const pinned = aParticipant('pinned', { source: 'pinned' });
    return aReport({
      verdict: 'inconclusive',
      participants: [pinned, ...participants],
      reference: { participant: 'pinned', fingerprint: '200718bd', version: null },
    });
  };

  it.each([
    [['one', 'two'], 'monitor-degraded'],
    [['one'], 'participant-unreachable'],
  ])('%j must answer: %s', (required, type) => {
    const policy = { ...plainPolicy, failureThreshold: 1 };
    const { notifications } = advance(
      initialState,
      { is: 'report', report: report(required) },
      policy,
      new Date(start),
    );
    expect(notifications.map((t) => t.event.type)).toEqual([type]);
  });

  it('is not when one of them answers', () => {
    const some = without('auth_service', 'backend_service');
    const { notifications } = advance(
      initialState,
      { is: 'report', report: some },
      { ...plainPolicy, failureThreshold: 1 },
      new Date(start),
    );
    expect(notifications).toHaveLength(2);
  });
});

describe('a clock that is set back', () => {
  const hour = 60 * minute;

  it('gives no negative duration, and no beginning after the end', () => {
    let state = initialState;
    const events = ['C', 'C', 'G', 'G'].flatMap((letter, index) => {
      const next = advance(state, outcomeOf(letter), plainPolicy, new Date(start - index * hour));
      state = next.state;
      return next.notifications.map((t) => t.event);
    });
    expect(events.map((e) => [e.type, e.durationMs, e.since === e.at])).toEqual([
      ['drift-detected', 0, true],
      ['drift-resolved', 0, true],
    ]);
  });

  it('does not put reminders off for so long', () => {
    const policy = { ...plainPolicy, failureThreshold: 1, remindEvery: 10 * minute };
    let state = initialState;
    const types = [0, -hour, -hour + 9 * minute, -hour + 10 * minute].map((offset) => {
      const next = advance(state, outcomeOf('W'), policy, new Date(start + offset));
      state = next.state;
      return next.notifications.map((t) => t.event.type);
    });
    expect(types).toEqual([['drift-detected'], [], [], ['drift-reminder']]);
  });
});

it('a participant may have any name', () => {
  const participants = ['__proto__', 'constructor'].map((name) =>
    aParticipant(name, { reachable: false, error: { code: 'timeout', message: 'timed out' } }),
  );
  const report = aReport({
    verdict: 'inconclusive',
    participants: [...aReport().participants, ...participants],
  });
  let state = initialState;
  const notifications = [1, 2].flatMap((index) => {
    const next = advance(state, { is: 'report', report }, plainPolicy, new Date(start + index * minute));
    state = JSON.parse(JSON.stringify(next.state));
    return next.notifications;
  });
  expect(notifications.flatMap((t) => t.event.participants)).toEqual(['__proto__', 'constructor']);
});
