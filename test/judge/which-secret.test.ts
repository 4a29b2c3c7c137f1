import { describe, expect, it } from 'vitest';
import { judge } from '../../src/judge/judge.js';
import type { CandidateFingerprint, Finding, Observation, Observations } from '../../src/model.js';
import { form, observed, R, reading, S, secretManager, seen, T, tried } from '../support/observations.js';

const report = (observations: Observations) => judge(observations, { failOn: 'critical' });
const find = (observations: Observations): readonly Finding[] => report(observations).findings;
const codes = (observations: Observations): string[] => find(observations).map((f) => f.code);

/** One service that differs, and what its secret could be. */
const world = (candidates: CandidateFingerprint[], more: Partial<Observations> = {}) =>
  observed([secretManager(), seen('api', S)], { candidates, ...more });
const holder = (name: string, fingerprint: string, more: Partial<Observation> = {}) =>
  seen(name, fingerprint, {
    source: 'env',
    target: 'JWT_SECRET_STAGING, JWT_SECRET',
    reading: reading(fingerprint, { provenance: 'JWT_SECRET_STAGING', keyBytes: 48 }),
    ...more,
  });

const stale = (fingerprint: string, more: Partial<CandidateFingerprint> = {}) =>
  form('stale-secret-version', fingerprint, {
    of: 'sm',
    text: 'version 6',
    facts: {
      version: '6',
      createdAt: '2026-01-01T00:00:00.000Z',
      current: '7',
      staleSince: '2026-01-24T09:30:00.000Z',
    },
    ...more,
  });
const ahead = (fingerprint: string, more: Partial<CandidateFingerprint> = {}) =>
  form('ahead-of-reference', fingerprint, {
    of: 'sm',
    text: 'version 8',
    facts: { version: '8', createdAt: '2026-01-30T00:00:00.000Z', current: '7' },
    ...more,
  });
const sibling = (fingerprint: string, facts: CandidateFingerprint['facts']) =>
  form('sibling-secret', fingerprint, {
    text: `${facts.name} of ${facts.participant}`,
    facts: { inChain: false, taken: null, ...facts },
  });
const production = (fingerprint: string) =>
  form('wrong-environment', fingerprint, {
    text: 'the secret of production',
    facts: { environment: 'production', reference: 'prod_sm' },
  });

describe('stale-secret-version', () => {
  it('says which version, and since when it is out of date', () => {
    const [finding, ...more] = find(world([stale(S)]));
    expect(more).toEqual([]);
    expect(finding).toMatchObject({
      code: 'stale-secret-version',
      participants: ['api'],
      evidence: { version: '6', current: '7', staleSince: '2026-01-24T09:30:00.000Z' },
    });
    expect(finding?.message).toBe(
      'api still holds version 6, out of date since 2026-01-24 09:30 UTC; sm is at version 7.',
    );
    expect(finding?.remedy).toContain('--update-secrets=JWT_SECRET=jwt-secret-staging:7');
  });

  it('is reported once for all that hold the same version', () => {
    const three = ['a', 'b', 'c'].map((name) => seen(name, S));
    const [finding, ...more] = find(observed([secretManager(), ...three], { candidates: [stale(S)] }));
    expect(more).toEqual([]);
    expect(finding?.message).toMatch(/^a, b and c still hold version 6/);
  });

  it('does not say since when where that is not known', () => {
    const facts = { version: '6', createdAt: null, current: '7', staleSince: null };
    expect(find(world([stale(S, { facts })]))[0]?.message).toBe(
      'api still holds version 6; sm is at version 7.',
    );
  });

  it('is proved by a participant that knows the versions, where the reference only shows a fingerprint', () => {
    const pinned = seen('sm', R, { source: 'pinned', role: 'reference', target: null });
    const own = secretManager({ name: 'api', role: 'verifier', reading: reading(S, { version: '6' }) });
    const facts = { version: '6', createdAt: null, current: '7', staleSince: null };
    const candidates = [stale(R, { of: 'api', undone: true, text: 'version 7', facts })];
    expect(find(observed([pinned, own], { candidates }))[0]).toMatchObject({
      code: 'stale-secret-version',
      participants: ['api'],
      message: 'api still holds version 6; sm is at version 7.',
    });
  });

  it.each([
    ['an unrelated secret', [stale(T)]],
    ['a secret that was rotated back: its older version is the current one', [stale(R)]],
  ])('is not %s', (_, candidates) => {
    expect(codes(world(candidates))).toEqual(['fingerprint-mismatch']);
  });
});

