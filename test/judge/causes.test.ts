import { describe, expect, it } from 'vitest';
import { judge } from '../../src/judge/judge.js';
import { rules } from '../../src/judge/rules/index.js';
import type { Finding, Observations } from '../../src/model.js';
import { form, observed, R, reading, S, secretManager, seen, T } from '../support/observations.js';

const find = (observations: Observations): readonly Finding[] =>
  judge(observations, { failOn: 'critical' }).findings;
const codes = (observations: Observations): string[] => find(observations).map((f) => f.code);

describe('stale-secret-version', () => {
  const facts = { version: '6', createdAt: '2026-01-01T00:00:00Z', current: '7' };
  const candidates = [
    form('stale-secret-version', S, { of: 'sm', facts }),
    form('ahead-of-reference', T, { of: 'sm', facts: { version: '8' } }),
  ];

  it('names the version', () => {
    const [finding] = find(observed([secretManager(), seen('api', S)], { candidates }));
    expect(finding).toMatchObject({ code: 'stale-secret-version', evidence: facts });
  });

  it('is not claimed of a newer version', () => {
    expect(codes(observed([secretManager(), seen('api', T)], { candidates }))).not.toContain(
      'stale-secret-version',
    );
  });
});

describe('hardcoded-fallback', () => {
  const candidates = [form('hardcoded-fallback', S, { text: 'knownFallbacks[0]' })];

  it('is known by its fingerprint', () => {
    expect(find(observed([secretManager(), seen('api', S)], { candidates }))[0]).toMatchObject({
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
    expect(finding?.message).toContain('none of these variables is set: JWT_SECRET_STAGING, JWT_SECRET');
    expect(finding?.remedy).toContain(
      'export JWT_SECRET_STAGING="$(gcloud secrets versions access 7 --secret=jwt-secret-staging --project=netra-staging)"',
    );
  });

  it('is no finding where the fallback is the right secret', () => {
    const tests = seen('tests', R, { source: 'env', reading: reading(R, { provenance: 'fallback' }) });
    expect(codes(observed([secretManager(), tests]))).toEqual([]);
  });

  it('is reported even where no participant is known to be right', () => {
    const tests = seen('tests', S, { source: 'env', reading: reading(S, { provenance: 'fallback' }) });
    expect(codes(observed([seen('api', R), tests]))).toEqual(['hardcoded-fallback']);
  });
});

describe('published-default', () => {
  const candidates = [
    form('published-default', S, { text: 'jwt.io' }),
    form('published-default', S, { text: 'tutorials' }),
  ];

  it('is the cause of a difference, and critical', () => {
    expect(find(observed([secretManager(), seen('api', S)], { candidates }))).toMatchObject([
      {
        code: 'published-default',
        severity: 'critical',
        participants: ['api'],
        evidence: { seenIn: ['jwt.io', 'tutorials'] },
      },
    ]);
  });

  it('gives way to a fallback, which says more', () => {
    const both = [...candidates, form('hardcoded-fallback', S)];
    expect(codes(observed([secretManager(), seen('api', S)], { candidates: both }))).toEqual([
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
    for (const code of all) expect(code).toMatch(/^[a-z0-9]+(-[a-z0-9]+)+$/);
  });

  it('say everything that explain needs', () => {
    for (const { title, explanation, example, remedy } of rules) {
      for (const text of [title, explanation, example, remedy]) expect(text.length).toBeGreaterThan(10);
    }
  });
});
