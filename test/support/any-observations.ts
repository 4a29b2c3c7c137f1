import fc from 'fast-check';
import {
  type Attempt,
  algorithms,
  type CandidateFingerprint,
  controls,
  type FollowUpResult,
  type MintedToken,
  type Observation,
  type Observations,
  type Reading,
  roles,
} from '../../src/model.js';
import { readingOfTokens } from '../../src/observe/readings.js';

/** Few fingerprints, so that participants often agree. */
const fingerprints = ['200718bd', '9f86d081', '5f3a9c01', '200718bd11aa22cc', 'e3b0c442'] as const;
const fingerprint = fc.constantFrom(...fingerprints);
const names = ['store', 'auth', 'backend', 'ci', 'billing', 'socket', '__proto__', 'a b'] as const;
const probeNames = ['http', 'websocket'] as const;
const words = fc.constantFrom(
  'invalid signature',
  'jwt expired',
  'unauthorized',
  'Invalid issuer',
  'try again',
  'ok',
);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 3 });
const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null, freq: 3 });
/** Without the members that are undefined: JSON has none. */
const clean = <T>(value: T): T => JSON.parse(JSON.stringify(value));

const error = fc.record({
  code: fc.constantFrom('timeout', 'connection', 'http-status', 'invalid-response'),
  message: words,
} as const);

const reading: fc.Arbitrary<Reading> = fc
  .record({
    fingerprint,
    others: fc.array(fingerprint, { maxLength: 1 }),
    accepts: fc.array(fingerprint, { maxLength: 2 }),
    isHeld: fc.boolean(),
    version: orNull(fc.constantFrom('6', '7')),
    proof: maybe(fc.constantFrom('verified', 'failed', 'absent')),
  } as const)
  .map(({ fingerprint: shown, others, accepts, isHeld, version, proof }) => {
    const instances = (isHeld ? [shown] : [shown, ...others]).map((one, at) => ({
      instance: isHeld ? null : `pod-${at}`,
      fingerprint: one,
      samples: 1,
    }));
    return {
      fingerprint: shown,
      accepts: [shown, ...(isHeld ? [] : accepts)],
      version,
      provenance: null,
      instances,
      keyBytes: isHeld ? 48 : null,
      ...(isHeld || proof === undefined
        ? {}
        : { proofs: [{ instance: null, fingerprint: shown, outcome: proof, inNameOf: null }] }),
    };
  });

const said = fc.record({
  words: fc.array(words, { maxLength: 2 }),
  form: fc.constantFrom('json', 'text', 'none'),
  members: fc.dictionary(fc.constantFrom('/error', '/active', '/code'), fc.oneof(words, fc.boolean()), {
    maxKeys: 2,
    noNullPrototype: true,
  }),
  layer: orNull(fc.constantFrom('nginx', 'app')),
  location: fc.constant(null),
} as const);

const answer = {
  probe: fc.constantFrom(...probeNames),
  result: fc.constantFrom('accepted', 'rejected', 'inconclusive'),
  status: orNull(fc.constantFrom(200, 401, 403, 429, 500)),
  closeCode: orNull(fc.constantFrom(1008, 4401)),
  detail: words,
  said: maybe(said),
  sequence: maybe(fc.nat(60)),
} as const;

const minted = (participant: string) =>
  fc.record({
    participant: fc.constant(participant),
    signer: orNull(fingerprint),
    algorithm: fc.constantFrom(...algorithms),
    issuedAt: orNull(fc.constantFrom(1_769_860_000, 1_769_860_800)),
    notBefore: fc.constant(null),
    expiresAt: orNull(fc.constantFrom(1_769_860_700, 1_769_864_400)),
    receivedAt: fc.constant(1_769_860_800),
    isFresh: orNull(fc.boolean()),
    issuer: fc.constantFrom('same', 'different', 'absent', 'unset'),
    audience: fc.constantFrom('same', 'different', 'unset'),
  } as const) satisfies fc.Arbitrary<MintedToken>;

const candidate = (all: readonly string[]): fc.Arbitrary<CandidateFingerprint> =>
  fc.record({
    code: fc.constantFrom(
      'trailing-newline',
      'quotes-kept',
      'sibling-secret',
      'stale-secret-version',
      'published-default',
      'hardcoded-fallback',
      'equivalent-secret',
      'fingerprint-misreported',
      'non-value',
    ),
    of: orNull(fc.constantFrom(...all)),
    undone: fc.boolean(),
    text: fc.constantFrom('with "\\n" appended', 'version 6', 'SHA-1'),
    fingerprint,
    facts: fc.record(
      {
        version: fc.constant('6'),
        steps: fc.constant(['trailing-newline'] as const),
        participant: fc.constantFrom(...all),
        name: fc.constant('JWT_SECRET'),
        inChain: fc.boolean(),
      },
      { requiredKeys: [] },
    ),
  } as const);

