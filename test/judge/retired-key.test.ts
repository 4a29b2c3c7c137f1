import { describe, expect, it } from 'vitest';
import { judge } from '../../src/judge/judge.js';
import type { Attempt, Observation, RetiredKey } from '../../src/model.js';
import { httpProbe, observed, R, reading, S, secretManager, seen, tried } from '../support/observations.js';

const key: RetiredKey = { version: '6', fingerprint: S, replacedAt: '2026-01-31T10:00:00.000Z', error: null };

const retired = (more: Partial<Attempt> = {}): Attempt =>
  tried('api', { token: 'retired', minter: 'sm', version: '6', backdated: false, ...more });
const accepted = { result: 'accepted', status: 200, detail: '200 OK' } as const;
const forged = (more: Partial<Attempt> = {}) => tried('api', { token: 'forged', ...more });

function report(attempts: Attempt[], api: Partial<Observation> = {}, retiredKey: RetiredKey = key) {
  const participants = [secretManager(), seen('api', R, { probes: [httpProbe], ...api })];
  return judge(observed(participants, { attempts: [tried('api'), ...attempts], retiredKey }), {
    failOn: 'critical',
  });
}

describe('accepts-retired-key', () => {
  it.each<[string, Attempt[], object | null]>([
    ['rejected', [forged(), retired(), retired({ backdated: true })], null],
    [
      'accepted',
      [forged(), retired(accepted), retired({ ...accepted, backdated: true })],
      { version: '6', current: '7', onlyBackdated: false },
    ],
    [
      'accepted only if it is backdated',
      [forged(), retired(), retired({ ...accepted, backdated: true })],
      { onlyBackdated: true },
    ],
    [
      'accepted unless it is backdated',
      [forged(), retired(accepted), retired({ backdated: true })],
      { onlyBackdated: false },
    ],
    [
      'accepted on some connections',
      [forged(), retired(accepted), retired(), retired({ backdated: true })],
      { onlyBackdated: false, accepted: 1, presented: 2 },
    ],
    ['accepted as a forged token is', [forged(accepted), retired(accepted)], null],
    [
      'accepted where forged ones get an error of the verifier',
      [forged({ result: 'inconclusive', status: 500, detail: '500' }), retired(accepted)],
      { onlyBackdated: false },
    ],
    [
      'accepted where forged ones get no clear answer',
      [forged({ result: 'inconclusive', status: 429, detail: '429' }), retired(accepted)],
      null,
    ],
    ['accepted where none was forged', [retired(accepted)], null],
    ['inconclusive', [forged(), retired({ result: 'inconclusive', status: 503, detail: '503' })], null],
  ])('%s', (_, attempts, facts) => {
    const { findings } = report(attempts);
    const found = findings.filter(({ code }) => code === 'accepts-retired-key');
    expect(found).toHaveLength(facts === null ? 0 : 1);
    if (facts !== null) {
      expect(found[0]).toMatchObject({ severity: 'critical', participants: ['api'], evidence: facts });
      expect(found[0]?.message.includes('replicas differ')).toBe('presented' in facts);
    }
  });

  it.each<[string, Partial<Observation>, object, string]>([
    [
      'agrees',
      {},
      { agrees: true, isOwn: false, isListed: false },
      'Remove version 6 from the keys that api',
    ],
    [
      'lists the key',
      { reading: reading(R, { accepts: [R, S] }) },
      { agrees: true, isListed: true },
      '(its fingerprint endpoint lists it in `accepts`)',
    ],
    [
      'holds the key',
      { reading: reading(S) },
      { agrees: false, isOwn: true, isListed: false },
      'Restart or redeploy api, so that it reads version 7',
    ],
    [
      'has replicas that hold the key',
      {
        reading: reading(R, {
          instances: [
            { instance: 'api-1', fingerprint: R, samples: 1 },
            { instance: 'api-2', fingerprint: S, samples: 1 },
          ],
        }),
      },
      { instances: ['api-2'] },
      'then restart or redeploy api-2',
    ],
  ])('of a participant that %s', (_, api, facts, remedy) => {
    const { findings } = report([forged(), retired(accepted)], api);
    const found = findings.find(({ code }) => code === 'accepts-retired-key');
    expect(found?.evidence).toMatchObject(facts);
    expect(found?.remedy).toContain(remedy);
  });

  it('does not make a participant disagree that has no source, nor the alert level that of an open service', () => {
    const { participants, level, verdict } = report([forged(), retired(accepted)], {
      source: null,
      reading: null,
      error: null,
    });
    expect(participants[1]?.agrees).toBe(true);
    expect({ level, verdict }).toEqual({ level: 'CRITICAL', verdict: 'inconsistent' });
  });

  it('keeps the version and whether it was backdated in the report', () => {
    const { attempts } = report([forged(), retired(), retired({ backdated: true })]);
    expect(attempts.map(({ token, version, backdated }) => [token, version, backdated])).toEqual([
      ['genuine', undefined, undefined],
      ['forged', undefined, undefined],
      ['retired', '6', false],
      ['retired', '6', true],
    ]);
  });
});

describe('retired-key-unavailable', () => {
  const error = { code: 'version-disabled', message: 'version 6 is disabled', hint: 'Enable it.' } as const;

  it.each<[string, RetiredKey, Attempt[], string, string | null]>([
    ['read', key, [forged(), retired()], 'consistent', null],
    [
      'none',
      { version: null, fingerprint: null, replacedAt: null, error },
      [forged()],
      'inconclusive',
      'No token of an earlier key was presented.',
    ],
    [
      'an older one',
      { ...key, version: '5', error },
      [forged(), retired({ version: '5' })],
      'inconclusive',
      'Tokens of version 5 were presented instead.',
    ],
    [
      'an older one that is accepted',
      { ...key, version: '5', error },
      [forged(), retired({ ...accepted, version: '5' })],
      'inconsistent',
      'Tokens of version 5 were presented instead.',
    ],
  ])('%s', (_, retiredKey, attempts, verdict, message) => {
    const judged = report(attempts, {}, retiredKey);
    expect(judged.verdict).toBe(verdict);
    const found = judged.findings.filter(({ code }) => code === 'retired-key-unavailable');
    if (message === null) return expect(found).toEqual([]);
    expect(found).toMatchObject([{ severity: 'warning', participants: ['sm'], remedy: 'Enable it.' }]);
    expect(found[0]?.message).toBe(
      `A retired key of sm could not be read: version 6 is disabled. ${message}`,
    );
  });
});
