import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judge } from '../../src/judge/judge.js';
import type { FollowUpResult, Observations, Report } from '../../src/model.js';
import {
  form,
  httpProbe,
  observed,
  R,
  reading,
  S,
  secretManager,
  seen,
  T,
  tried,
  websocketProbe,
} from '../support/observations.js';

type Row = [
  what: string,
  observations: Observations,
  verdict: Report['verdict'],
  exitCode: number,
  level: string,
  codes: string[],
];

const probed = { probes: [httpProbe] };
const api = (more = {}) => seen('api', R, { ...probed, ...more });
const refused = { result: 'rejected', status: 401, detail: '401 Unauthorized' } as const;
const unclear = { result: 'inconclusive', status: 500, detail: '500', reason: 'http-status' } as const;

/** What a token got that expired a year ago. */
const expiredLongAgo = (result: FollowUpResult['result']): FollowUpResult => ({
  participant: 'api',
  probe: 'http',
  changed: { what: 'nothing', token: 'expired', yearAgo: true },
  text: 'expired',
  form: null,
  result,
  status: result === 'accepted' ? 200 : 401,
  closeCode: null,
  detail: '',
});

const rows: Row[] = [
  ['all agree', observed([secretManager(), seen('a', R), seen('b', R)]), 'consistent', 0, 'INFO', []],
  [
    'one differs',
    observed([secretManager(), seen('a', R), seen('b', S)]),
    'inconsistent',
    1,
    'WARNING',
    ['fingerprint-mismatch'],
  ],
  [
    'an issuer differs',
    observed([secretManager(), seen('a', S, { role: 'issuer' })]),
    'inconsistent',
    1,
    'CRITICAL',
    ['fingerprint-mismatch'],
  ],
  [
    'three differ',
    observed([secretManager(), seen('a', S), seen('b', S), seen('c', T)]),
    'inconsistent',
    1,
    'EMERGENCY',
    ['fingerprint-mismatch', 'fingerprint-mismatch'],
  ],
  [
    'one is away',
    observed([secretManager(), seen('a', R), seen('b', null)]),
    'inconclusive',
    3,
    'WARNING',
    ['participant-unreachable'],
  ],
  [
    'one may be away',
    observed([secretManager(), seen('a', R), seen('b', null, { required: false })]),
    'consistent',
    0,
    'WARNING',
    ['participant-unreachable'],
  ],
  [
    'a difference is reported although another participant is unreachable',
    observed([secretManager(), seen('a', S), seen('b', null)]),
    'inconsistent',
    1,
    'WARNING',
    ['fingerprint-mismatch', 'participant-unreachable'],
  ],
  [
    'the reference is away, the others agree',
    observed([
      secretManager({ reading: null, error: { code: 'permission-denied', message: 'denied' } }),
      seen('a', R),
      seen('b', R),
    ]),
    'inconclusive',
    3,
    'WARNING',
    ['reference-unavailable'],
  ],
  [
    'the reference may not be optional',
    observed([
      secretManager({ reading: null, required: false, error: { code: 'timeout', message: 'late' } }),
      seen('a', R),
      seen('b', R),
    ]),
    'inconclusive',
    3,
    'WARNING',
    ['reference-unavailable'],
  ],
  [
    'the reference is unreachable, the others differ from each other: one of them is wrong, whichever it is',
    observed([
      secretManager({ reading: null, error: { code: 'timeout', message: 'late' } }),
      seen('a', R),
      seen('b', S),
    ]),
    'inconsistent',
    1,
    'WARNING',
    ['fingerprint-mismatch', 'reference-unavailable'],
  ],
  ['without a reference, all agree', observed([seen('a', R), seen('b', R)]), 'consistent', 0, 'INFO', []],
  [
    'without a reference, a majority',
    observed([seen('a', R), seen('b', R), seen('c', S)]),
    'inconsistent',
    1,
    'WARNING',
    ['fingerprint-mismatch'],
  ],
  [
    'without a reference, a tie',
    observed([seen('a', R), seen('b', S)]),
    'inconsistent',
    1,
    'WARNING',
    ['fingerprint-mismatch'],
  ],
  ['only one was read', observed([secretManager()]), 'inconclusive', 3, 'WARNING', []],
  [
    'the valid token is accepted and the forged one refused',
    observed([secretManager(), api()], { attempts: [tried('api'), tried('api', { token: 'forged' })] }),
    'consistent',
    0,
    'INFO',
    [],
  ],
  [
    'a valid token is refused',
    observed([secretManager(), api()], { attempts: [tried('api', refused)] }),
    'inconsistent',
    1,
    'CRITICAL',
    ['rejects-valid-token'],
  ],
  [
    'a forged token is accepted',
    observed([secretManager(), api()], {
      attempts: [tried('api'), tried('api', { token: 'forged', result: 'accepted' })],
    }),
    'inconsistent',
    1,
    'EMERGENCY',
    ['accepts-forged-token'],
  ],
  [
    'an expired token is accepted, by an unknown clock',
    observed([secretManager(), api()], {
      attempts: [tried('api'), tried('api', { token: 'expired', result: 'accepted' })],
    }),
    'inconclusive',
    3,
    'WARNING',
    ['probe-inconclusive'],
  ],
  [
    'an expired token is accepted, and one that expired long ago',
    observed([secretManager(), api()], {
      attempts: [tried('api', { clockOffsetMs: 0 }), tried('api', { token: 'expired', result: 'accepted' })],
      followUps: [expiredLongAgo('accepted')],
    }),
    'inconsistent',
    1,
    'CRITICAL',
    ['accepts-expired-token'],
  ],
  [
    'an expired token is accepted, by a clock that is two hours behind',
    observed([secretManager(), api()], {
      attempts: [
        tried('api', { clockOffsetMs: -7_200_000 }),
        tried('api', { token: 'expired', result: 'accepted', clockOffsetMs: -7_200_000 }),
      ],
      followUps: [expiredLongAgo('rejected')],
    }),
    'inconsistent',
    1,
    'WARNING',
    ['clock-skew'],
  ],
  ...([429, 503, 302] as const).map(
    (status): Row => [
      `a forged token gets ${status}`,
      observed([secretManager(), api()], {
        attempts: [tried('api'), tried('api', { ...unclear, token: 'forged', status, detail: `${status}` })],
      }),
      'inconclusive',
      3,
      'WARNING',
      ['probe-inconclusive'],
    ],
  ),
  [
    'a forged token gets no answer in time',
    observed([secretManager(), api()], {
      attempts: [
        tried('api'),
        tried('api', { ...unclear, token: 'forged', status: null, reason: 'timeout' }),
      ],
    }),
    'inconclusive',
    3,
    'WARNING',
    ['probe-inconclusive'],
  ],
  ...([500, 400, 422, 404] as const).map(
    (status): Row => [
      `a forged token gets ${status}, the valid one is accepted`,
      observed([secretManager(), api()], {
        attempts: [tried('api'), tried('api', { ...unclear, token: 'forged', status, detail: `${status}` })],
      }),
      'consistent',
      0,
      'INFO',
      ['probe-inconclusive'],
    ],
  ),
  [
    'the connection is dropped on a forged token, the valid one is accepted',
    observed([secretManager(), api()], {
      attempts: [
        tried('api'),
        tried('api', { ...unclear, token: 'forged', status: null, reason: 'connection' }),
      ],
    }),
    'consistent',
    0,
    'INFO',
    ['probe-inconclusive'],
  ],
  [
    'the valid token got no answer',
    observed([secretManager(), api()], { attempts: [tried('api', unclear)] }),
    'inconclusive',
    3,
    'WARNING',
    ['probe-inconclusive'],
  ],
  [
    'a control got an error, the valid token was accepted: refused',
    observed([secretManager(), api()], {
      attempts: [tried('api'), tried('api', { token: 'forged', ...unclear })],
    }),
    'consistent',
    0,
    'INFO',
    ['probe-inconclusive'],
  ],
  [
    'a control got an error on another probe than the one that accepted',
    observed([secretManager(), api()], {
      attempts: [tried('api'), tried('api', { token: 'forged', probe: 'websocket', ...unclear })],
    }),
    'inconclusive',
    3,
    'WARNING',
    ['probe-inconclusive'],
  ],
  [
    'no participant could mint a token',
    observed([seen('a', R), seen('b', R, probed)]),
    'inconclusive',
    3,
    'WARNING',
    ['probe-inconclusive'],
  ],
  [
    'the token of one who differs is refused: that is only a consequence',
    observed([secretManager(), api(), seen('tests', S, { source: 'env' })], {
      attempts: [tried('api'), tried('api', { minter: 'tests', ...refused })],
    }),
    'inconsistent',
    1,
    'WARNING',
    ['fingerprint-mismatch'],
  ],
  [
    'who differs refuses tokens too: one finding',
    observed([secretManager(), api({ reading: reading(S) })], { attempts: [tried('api', refused)] }),
    'inconsistent',
    1,
    'CRITICAL',
    ['fingerprint-mismatch'],
  ],
  [
    'who differs accepts the tokens all the same',
    observed([secretManager(), api({ reading: reading(S) })], { attempts: [tried('api')] }),
    'inconsistent',
    1,
    'WARNING',
    ['fingerprint-mismatch'],
  ],
  [
    'rotation: announced and proved',
    observed([secretManager(), api({ reading: reading(S, { accepts: [S, R] }) })], {
      attempts: [tried('api')],
    }),
    'consistent',
    0,
    'INFO',
    ['rotation-overlap'],
  ],
  [
    'rotation: announced, not proved',
    observed([secretManager(), seen('api', S, { reading: reading(S, { accepts: [S, R] }) })]),
    'inconsistent',
    1,
    'WARNING',
    ['fingerprint-mismatch'],
  ],
  [
    'replicas differ',
    observed([
      secretManager(),
      api({
        probes: [],
        reading: reading(R, {
          instances: [
            { instance: 'x', fingerprint: R, samples: 3 },
            { instance: 'y', fingerprint: S, samples: 2 },
          ],
        }),
      }),
    ]),
    'inconsistent',
    1,
    'WARNING',
    ['replicas-disagree'],
  ],
  [
    'answers flip between connections',
    observed([secretManager(), api()], { attempts: [tried('api'), tried('api', refused)] }),
    'inconsistent',
    1,
    'CRITICAL',
    ['replicas-disagree'],
  ],
  [
    'some replicas did not answer',
    observed([secretManager(), seen('api', R, { error: { code: 'timeout', message: 'late' } })]),
    'inconclusive',
    3,
    'WARNING',
    ['participant-unreachable'],
  ],
  [
    'without a source, the probes tell',
    observed([secretManager(), seen('api', null, { source: null, error: null, ...probed })], {
      attempts: [tried('api'), tried('api', { token: 'forged' })],
    }),
    'consistent',
    0,
    'INFO',
    [],
  ],
  [
    'without a source, a refusal tells too',
    observed([secretManager(), seen('api', null, { source: null, error: null, ...probed })], {
      attempts: [tried('api', refused)],
    }),
    'inconsistent',
    1,
    'CRITICAL',
    ['rejects-valid-token'],
  ],
  [
    'without a source and probes nothing is reported',
    observed([secretManager(), seen('a', R), seen('api', null, { source: null, error: null })]),
    'inconclusive',
    3,
    'WARNING',
    [],
  ],
  [
    'only the WebSocket refuses',
    observed([secretManager(), seen('api', R, { probes: [httpProbe, websocketProbe] })], {
      attempts: [
        tried('api'),
        tried('api', { probe: 'websocket', ...refused, status: 101, closeCode: 1008 }),
      ],
    }),
    'inconsistent',
    1,
    'CRITICAL',
    ['websocket-only-rejection'],
  ],
  [
    'another key is in use than shown',
    observed([secretManager(), api(), seen('tests', S, { source: 'env' })], {
      attempts: [tried('api', refused), tried('api', { minter: 'tests' })],
    }),
    'inconsistent',
    1,
    'CRITICAL',
    ['fingerprint-mismatch', 'fingerprint-not-in-use'],
  ],
  [
    "the caller's credentials are refused",
    observed([secretManager(), api()], {
      attempts: [tried('api', { ...unclear, status: 403, reason: 'misconfigured' })],
    }),
    'inconclusive',
    3,
    'WARNING',
    ['service-credentials-rejected'],
  ],
  [
    'an answer that is no fingerprint',
    observed([
      secretManager(),
      seen('a', R),
      seen('b', null, { error: { code: 'invalid-response', message: 'it answered HTML' } }),
    ]),
    'inconclusive',
    3,
    'WARNING',
    ['fingerprint-unusable'],
  ],
  [
    'all agree on a published secret',
    observed([secretManager(), seen('a', R)], {
      candidates: [form('published-default', R)],
    }),
    'consistent',
    1,
    'CRITICAL',
    ['published-default'],
  ],
  [
    'all agree on a short secret',
    observed([secretManager({ reading: reading(R, { keyBytes: 31 }) }), seen('a', R)]),
    'consistent',
    0,
    'INFO',
    ['weak-secret'],
  ],
];