describe('ahead-of-reference', () => {
  it('names both versions', () => {
    const [finding, ...more] = find(world([stale(T), ahead(S)]));
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ code: 'ahead-of-reference', evidence: { version: '8', current: '7' } });
    expect(finding?.message).toBe(
      'api already holds version 8 (made 2026-01-30 00:00 UTC); sm is at version 7.',
    );
  });

  it('is not an unrelated secret', () => {
    expect(codes(world([ahead(T)]))).toEqual(['fingerprint-mismatch']);
  });
});

describe('wrong-environment', () => {
  it('names the environment', () => {
    const [finding, ...more] = find(world([production(S)]));
    expect(more).toEqual([]);
    expect(finding).toMatchObject({
      code: 'wrong-environment',
      evidence: { environment: 'production', reference: 'prod_sm' },
      message: 'api holds the secret of production, not that of staging.',
    });
    expect(finding?.remedy).toContain('Give api the secret of sm');
  });

  it('is known of a reference that only shows a fingerprint', () => {
    const crossChecks = [
      { environment: 'production', reference: 'prod', fingerprints: [`${S}00`], error: null },
    ];
    expect(find(world([], { crossChecks }))[0]).toMatchObject({
      code: 'wrong-environment',
      evidence: { environment: 'production', reference: 'prod' },
    });
  });

  it('is not an unrelated secret, nor that of an environment that shares this one', () => {
    expect(codes(world([production(T)]))).toEqual(['fingerprint-mismatch']);
    expect(codes(world([production(R)]))).toEqual(['fingerprint-mismatch']);
  });
});

describe('sibling-secret', () => {
  it('is what another participant reads', () => {
    const candidates = [sibling(S, { participant: 'refresh', name: 'projects/p/secrets/refresh' })];
    const refresh = secretManager({ name: 'refresh', role: 'other', reading: reading(S, { keyBytes: 48 }) });
    const findings = find(observed([secretManager(), seen('api', S), refresh], { candidates }));
    expect(findings.map((f) => [f.code, f.participants])).toEqual([
      ['sibling-secret', ['api']],
      ['fingerprint-mismatch', ['refresh']],
    ]);
    expect(findings[0]).toMatchObject({
      evidence: { secret: 'projects/p/secrets/refresh', namedBy: 'refresh' },
      message:
        'api holds another secret, that of projects/p/secrets/refresh (as refresh reads it), not that of sm.',
    });
  });

  it("is another variable of somebody's chain", () => {
    const candidates = [sibling(S, { participant: 'tests', name: 'JWT_SECRET', inChain: true })];
    const findings = find(observed([secretManager(), seen('api', S), holder('tests', R)], { candidates }));
    expect(findings).toMatchObject([{ code: 'sibling-secret', evidence: { secret: 'JWT_SECRET' } }]);
  });

  it('is a variable that wins over the one that is right', () => {
    const facts = { participant: 'tests', name: 'JWT_SECRET', inChain: true, taken: 'JWT_SECRET_STAGING' };
    const findings = find(
      observed([secretManager(), holder('tests', S)], { candidates: [sibling(R, facts)] }),
    );
    expect(findings).toMatchObject([
      { code: 'sibling-secret', evidence: { taken: 'JWT_SECRET_STAGING', right: 'JWT_SECRET' } },
    ]);
    expect(findings[0]?.message).toBe(
      'tests uses JWT_SECRET_STAGING, which is set to another secret; JWT_SECRET, later in its list, holds that of sm.',
    );
    expect(findings[0]?.remedy).toContain('Remove JWT_SECRET_STAGING from the environment of tests');
  });

  it.each<[string, Observation[], CandidateFingerprint]>([
    ['an unrelated secret', [seen('api', S)], sibling(T, { participant: 'tests', name: 'X', inChain: true })],
    [
      'a sibling that is the secret of the reference',
      [seen('api', S), holder('tests', R)],
      sibling(R, { participant: 'tests', name: 'X', inChain: true }),
    ],
    [
      'the wrong secret that two read for themselves',
      [holder('api', S), holder('tests', S)],
      sibling(S, { participant: 'tests', name: 'JWT_SECRET_STAGING' }),
    ],
    ['its own secret', [seen('api', S)], sibling(S, { participant: 'api', name: 'X' })],
  ])('is not %s', (_, participants, one) => {
    const found = codes(observed([secretManager(), ...participants], { candidates: [one] }));
    expect(new Set(found)).toEqual(new Set(['fingerprint-mismatch']));
  });

  it('is not claimed where no participant is known to be right', () => {
    const candidates = [sibling(S, { participant: 'tests', name: 'X', inChain: true })];
    expect(codes(observed([seen('a', S), seen('b', R)], { candidates }))).toEqual(['fingerprint-mismatch']);
  });

  it('gives way to what is more specific', () => {
    const one = sibling(S, { participant: 'tests', name: 'X', inChain: true });
    for (const other of [
      stale(S),
      form('hardcoded-fallback', S),
      form('trailing-newline', S, { of: 'sm', text: 'with "\\n" appended' }),
    ])
      expect(codes(world([one, other]))).toEqual([other.code]);
  });
});

