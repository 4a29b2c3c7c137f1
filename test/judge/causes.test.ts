import { describe, expect, it } from 'vitest';
import { judge } from '../../src/judge/judge.js';
import { rules } from '../../src/judge/rules/index.js';
import type { Finding, Observations } from '../../src/model.js';
import { observed, R, reading, S, secretManager, seen, T } from '../support/observations.js';

const find = (observations: Observations): readonly Finding[] =>
  judge(observations, { failOn: 'critical' }).findings;
const codes = (observations: Observations): string[] => find(observations).map((f) => f.code);

const newline = (fingerprint: string, undone = false) => [
  {
    code: 'trailing-newline',
    undone,
    text: undone ? 'without its last "\\n"' : 'with "\\n" appended',
    fingerprint,
  },
];

describe('trailing-newline', () => {
  const withForms = (forms: ReturnType<typeof newline>) =>
    secretManager({ reading: reading(R, { version: '7', forms }) });

  it('is the service that has it', () => {
    const [finding] = find(observed([withForms(newline(S)), seen('api', S)]));
    expect(finding).toMatchObject({
      code: 'trailing-newline',
      evidence: { newlineIn: 'api', fingerprint: S },
    });
  });

  it('is the reference that has it', () => {
    const [finding] = find(observed([withForms(newline(S, true)), seen('api', S)]));
    expect(finding).toMatchObject({ code: 'trailing-newline', evidence: { newlineIn: 'sm' } });
    expect(finding?.remedy).toContain(
      'gcloud secrets versions add jwt-secret-staging --project=netra-staging',
    );
  });

  it('is proved by the side that holds its secret, where the reference only shows a fingerprint', () => {
    const pinned = seen('sm', R, { source: 'pinned', role: 'reference' });
    const holder = seen('tests', S, { source: 'env', reading: reading(S, { forms: newline(R, true) }) });
    expect(find(observed([pinned, holder]))[0]).toMatchObject({ evidence: { newlineIn: 'tests' } });
  });

  it('is not claimed of another difference', () => {
    expect(codes(observed([withForms(newline(T)), seen('api', S)]))).toEqual(['fingerprint-mismatch']);
  });
});

describe('stale-secret-version', () => {
  const versions = [
    { version: '6', createdAt: '2026-01-01T00:00:00Z', fingerprint: S },
    { version: '8', createdAt: '2026-02-01T00:00:00Z', fingerprint: T },
  ];
  const reference = secretManager({ reading: reading(R, { version: '7', versions }) });

  it('names the version', () => {
    expect(find(observed([reference, seen('api', S)]))[0]).toMatchObject({
      code: 'stale-secret-version',
      evidence: { version: '6', current: '7', createdAt: '2026-01-01T00:00:00Z' },
    });
  });

  it('is not claimed of a newer version', () => {
    expect(codes(observed([reference, seen('api', T)]))).toEqual(['fingerprint-mismatch']);
  });
});

describe('hardcoded-fallback', () => {
  const known = [{ kind: 'fallback', label: 'knownFallbacks[0]', fingerprint: S }] as const;

  it('is known by its fingerprint', () => {
    expect(find(observed([secretManager(), seen('api', S)], { known }))[0]).toMatchObject({
      code: 'hardcoded-fallback',
      participants: ['api'],
      evidence: { fallback: 'knownFallbacks[0]' },
    });
  });

  it('is known by where the value came from, and says which variables are not set', () => {
    const tests = seen('tests', S, {
      source: 'env',
      target: 'JWT_SECRET_STAGING, JWT_SECRET',
      reading: reading(S, { provenance: 'fallback' }),
    });
    const [finding] = find(observed([secretManager(), tests]));
    expect(finding?.message).toContain('JWT_SECRET_STAGING, JWT_SECRET: not set');
    expect(finding?.remedy).toContain(
      'export JWT_SECRET_STAGING="$(gcloud secrets versions access 7 --secret=jwt-secret-staging --project=netra-staging)"',
    );
  });

  it('is no finding where the fallback is the right secret', () => {
    const tests = seen('tests', R, { source: 'env', reading: reading(R, { provenance: 'fallback' }) });
    expect(codes(observed([secretManager(), tests]))).toEqual([]);
  });

  it('is told even where nobody is known to be right', () => {
    const tests = seen('tests', S, { source: 'env', reading: reading(S, { provenance: 'fallback' }) });
    expect(codes(observed([seen('api', R), tests]))).toEqual(['hardcoded-fallback']);
  });
});

describe('published-default', () => {
  const known = [
    { kind: 'published', label: 'jwt.io', fingerprint: S },
    { kind: 'published', label: 'tutorials', fingerprint: S },
  ] as const;

  it('is the cause of a difference, and critical', () => {
    expect(find(observed([secretManager(), seen('api', S)], { known }))).toMatchObject([
      {
        code: 'published-default',
        severity: 'critical',
        participants: ['api'],
        evidence: { seenIn: ['jwt.io', 'tutorials'] },
      },
    ]);
  });

  it('gives way to a fallback, which says more', () => {
    const both = [...known, { kind: 'fallback', label: 'knownFallbacks[0]', fingerprint: S }] as const;
    expect(codes(observed([secretManager(), seen('api', S)], { known: both }))).toEqual([
      'hardcoded-fallback',
    ]);
  });
});

describe('severity', () => {
  it('is critical on an issuer', () => {
    expect(find(observed([secretManager(), seen('api', S, { role: 'issuer' })]))[0]?.severity).toBe(
      'critical',
    );
    expect(find(observed([secretManager(), seen('api', S)]))[0]?.severity).toBe('error');
  });
});

describe('the rules', () => {
  it('have kebab-case codes, each once', () => {
    const all = rules.map((r) => r.code);
    expect(new Set(all).size).toBe(all.length);
    for (const code of all) expect(code).toMatch(/^[a-z]+(-[a-z]+)+$/);
  });

  it('say everything that explain needs', () => {
    for (const { title, explanation, example, remedy } of rules) {
      for (const text of [title, explanation, example, remedy]) expect(text.length).toBeGreaterThan(10);
    }
  });
});