describe('the verdict', () => {
  it.each(rows)('%s', (_, observations, verdict, exitCode, level, codes) => {
    const report = judge(observations, { failOn: 'critical' });
    expect({
      verdict: report.verdict,
      exitCode: report.exitCode,
      level: report.level,
      codes: report.findings.map((f) => f.code).sort(),
    }).toEqual({ verdict, exitCode, level, codes: [...codes].sort() });
  });

  it.each([
    ['never', 0],
    ['critical', 1],
    ['error', 1],
    ['warning', 1],
  ] as const)('--fail-on %s with a critical finding where all agree: %i', (failOn, exitCode) => {
    const candidates = [form('published-default', R)];
    expect(judge(observed([secretManager(), seen('a', R)], { candidates }), { failOn }).exitCode).toBe(
      exitCode,
    );
  });

  it.each([
    ['critical', 0],
    ['error', 0],
    ['warning', 1],
  ] as const)('--fail-on %s with a warning where all agree: %i', (failOn, exitCode) => {
    const weak = observed([secretManager({ reading: reading(R, { keyBytes: 20 }) }), seen('a', R)]);
    expect(judge(weak, { failOn }).exitCode).toBe(exitCode);
  });

  it.each([
    ['critical', 0],
    ['error', 0],
    ['warning', 1],
  ] as const)('--fail-on %s where one that may be away is away: %i', (failOn, exitCode) => {
    const away = observed([secretManager(), seen('a', R), seen('b', null, { required: false })]);
    expect(judge(away, { failOn }).exitCode).toBe(exitCode);
  });

  it.each([
    ['two secrets of two', [R, S], 'WARNING'],
    ['two pairs', [R, R, S, S], 'WARNING'],
    ['three secrets of three', [R, S, T], 'WARNING'],
    ['three pairs: four are wrong at least', [R, R, S, S, T, T], 'EMERGENCY'],
    ['three and three', [R, R, R, S, S, S], 'EMERGENCY'],
    ['five secrets of five', [R, S, T, '0badcafe', '0badf00d'], 'EMERGENCY'],
  ] as const)('without a majority, %s: %s is %s', (_, fingerprints, level) => {
    const report = judge(observed(fingerprints.map((f, i) => seen(`p${i}`, f))), { failOn: 'critical' });
    expect([report.level, report.impact.mrrAtRisk]).toEqual([level, 0]);
    const issuer = fingerprints.map((f, i) => seen(`p${i}`, f, i === 0 ? { role: 'issuer' } : {}));
    expect(judge(observed(issuer), { failOn: 'critical' }).level).toBe(
      level === 'WARNING' ? 'CRITICAL' : level,
    );
  });

  it.each([
    ['a timeout', { status: null, reason: 'timeout' }, 'consistent'],
    ['an unknown name', { status: null, reason: 'dns' }, 'consistent'],
    ['no connection', { status: null, reason: 'connection' }, 'consistent'],
    ['a certificate that is no good', { status: null, reason: 'tls' }, 'consistent'],
    ['502', { status: 502 }, 'consistent'],
    ['503', { status: 503 }, 'consistent'],
    ['504', { status: 504 }, 'consistent'],
    ['500', { status: 500 }, 'inconclusive'],
    ['404', { status: 404 }, 'inconclusive'],
    ['a page', { status: 200, reason: 'invalid-response' }, 'inconclusive'],
    ['a redirect', { status: 302, reason: 'redirect' }, 'inconclusive'],
    ['another 403', { status: 403, reason: 'misconfigured' }, 'inconclusive'],
  ] as const)('of one that may be away, %s: %j is %s', (_, answer, verdict) => {
    const optional = [{}, { reading: null, error: { code: 'connection', message: 'refused' } as const }];
    for (const more of optional) {
      const report = judge(
        observed([secretManager(), seen('b', R), api({ required: false, ...more })], {
          attempts: [tried('api', { ...unclear, ...answer })],
        }),
        { failOn: 'critical' },
      );
      expect(report.verdict).toBe(verdict);
      if (verdict === 'inconclusive') {
        expect(report.findings.map((f) => f.code)).toEqual(
          expect.arrayContaining([
            answer.status === 403 ? 'service-credentials-rejected' : 'probe-inconclusive',
          ]),
        );
      }
    }
  });

  it('what is inconclusive stays 3, whatever --fail-on says', () => {
    const away = observed([secretManager(), seen('a', R), seen('b', null)]);
    expect(judge(away, { failOn: 'warning' }).exitCode).toBe(3);
  });

  it('sums the money of those that are inconsistent, and of no others', () => {
    const impact = (mrr: number) => ({ impact: { mrr, note: null } });
    const report = judge(
      observed([
        secretManager(),
        seen('a', R, impact(1)),
        seen('b', S, impact(20)),
        seen('c', null, impact(300)),
      ]),
      { failOn: 'critical' },
    );
    expect(report.impact).toEqual({
      currency: 'USD',
      mrrAtRisk: 20,
      participants: [{ name: 'b', mrr: 20, note: null }],
    });
  });

  it('names no participant without a majority of all, silent participants included', () => {
    const report = judge(observed([seen('a', R), seen('b', R), seen('c', S), seen('d', null)]), {
      failOn: 'critical',
    });
    expect(report.verdict).toBe('inconsistent');
    expect(report.findings.find((f) => f.code === 'fingerprint-mismatch')?.participants).toEqual([]);
    expect(report.participants.map((p) => p.agrees)).toEqual([null, null, null, null]);
  });

  it('is never consistent where something required was not read, and never silent about it', () => {
    const shown = fc.constantFrom(R, S, null);
    fc.assert(
      fc.property(
        fc.array(shown, { minLength: 1, maxLength: 6 }),
        fc.boolean(),
        (fingerprints, withReference) => {
          const others = fingerprints.map((f, i) => seen(`p${i}`, f));
          const report = judge(observed(withReference ? [secretManager(), ...others] : others), {
            failOn: 'never',
          });
          const distinct = new Set([
            ...fingerprints.filter((f) => f !== null),
            ...(withReference ? [R] : []),
          ]);
          if (distinct.size > 1) expect(report.verdict).toBe('inconsistent');
          else if (fingerprints.includes(null)) expect(report.verdict).toBe('inconclusive');
          expect(report.exitCode).toBe({ consistent: 0, inconsistent: 1, inconclusive: 3 }[report.verdict]);
          if (fingerprints.includes(null)) {
            expect(report.findings.some((f) => f.code === 'participant-unreachable')).toBe(true);
          }
        },
      ),
    );
  });

  it('gives the same report whatever the order of the attempts', () => {
    const attempts = [
      tried('api'),
      tried('api', { token: 'forged' }),
      tried('api', { probe: 'websocket', ...refused }),
    ];
    fc.assert(
      fc.property(fc.shuffledSubarray(attempts, { minLength: 3 }), (shuffled) => {
        const at = (list: typeof attempts) =>
          judge(
            observed([secretManager(), seen('api', R, { probes: [httpProbe, websocketProbe] })], {
              attempts: list,
            }),
            {
              failOn: 'critical',
            },
          );
        expect(at(shuffled).findings.map((f) => f.code)).toEqual(at(attempts).findings.map((f) => f.code));
        expect(at(shuffled).verdict).toBe(at(attempts).verdict);
      }),
    );
  });
});

it('an unread reference does not keep the others from being compared, and that they agree is said', () => {
  const away = secretManager({ reading: null, error: { code: 'permission-denied', message: 'denied' } });
  const messages = (...others: readonly ReturnType<typeof seen>[]) =>
    judge(observed([away, ...others]), { failOn: 'never' }).findings.map((finding) => finding.message);
  expect(messages(seen('a', R), seen('b', R))).toEqual([
    'sm could not be read: denied. a and b hold the same secret, but it is unknown whether that is the right one.',
  ]);
  expect(messages(seen('a', R), seen('b', S))).toEqual([
    '2 different secrets are in use, and sm could not be read to say which is right.',
    'sm could not be read: denied.',
  ]);
  expect(messages(seen('a', R))).toEqual(['sm could not be read: denied.']);
});