describe('secret-name-as-value', () => {
  const name = (fingerprint: string) =>
    form('secret-name-as-value', fingerprint, { text: 'the name of the secret of sm' });

  it('is a service that holds the name', () => {
    expect(find(world([name(S)]))).toMatchObject([
      {
        code: 'secret-name-as-value',
        participants: ['api'],
        message: 'api holds the name of the secret of sm where the secret should be.',
      },
    ]);
  });

  it('is the reference itself', () => {
    const findings = find(world([name(R)]));
    expect(findings).toMatchObject([{ code: 'secret-name-as-value', evidence: { blames: 'reference' } }]);
    expect(findings[0]?.message).toContain('sm itself holds the name of the secret of sm');
    expect(findings[0]?.remedy).toContain('gcloud secrets versions add jwt-secret-staging');
  });

  it('is not an unrelated secret', () => {
    expect(codes(world([name(T)]))).toEqual(['fingerprint-mismatch']);
  });
});

describe('published-default', () => {
  const published = (fingerprint: string, text = 'wallarm/jwt-secrets, a public list') =>
    form('published-default', fingerprint, { text });

  it('says that it is from the public list', () => {
    const [finding] = find(world([published(S)]));
    expect(finding?.message).toContain('published by: wallarm/jwt-secrets, a public list');
    expect(finding?.remedy).toContain('Give api the secret of sm');
  });

  it('is an alarm where all agree, and asks for a new secret', () => {
    const { verdict, exitCode, findings } = report(
      observed([secretManager(), seen('api', R)], { candidates: [published(R)] }),
    );
    expect([verdict, exitCode]).toEqual(['consistent', 1]);
    expect(findings).toMatchObject([{ code: 'published-default', participants: ['sm', 'api'] }]);
    expect(findings[0]?.remedy).toContain('openssl rand -base64 48');
  });

  it('is not an unrelated secret', () => {
    expect(codes(world([published(T)]))).toEqual(['fingerprint-mismatch']);
  });
});

