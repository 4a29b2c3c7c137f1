import { describe, expect, it } from 'vitest';
import { judge } from '../../src/judge/judge.js';
import type {
  Attempt,
  Finding,
  FollowUpChange,
  FollowUpResult,
  Observation,
  Observations,
} from '../../src/model.js';
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

const refused = { result: 'rejected', status: 401, detail: '401 Unauthorized: invalid_token' } as const;
const forged = { token: 'forged', detail: refused.detail } as const;
const missing = { token: 'missing', tokenType: null, detail: refused.detail } as const;
const api = (more: Partial<Observation> = {}) => seen('api', R, { probes: [httpProbe], ...more });
const sourceless = (more: Partial<Observation> = {}) =>
  seen('api', null, { source: null, error: null, probes: [httpProbe], ...more });

/** An experiment that was refused, unless told otherwise. */
function followUp(changed: FollowUpChange, text: string, more: Partial<FollowUpResult> = {}): FollowUpResult {
  return {
    participant: 'api',
    probe: 'http',
    changed,
    text,
    form: null,
    closeCode: null,
    ...refused,
    ...more,
  };
}

const taken = { result: 'accepted', status: 200, detail: '200 OK' } as const;
const again = followUp({ what: 'nothing', token: 'genuine' }, 'unchanged');

/** Secret Manager and one service that refused a valid token, a forged one and none at all. */
function world(
  followUps: FollowUpResult[],
  more: Partial<Observations> = {},
  participants = [api()],
): Observations {
  return observed([secretManager(), ...participants], {
    attempts: [tried('api', refused), tried('api', forged), tried('api', missing)],
    followUps,
    ...more,
  });
}

const find = (observations: Observations): readonly Finding[] =>
  judge(observations, { failOn: 'critical' }).findings;

const fallback = form('hardcoded-fallback', S, { text: 'knownFallbacks[0]' });
const version6 = form('stale-secret-version', T, {
  of: 'sm',
  text: 'version 6',
  facts: { version: '6', current: '7', createdAt: null, staleSince: null },
});
const byKey = (known: typeof fallback, more: Partial<FollowUpResult> = {}) =>
  followUp({ what: 'key' }, known.text, { form: known, ...taken, ...more });
const clock = (seconds: number, measured: boolean, more: Partial<FollowUpResult> = {}) =>
  followUp({ what: 'issued-at', seconds, measured }, `dated by ${seconds} s`, more);

const attempts = (genuine: Partial<Attempt>, fake: Partial<Attempt>): Partial<Observations> => ({
  attempts: [tried('api', { ...refused, ...genuine }), tried('api', { ...forged, ...fake })],
});

