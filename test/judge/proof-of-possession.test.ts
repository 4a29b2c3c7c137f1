import { describe, expect, it } from 'vitest';
import { judge } from '../../src/judge/judge.js';
import type { Observation, ProofOutcome } from '../../src/model.js';
import { pretty } from '../../src/report/pretty/pretty.js';
import { viewOf } from '../../src/report/view/view.js';
import { form, observed, R, reading, S, secretManager, seen, tried } from '../support/observations.js';

const proofs = (fingerprint: string, ...outcomes: ProofOutcome[]) =>
  outcomes.map((outcome) => ({ instance: null, fingerprint, outcome, inNameOf: null }));

const shows = (fingerprint: string, outcome: ProofOutcome, more: Partial<Observation> = {}): Observation =>
  seen('api', fingerprint, {
    reading: reading(fingerprint, { proofs: proofs(fingerprint, outcome) }),
    ...more,
  });

const judged = (api: Observation, more: Parameters<typeof observed>[1] = {}) => {
  const report = judge(observed([secretManager(), api], more), { failOn: 'critical' });
  const shown = report.participants.find((p) => p.name === 'api');
  return {
    report,
    told: [
      report.verdict,
      shown?.agrees,
      shown?.proof,
      report.findings.map((f) => `${f.severity} ${f.code}`),
    ],
  };
};

const style = { color: false, columns: 100, verbose: false, quiet: false };

describe('fingerprint and proof', () => {
  it.each<[string, ProofOutcome, unknown[]]>([
    [R, 'verified', ['consistent', true, 'verified', []]],
    [R, 'absent', ['consistent', true, 'absent', []]],
    [R, 'failed', ['inconsistent', false, 'failed', ['error proof-failed']]],
    [S, 'verified', ['consistent', true, 'verified', ['warning fingerprint-misreported']]],
    [S, 'absent', ['inconsistent', false, 'absent', ['error fingerprint-mismatch']]],
    [S, 'failed', ['inconsistent', false, 'failed', ['error fingerprint-mismatch']]],
  ])('%s and %s', (fingerprint, outcome, expected) => {
    expect(judged(shows(fingerprint, outcome)).told).toEqual(expected);
  });

  it('an issuer that failed is critical', () => {
    expect(judged(shows(R, 'failed', { role: 'issuer' })).told[3]).toEqual(['critical proof-failed']);
  });

  it('no other cause is claimed where the fingerprint was copied', () => {
    const candidates = [
      form('hardcoded-fallback', R, { of: 'api' }),
      form('stale-secret-version', R, { of: 'sm' }),
    ];
    expect(judged(shows(R, 'failed'), { candidates }).told[3]).toEqual(['error proof-failed']);
  });

  it('bytes of which the algorithm makes the same key need not give the same proof', () => {
    const candidates = [form('equivalent-secret', S, { of: 'sm' })];
    const { told } = judged(shows(S, 'failed'), { candidates, algorithm: 'HS512' });
    expect(told.slice(0, 3)).toEqual(['consistent', true, 'failed']);
    expect(told[3]).toContain('warning equivalent-secret');
  });

  it('verified bytes that are known to be equivalent are reported as such', () => {
    const candidates = [form('equivalent-secret', S, { of: 'sm' })];
    expect(judged(shows(S, 'verified'), { candidates }).told[3]).toEqual(['warning equivalent-secret']);
  });

  it('in the middle of a rotation the old key cannot prove the new one, and need not', () => {
    const old = reading(S, { accepts: [S, R], proofs: proofs(S, 'failed') });
    const { told } = judged(seen('api', S, { reading: old }), { attempts: [tried('api')] });
    expect(told).toEqual(['consistent', true, 'failed', ['info rotation-overlap']]);
  });

  it('one answer of several that fails is enough', () => {
    const some = reading(R, { proofs: proofs(R, 'verified', 'failed', 'absent') });
    expect(judged(seen('api', R, { reading: some })).told).toEqual([
      'inconsistent',
      false,
      'failed',
      ['error proof-failed'],
    ]);
  });

  it('replicas that show what they like are one where each proved the same secret', () => {
    const instances = [
      { instance: 'a', fingerprint: R, samples: 2 },
      { instance: 'b', fingerprint: S, samples: 1 },
    ];
    const both = reading(R, { instances, proofs: [...proofs(R, 'verified'), ...proofs(S, 'verified')] });
    const { told, report } = judged(seen('api', R, { reading: both }));
    expect(told).toEqual(['consistent', true, 'verified', ['warning fingerprint-misreported']]);
    expect(pretty(viewOf(report), style)).toContain('proved');
    expect(pretty(viewOf(report), style)).not.toContain('SPLIT');
  });
});

describe('the report for people', () => {
  it('says that the proof failed', () => {
    const text = pretty(viewOf(judged(shows(R, 'failed')).report), style);
    expect(text).toContain('staging: api differs from sm');
    expect(text).toContain('proof of possession: failed');
    // That it fails is no news where another secret is shown.
    const other = judged(shows(S, 'failed')).report;
    expect(pretty(viewOf(other), style)).not.toContain('proof');
    expect(pretty(viewOf(other), { ...style, verbose: true })).toContain('proof of possession: failed');
  });

  it('says what is not proved, and of proofs that hold only where more is asked for', () => {
    const error = { code: 'no-proof', message: 'a proof is required, and the answer holds none' } as const;
    const unproved = pretty(viewOf(judged(shows(R, 'absent', { error })).report), style);
    expect(unproved).toContain('api gave no proof of holding the secret');
    expect(unproved).toContain('unproved');
    const { report } = judged(shows(R, 'verified'));
    expect(pretty(viewOf(report), style)).not.toContain('proof');
    expect(pretty(viewOf(report), { ...style, verbose: true })).toContain('proof of possession: verified');
  });

  it('is harmless whatever another name is', () => {
    const inNameOf = '\u001b[2Jbilling\u202e';
    const named = { instance: null, fingerprint: R, outcome: 'absent', inNameOf } as const;
    const { report } = judged(seen('api', R, { reading: reading(R, { proofs: [named] }) }));
    expect(report.findings.map((f) => f.code)).toEqual(['proof-missing']);
    expect(pretty(viewOf(report), style)).not.toMatch(/[\u001b\u202e]/);
  });
});