describe('hardcoded-fallback', () => {
  it('is not claimed where the fallback is the right secret', () => {
    const candidates = [form('hardcoded-fallback', R, { text: 'knownFallbacks[0]' })];
    expect(codes(world(candidates))).toEqual(['fingerprint-mismatch']);
  });

  it('is reported once for several, and never shows the literal', () => {
    const candidates = [form('hardcoded-fallback', S, { text: 'knownFallbacks[0]' })];
    const findings = find(observed([secretManager(), seen('a', S), seen('b', S)], { candidates }));
    expect(findings).toMatchObject([{ participants: ['a', 'b'] }]);
    expect(findings[0]?.message).toBe('a and b use a hard-coded fallback (knownFallbacks[0]).');
  });
});

describe('replicas-disagree', () => {
  const replicas = (...fingerprints: string[]) =>
    seen('api', fingerprints[0] ?? R, {
      reading: reading(fingerprints[0] ?? R, {
        instances: fingerprints.map((fingerprint, i) => ({ instance: `pod-${i}`, fingerprint, samples: 1 })),
      }),
    });

  it('says what each of the secrets is, where that is known', () => {
    const [finding, ...more] = find(
      observed([secretManager(), replicas(R, R, S)], { candidates: [stale(S)] }),
    );
    expect(more).toEqual([]);
    expect(finding?.message).toBe(
      `Replicas of api hold different secrets: 2 × ${R} (that of sm) and 1 × ${S} (sm version 6).`,
    );
  });

  it('says so where every process makes up a key of its own', () => {
    const [finding] = find(observed([secretManager(), replicas(S, T, 'abcdef01')]));
    expect(finding).toMatchObject({ code: 'replicas-disagree', evidence: { eachItsOwn: true } });
    expect(finding?.message).toContain('every process seems to generate its own key');
  });

  it.each([
    ['one of them is right', replicas(R, S)],
    ['two of them agree', replicas(S, S, T)],
  ])('does not say so where %s', (_, api) => {
    const [finding] = find(observed([secretManager(), api]));
    expect(finding?.code).toBe('replicas-disagree');
    expect(finding?.evidence).not.toHaveProperty('eachItsOwn');
  });
});

describe('shared-across-environments', () => {
  const cross = (fingerprint: string) => ({
    environment: 'production',
    reference: 'prod_sm',
    fingerprints: [fingerprint],
    error: null,
  });
  const agreed = [secretManager(), seen('api', R)];

  it('is critical where all agree', () => {
    const { verdict, exitCode, findings } = report(observed(agreed, { crossChecks: [cross(R)] }));
    expect([verdict, exitCode]).toEqual(['consistent', 1]);
    expect(findings).toMatchObject([
      {
        code: 'shared-across-environments',
        severity: 'critical',
        participants: ['sm'],
        evidence: { environment: 'production', reference: 'prod_sm' },
      },
    ]);
  });

  it('is not another secret', () => {
    expect(report(observed(agreed, { crossChecks: [cross(S)] }))).toMatchObject({
      verdict: 'consistent',
      exitCode: 0,
      findings: [],
    });
  });

  it('is known without a reference, where all agree', () => {
    const participants = [seen('a', R), seen('b', R)];
    expect(codes(observed(participants, { crossChecks: [cross(R)] }))).toEqual([
      'shared-across-environments',
    ]);
  });

  it('is not taken for settled where the other reference could not be read', () => {
    const error = { code: 'permission-denied', message: 'permission denied' } as const;
    const unread = { ...cross(R), fingerprints: [], error };
    const { verdict, exitCode, findings } = report(observed(agreed, { crossChecks: [unread] }));
    expect([verdict, exitCode]).toEqual(['inconclusive', 3]);
    expect(findings).toMatchObject([
      { code: 'reference-unavailable', participants: [], evidence: { environment: 'production' } },
    ]);
    expect(findings[0]?.message).toContain('it is unknown whether staging shares its secret');
  });
});