const cases: [what: string, observations: Observations, code: string, evidence: object][] = [
  [
    'another algorithm',
    world([
      again,
      followUp({ what: 'algorithm', algorithm: 'HS384' }, 'HS384'),
      followUp({ what: 'algorithm', algorithm: 'HS512' }, 'HS512', taken),
    ]),
    'algorithm-mismatch',
    { accepts: 'HS512', refuses: 'HS256', probe: 'http' },
  ],
  [
    'decoded',
    world([
      followUp({ what: 'key-encoding', encoding: 'hex' }, 'hex'),
      followUp({ what: 'key-encoding', encoding: 'base64' }, 'base64', taken),
    ]),
    'key-encoding-mismatch',
    { encoding: 'base64' },
  ],
  [
    'a claim',
    world([followUp({ what: 'claim', claim: 'iss' }, 'iss left out', taken)]),
    'claims-rejected',
    { claim: 'iss', acceptedWith: 'iss left out' },
  ],
  [
    'the finest experiment tells the claim',
    world([
      followUp({ what: 'claim', claim: null, claims: ['a', 'b'] }, 'all custom claims left out', {
        ...taken,
      }),
      followUp({ what: 'claim', claim: 'a' }, 'a left out'),
      followUp({ what: 'claim', claim: 'b' }, 'b left out', taken),
    ]),
    'claims-rejected',
    { claim: 'b', acceptedWith: 'b left out' },
  ],
  [
    'a claim that the answer names, and that to a forged token does not',
    world(
      [],
      attempts(
        { detail: '401 Unauthorized: jwt audience invalid' },
        { detail: '401 Unauthorized: invalid signature' },
      ),
    ),
    'claims-rejected',
    { claim: 'aud' },
  ],
  [
    'a claim that the answer names, where a forged one gets 500',
    world(
      [],
      attempts(
        { detail: '401 Unauthorized: wrong issuer' },
        { result: 'inconclusive', status: 500, detail: '500 Internal Server Error' },
      ),
    ),
    'claims-rejected',
    { claim: 'iss' },
  ],
  [
    '403 where a forged one gets 401, each time, and dated otherwise too',
    world(
      [
        { ...again, status: 403, detail: '403 Forbidden' },
        clock(-240, false, { status: 403, detail: '403 Forbidden' }),
      ],
      attempts({ status: 403, detail: '403 Forbidden', clockOffsetMs: 300 }, {}),
    ),
    'claims-rejected',
    { claim: null },
  ],
  [
    'a clock, by its Date',
    world([clock(125, true, taken)]),
    'clock-skew',
    { side: 'ahead of', seconds: 125 },
  ],
  [
    'a clock, between two experiments',
    world([clock(-240, false, taken), clock(-10, false), clock(-60, false, taken)]),
    'clock-skew',
    { side: 'behind', atLeastSeconds: 10, atMostSeconds: 60 },
  ],
  [
    'our own clock, where all the others agree with it',
    world(
      [clock(125, true, taken)],
      {
        attempts: [tried('api', refused), tried('api', forged), tried('web', { clockOffsetMs: 124_000 })],
      },
      [api(), seen('web', R, { probes: [httpProbe] })],
    ),
    'clock-skew',
    { wrong: 'this machine' },
  ],
  [
    'their clock, where the others agree with ours',
    world(
      [clock(125, true, taken)],
      {
        attempts: [tried('api', refused), tried('api', forged), tried('web', { clockOffsetMs: 400 })],
      },
      [api(), seen('web', R, { probes: [httpProbe] })],
    ),
    'clock-skew',
    { wrong: 'api' },
  ],
  [
    'another key than shown, found by followUp',
    world([byKey(fallback)], { candidates: [fallback] }),
    'fingerprint-not-in-use',
    { accepts: ['knownFallbacks[0]'], fingerprintInUse: S, cause: 'hardcoded-fallback' },
  ],
  [
    'the caller, in the usual words, whatever the token',
    world([], {
      attempts: [tried('api', refused), tried('api', forged), tried('api', missing)].map((a) => ({
        ...a,
        status: 403,
        detail: '403 Forbidden: invalid_service_secret',
      })),
    }),
    'service-credentials-rejected',
    { answers: ['http: 403 Forbidden: invalid_service_secret'] },
  ],
  [
    'nothing in particular, with what was ruled out',
    world([
      again,
      followUp({ what: 'algorithm', algorithm: 'HS384' }, 'HS384'),
      followUp({ what: 'claim', claim: 'iss' }, 'iss left out'),
      followUp({ what: 'key' }, 'sm version 6'),
    ]),
    'rejects-valid-token',
    { ruledOut: ['HS384', 'iss left out', 'sm version 6'] },
  ],
  [
    'a fallback, without a fingerprint',
    world([byKey(fallback)], { candidates: [fallback] }, [sourceless()]),
    'hardcoded-fallback',
    { fallback: 'knownFallbacks[0]' },
  ],
  [
    'an older version, without a fingerprint',
    world([byKey(version6)], { candidates: [fallback, version6] }, [sourceless()]),
    'stale-secret-version',
    { version: '6', current: '7' },
  ],
  [
    'an older version, where the fingerprint could not be read',
    world([byKey(version6)], { candidates: [fallback, version6] }, [
      api({ reading: null, error: { code: 'not-found', message: '404' } }),
    ]),
    'stale-secret-version',
    { version: '6' },
  ],
  [
    'the key of a participant whose tokens are accepted, without a fingerprint',
    world(
      [],
      {
        candidates: [fallback],
        attempts: [tried('api', refused), tried('api', forged), tried('api', { minter: 'tests' })],
      },
      [sourceless(), seen('tests', S, { source: 'env' })],
    ),
    'hardcoded-fallback',
    {},
  ],
];

