import { describe, expect, it } from 'vitest';
import { judge } from '../../src/judge/judge.js';
import {
  httpProbe,
  observed,
  R,
  reading,
  S,
  secretManager,
  seen,
  T,
  tried,
} from '../support/observations.js';

describe('a mint endpoint that fails', () => {
  const auth = seen('auth', null, { source: null, error: null, role: 'issuer' });
  const failed = {
    minter: 'auth',
    result: 'inconclusive',
    status: null,
    detail: 'auth did not mint a usable token: https://auth.example/login answered 404.',
    reason: 'not-minted',
  } as const;

  it.each([[['a']], [['a', 'b', 'c']]])('is one finding, and that of the minter: %j', (names) => {
    const verifiers = names.map((name) => seen(name, R, { probes: [httpProbe] }));
    const report = judge(
      observed([secretManager(), auth, ...verifiers], {
        attempts: names.flatMap((name) => [tried(name), tried(name, failed)]),
      }),
      { failOn: 'critical' },
    );
    expect(report.verdict).toBe('inconclusive');
    expect(report.findings).toMatchObject([
      {
        code: 'probe-inconclusive',
        participants: ['auth'],
        message: 'auth did not mint a usable token: https://auth.example/login answered 404.',
        remedy: expect.stringContaining('`mint.url`, `mint.method`'),
      },
    ]);
  });
});

describe('a rotation under way', () => {
  const signsOld = (name: string, accepts: string[]) =>
    seen(name, S, { probes: [httpProbe], reading: reading(S, { accepts }) });
  const claims = 'b claims to accept the new key, and no token proved it.';

  it.each([
    [[S, R], claims, 'lacks the new key', { claimsNewKey: ['b'], lacksNewKey: [] }],
    [[S], 'b still lacks the new key.', 'claims', { lacksNewKey: ['b'] }],
    [[S, T], 'b still lacks the new key.', 'claims', { lacksNewKey: ['b'] }],
  ])('of one that accepts %j: %s', (accepts, said, unsaid, evidence) => {
    const { findings } = judge(
      observed([secretManager(), signsOld('a', [S, R]), signsOld('b', accepts)], {
        attempts: [tried('a')],
      }),
      { failOn: 'critical' },
    );
    const found = findings.find((f) => f.code === 'rotation-overlap');
    expect(found?.message).toContain(said);
    expect(found?.message).not.toContain(unsaid);
    expect(found?.message).not.toContain('Nobody lacks');
    expect(found?.evidence).toMatchObject(evidence);
  });
});