describe('equivalent-secret', () => {
  const padded = form('equivalent-secret', S, { of: 'sm', text: 'with 16 NUL bytes at the end' });

  it('is no difference, and a warning', () => {
    const result = report(world([padded]));
    expect([result.verdict, result.exitCode]).toEqual(['consistent', 0]);
    expect(result.participants.map((p) => p.agrees)).toEqual([true, true]);
    expect(result.findings).toMatchObject([
      {
        code: 'equivalent-secret',
        severity: 'warning',
        participants: ['api'],
        evidence: { form: 'sm with 16 NUL bytes at the end' },
      },
    ]);
  });

  it('is proved by the side that holds its secret', () => {
    const candidates = [
      form('equivalent-secret', R, { of: 'tests', text: 'without 16 NUL bytes at the end' }),
    ];
    expect(codes(observed([secretManager(), holder('tests', S)], { candidates }))).toEqual([
      'equivalent-secret',
    ]);
  });

  it('lets a refused token be judged by itself', () => {
    const attempts = [tried('api', { result: 'rejected', status: 401 })];
    const result = report(world([padded], { attempts }));
    expect(result.verdict).toBe('inconsistent');
    expect(result.findings.map((f) => f.code)).toContain('rejects-valid-token');
    expect(result.findings.map((f) => f.code)).not.toContain('fingerprint-mismatch');
  });

  it('holds between equals, too', () => {
    const candidates = [form('equivalent-secret', S, { of: 'a', text: 'with 1 NUL byte at the end' })];
    expect(report(observed([seen('a', R), seen('b', S)], { candidates }))).toMatchObject({
      verdict: 'consistent',
      findings: [{ code: 'equivalent-secret' }],
    });
  });

  it('names no form of the key that no participant reports', () => {
    const candidates = [
      form('fingerprint-misreported', R, { of: 'a', text: 'SHA-1' }),
      form('equivalent-secret', T, { of: 'a', text: 'with 1 NUL byte at the end' }),
    ];
    const findings = find(observed([seen('a', S), seen('b', R)], { candidates }));
    const equivalent = findings.filter(({ code }) => code === 'equivalent-secret');
    expect(equivalent.map(({ evidence }) => evidence.form)).toEqual([null]);
  });

  it('is not an unrelated secret, nor does it excuse another participant', () => {
    const { code, text } = padded;
    expect(codes(world([form(code, T, { of: 'sm', text })]))).toEqual(['fingerprint-mismatch']);
    const other = observed([secretManager(), seen('api', S), seen('web', T)], { candidates: [padded] });
    expect(find(other).map((f) => [f.code, f.participants])).toEqual([
      ['fingerprint-mismatch', ['web']],
      ['equivalent-secret', ['api']],
    ]);
  });
});

describe('rotation-overlap', () => {
  const both = (name: string, signs: string) =>
    seen(name, signs, { reading: reading(signs, { accepts: [S, R] }), probes: [] });

  it('tells who still lacks the new key and who may drop the old one, once', () => {
    const participants = [secretManager(), both('a', S), both('b', S), both('c', R), seen('d', T)];
    const attempts = ['a', 'b', 'c'].map((name) => tried(name));
    const findings = find(observed(participants, { attempts }));
    expect(findings.map((f) => [f.code, f.participants])).toEqual([
      ['fingerprint-mismatch', ['d']],
      ['rotation-overlap', ['a', 'b']],
    ]);
    expect(findings[1]).toMatchObject({
      message: 'a and b still sign with the old key, and accept that of sm too. d still lacks the new key.',
      evidence: { lacksNewKey: ['d'], acceptsOldKey: ['a', 'b', 'c'] },
    });
    expect(findings[1]?.remedy).toBe(
      'Have d accept version 7 first. Have a and b sign with version 7; once no participant signs with the old one and its tokens have expired, remove it from a, b and c.',
    );
  });

  it('says so where no participant lacks the new key', () => {
    const result = report(observed([secretManager(), both('a', S)], { attempts: [tried('a')] }));
    expect(result.verdict).toBe('consistent');
    expect(result.findings[0]?.message).toContain('No participant lacks the new key.');
  });
});