describe('why a valid token was refused', () => {
  it.each(cases)('%s', (_, observations, code, evidence) => {
    const findings = find(observations).filter((f) => f.participants.includes('api'));
    expect(findings.filter((f) => f.severity !== 'warning')).toMatchObject([{ code, evidence }]);
  });

  it.each(cases)('%s: described in words, without a placeholder left', (_, observations) => {
    for (const { message, remedy } of find(observations)) {
      expect(`${message} ${remedy}`).not.toMatch(/undefined|null|NaN|\[object| {2}\S.*\bapi rm\b/);
      expect(message).toMatch(/\.$/);
    }
  });
});

const general: [what: string, observations: Observations][] = [
  [
    'an experiment that could not be made sure of',
    world([followUp({ what: 'algorithm', algorithm: 'HS512' }, 'HS512', { result: 'inconclusive' })]),
  ],
  [
    'a follow-up on another participant',
    world([followUp({ what: 'algorithm', algorithm: 'HS512' }, 'HS512', { ...taken, participant: 'web' })]),
  ],
  [
    'a claim that every answer names',
    world([], attempts({ detail: '401: bad issuer' }, { detail: '401: bad issuer' })),
  ],
  [
    'a claim named in an answer that differs from time to time',
    world(
      [{ ...again, detail: '401: try later' }],
      attempts({ detail: '401: bad issuer' }, { detail: '401: bad signature' }),
    ),
  ],
  [
    'a forged token that a proxy answered',
    world(
      [],
      attempts(
        { detail: '401: bad issuer' },
        { result: 'inconclusive', status: 502, detail: '502 Bad Gateway' },
      ),
    ),
  ],
  [
    "words of an expired token, while its Date is right, which may be a proxy's or not",
    world([], attempts({ detail: '401: jwt expired', clockOffsetMs: 200 }, {})),
  ],
  [
    'words of an expired token, while its Date says the contrary',
    world([], attempts({ detail: '401: jwt expired', clockOffsetMs: -90_000 }, {})),
  ],
  ['words of an expired session', world([], attempts({ detail: '401: session expired' }, {}))],
  ['words that leave it open', world([], attempts({ detail: '401: token expired or invalid' }, {}))],
  [
    '403 where a forged one gets 401, each time, but nothing tells its time',
    world(
      [{ ...again, status: 403, detail: '403 Forbidden' }, clock(-240, false)],
      attempts({ status: 403, detail: '403 Forbidden' }, {}),
    ),
  ],
  [
    '403 where a forged one gets 401, but only once',
    world([], attempts({ status: 403, detail: '403 Forbidden' }, {})),
  ],
  [
    '403 where a forged one gets 401, while the clock is off',
    world(
      [{ ...again, status: 403, detail: '403 Forbidden' }, clock(-240, false)],
      attempts({ status: 403, detail: '403 Forbidden', clockOffsetMs: -90_000 }, {}),
    ),
  ],
  ['a Date that is off, by itself', world([], attempts({ clockOffsetMs: 600_000 }, {}))],
  [
    'ids and moments that differ are no other answer',
    world(
      [],
      attempts(
        { detail: '401: invalid sub 4711 at 12:00:01' },
        { detail: '401: invalid sub 4712 at 12:00:02' },
      ),
    ),
  ],
  [
    'words about the caller for the valid token only',
    world([], attempts({ detail: '401: invalid_client' }, { detail: '401: bad signature' })),
  ],
  [
    'words about the caller without knowing what none at all gets',
    world([], attempts({ detail: '401: invalid_client' }, { detail: '401: invalid_client' })),
  ],
];

describe('what proves nothing in particular', () => {
  it.each(general)('%s', (_, observations) => {
    const codes = find(observations).map((f) => f.code);
    expect(codes.filter((code) => code !== 'probe-inconclusive')).toEqual(['rejects-valid-token']);
  });

  it('a key of no participant that is right, for a service without a fingerprint, is reported, but no cause names it', () => {
    const foreign = form('stale-secret-version', T, { of: 'tests', text: 'version 6' });
    const findings = find(
      world([byKey(foreign)], { candidates: [foreign] }, [sourceless(), seen('tests', S, { source: 'env' })]),
    ).filter((f) => f.participants.includes('api'));
    expect(findings).toMatchObject([
      { code: 'rejects-valid-token', evidence: { accepts: ['tests version 6'] } },
    ]);
  });

  it('a forged token that is taken', () => {
    const observations = world(
      [],
      {
        candidates: [fallback],
        attempts: [
          tried('api', refused),
          tried('api', { ...forged, result: 'accepted' }),
          tried('api', { minter: 'tests' }),
        ],
      },
      [sourceless(), seen('tests', S, { source: 'env' })],
    );
    expect(
      find(observations)
        .filter((f) => f.participants.includes('api'))
        .map((f) => f.code),
    ).toEqual(['accepts-forged-token', 'rejects-valid-token']);
  });
});

describe('replicas', () => {
  it('disagree where the refused token was accepted the second time', () => {
    expect(find(world([{ ...again, ...taken }])).map((f) => f.code)).toEqual(['replicas-disagree']);
  });
});

describe('a WebSocket', () => {
  const both = (followUps: FollowUpResult[], more: Partial<Observations> = {}) =>
    world(
      followUps,
      {
        attempts: [
          tried('api'),
          tried('api', { probe: 'websocket', ...refused, status: 101, closeCode: 1008 }),
          tried('api', { probe: 'websocket', ...forged, status: 101, closeCode: 1008 }),
        ],
        ...more,
      },
      [api({ probes: [httpProbe, websocketProbe] })],
    );
  const codes = (observations: Observations) => find(observations).map((f) => f.code);

  it('that alone refuses is that, and no more', () => {
    expect(
      codes(both([followUp({ what: 'algorithm', algorithm: 'HS512' }, 'HS512', { probe: 'websocket' })])),
    ).toEqual(['websocket-only-rejection']);
  });

  it('that takes another algorithm is that', () => {
    expect(
      codes(
        both([
          followUp({ what: 'algorithm', algorithm: 'HS512' }, 'HS512', { probe: 'websocket', ...taken }),
        ]),
      ),
    ).toEqual(['algorithm-mismatch']);
  });

  it('that takes another key is that', () => {
    const found = both([byKey(fallback, { probe: 'websocket' })], { candidates: [fallback] });
    expect(find(found)).toMatchObject([
      { code: 'fingerprint-not-in-use', evidence: { probe: 'websocket', accepts: ['knownFallbacks[0]'] } },
    ]);
  });
});

describe('only some tokens', () => {
  it('by type', () => {
    const [finding] = find(
      world([], {
        attempts: [tried('api'), tried('api', { ...refused, tokenType: 'refresh' }), tried('api', forged)],
      }),
    );
    expect(finding).toMatchObject({
      code: 'rejects-valid-token',
      evidence: { refusedTypes: ['refresh'], acceptedTypes: ['access'] },
    });
    expect(finding?.message).toContain('Only those of type refresh: access is accepted.');
  });

  it('by signer', () => {
    const [finding] = find(
      world(
        [],
        {
          attempts: [tried('api'), tried('api', { ...refused, minter: 'auth' }), tried('api', forged)],
        },
        [api(), seen('auth', R)],
      ),
    );
    expect(finding?.message).toContain('Those signed by sm are accepted.');
  });
});

it('a fingerprint that differs is its own cause, whatever was tried', () => {
  const observations = world([followUp({ what: 'algorithm', algorithm: 'HS512' }, 'HS512', taken)], {}, [
    api({ reading: reading(S) }),
  ]);
  expect(find(observations).map((f) => f.code)).toEqual(['fingerprint-mismatch']);
});