function participantNamed(name: string, isReference: boolean): fc.Arbitrary<Observation> {
  return fc
    .record({
      role: fc.constantFrom(...roles),
      reading: orNull(reading),
      isBroken: fc.boolean(),
      error,
      required: fc.boolean(),
      mrr: fc.nat(1000),
      source: fc.constantFrom('http', 'mint', 'none'),
      probes: fc.subarray([...probeNames]),
      latencyMs: fc.nat(99),
    } as const)
    .map((given): Observation => {
      const held = given.reading?.keyBytes != null;
      const source = held ? 'env' : given.source === 'none' ? null : given.source;
      const shown = source === 'http' || held ? given.reading : null;
      const failed = source !== null && (shown === null || (given.isBroken && !held)) && source !== 'mint';
      return {
        name,
        role: isReference ? 'reference' : given.role,
        source,
        target: held ? 'JWT_SECRET' : `https://${encodeURIComponent(name)}.example`,
        required: given.required,
        impact: given.mrr === 0 ? null : { mrr: given.mrr, note: null },
        probes: given.probes.map((probe) => ({ name: probe, kind: probe, target: 'https://x.example' })),
        reading: shown,
        error: failed ? given.error : null,
        latencyMs: given.latencyMs,
      };
    });
}

/** Any observations of a small environment, in the order in which a check writes them. */
export const anyObservations: fc.Arbitrary<Observations> = fc
  .record({ all: fc.subarray([...names], { minLength: 2 }), hasReference: fc.boolean() })
  .chain(({ all, hasReference }) => {
    const reference = hasReference ? (all[0] ?? null) : null;
    const one = fc.constantFrom(...all);
    const attempt = one.chain((participant) =>
      fc.record({
        ...answer,
        participant: fc.constant(participant),
        minter: orNull(one),
        token: fc.constantFrom('genuine', 'genuine', ...controls),
        tokenType: orNull(fc.constantFrom('access', 'refresh')),
        latencyMs: fc.nat(99),
        reason: orNull(fc.constantFrom('timeout', 'misconfigured')),
        clockOffsetMs: maybe(fc.integer({ min: -900_000, max: 900_000 })),
        isFirst: maybe(fc.constant(true)),
        minted: maybe(one.chain(minted)),
      } as const),
    );
    const followUp = one.chain((participant) =>
      fc.record({
        ...answer,
        participant: fc.constant(participant),
        changed: fc.constantFrom(
          { what: 'nothing', token: 'forged' },
          { what: 'nothing', token: 'genuine', tokenType: 'access' },
          { what: 'key' },
          { what: 'claim', claim: 'iss', absent: true },
          { what: 'algorithm', algorithm: 'HS512' },
          { what: 'issued-at', seconds: -600, measured: false },
        ),
        text: words,
        form: orNull(candidate(all)),
        signatureVerified: fc.boolean(),
      } as const),
    );
    return fc.record({
      reference: fc.constant(reference),
      participants: fc.tuple(...all.map((name) => participantNamed(name, name === reference))),
      attempts: fc.array(attempt, { maxLength: 24 }),
      followUps: fc.array(followUp, { maxLength: 8 }),
      tokens: fc.array(one.chain(minted), { maxLength: 5 }),
      candidates: fc.array(candidate(all), { maxLength: 8 }),
      crossCheck: maybe(fc.record({ fingerprint, error: orNull(error) })),
    });
  })
  .map(({ reference, participants, attempts, followUps, tokens, candidates, crossCheck }) => {
    const byName = new Map(participants.map((p) => [p.name, p]));
    const order = participants.map(({ name }) => name);
    const inOrder = <T extends { readonly participant: string; readonly probe: string }>(
      all: readonly T[],
    ): T[] =>
      order.flatMap((name) =>
        all.filter(
          (a) => a.participant === name && byName.get(name)?.probes.some((probe) => probe.name === a.probe),
        ),
      );
    const mintedTokens = tokens.filter(({ participant }) => byName.get(participant)?.source === 'mint');
    return clean({
      environment: 'staging',
      startedAt: '2026-01-31T12:00:00.000Z',
      durationMs: 412,
      reference,
      algorithm: 'HS256' as const,
      currency: 'USD',
      participants: participants.map((p) =>
        p.source === 'mint'
          ? { ...p, reading: readingOfTokens(mintedTokens.filter((t) => t.participant === p.name)) }
          : p,
      ),
      attempts: inOrder(attempts).map(
        (a): Attempt => ({
          ...a,
          expected: a.token === 'genuine' ? 'accepted' : 'rejected',
        }),
      ),
      mintedTokens,
      candidates,
      followUps: inOrder(followUps) satisfies FollowUpResult[],
      crossChecks:
        crossCheck === undefined
          ? []
          : [
              {
                environment: 'production',
                reference: 'store',
                fingerprints: crossCheck.error === null ? [crossCheck.fingerprint] : [],
                error: crossCheck.error,
              },
            ],
    });
  })
  .map(({ startedAt, ...rest }): Observations => ({ ...rest, startedAt: new Date(startedAt) }));
