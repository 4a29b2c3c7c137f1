import { describe, expect, it } from 'vitest';
import { judge } from '../../src/judge/judge.js';
import type { Attempt, FollowUpResult, Observation } from '../../src/model.js';
import { participantStatuses } from '../../src/report/view/participant-status.js';
import { tokenTable } from '../../src/report/view/token-table.js';
import { form, httpProbe, observed, R, S, secretManager, seen, tried } from '../support/observations.js';

const refused = { result: 'rejected', status: 401, detail: '401 Unauthorized' } as const;
const auth = (more: Partial<Observation> = {}) =>
  seen('auth', null, { source: null, error: null, role: 'issuer', probes: [httpProbe], ...more });
const api = seen('api', R, { probes: [httpProbe] });
const own = { minter: 'auth' } as const;
const ownRefused = { ...own, ...refused };

describe('a service that mints and shows no fingerprint', () => {
  it.each<[string, Observation[], Attempt[], [string, string[]][], boolean | null]>([
    [
      'signs with another key where the verifier takes the tokens of the reference',
      [secretManager(), auth({ probes: [] }), api],
      [tried('api'), tried('api', ownRefused)],
      [['rejects-valid-token', ['auth']]],
      false,
    ],
    [
      'is one finding, though it refuses the tokens of the reference too',
      [secretManager(), auth(), api],
      [tried('auth', refused), tried('auth', own), tried('api'), tried('api', ownRefused)],
      [['rejects-valid-token', ['auth']]],
      false,
    ],
    [
      'is wrong though it takes the tokens of the reference',
      [secretManager(), auth(), api],
      [tried('auth'), tried('auth', own), tried('api'), tried('api', ownRefused)],
      [['rejects-valid-token', ['auth']]],
      false,
    ],
    [
      'is believed where no other participant can mint',
      [auth(), seen('api', R, { probes: [httpProbe] }), seen('b', R)],
      [tried('auth', own), tried('api', ownRefused)],
      [['rejects-valid-token', ['api']]],
      true,
    ],
    [
      'is not to blame where tokens of the reference are refused just so',
      [secretManager(), auth(), api],
      [tried('auth'), tried('auth', own), tried('api', refused), tried('api', ownRefused)],
      [['rejects-valid-token', ['api']]],
      true,
    ],
    [
      'is not to blame where the other type of token was taken',
      [secretManager(), auth(), api],
      [
        tried('auth'),
        tried('auth', own),
        tried('api'),
        tried('api', { ...ownRefused, tokenType: 'refresh' }),
      ],
      [['rejects-valid-token', ['api']]],
      true,
    ],
    [
      'with a source that agrees is right',
      [secretManager(), seen('auth', R, { role: 'issuer' }), api],
      [tried('api'), tried('api', ownRefused)],
      [['rejects-valid-token', ['api']]],
      true,
    ],
  ])('%s', (_, participants, attempts, findings, agrees) => {
    const report = judge(observed(participants, { attempts }), { failOn: 'critical' });
    expect(report.verdict).toBe('inconsistent');
    expect(report.findings.map((f) => [f.code, f.participants])).toEqual(findings);
    expect(report.participants.find((p) => p.name === 'auth')?.agrees).toBe(agrees);
    const points = participantStatuses(report);
    const column = tokenTable(report, points).columns.find((c) => c.name === 'auth');
    expect(column?.right).toBe(agrees);
  });

  it('is reported with the participants that reject its tokens', () => {
    const attempts = [tried('api'), tried('api', ownRefused)];
    const report = judge(observed([secretManager(), auth({ probes: [] }), api], { attempts }), {
      failOn: 'critical',
    });
    expect(report.level).toBe('CRITICAL');
    expect(report.findings[0]).toMatchObject({
      severity: 'critical',
      message: 'auth mints tokens that api rejects, though it accepts those of sm.',
    });
  });

  it('is given the cause that its own key proves', () => {
    const known = form('hardcoded-fallback', S, { text: 'knownFallbacks[0]' });
    const followUp: FollowUpResult = {
      participant: 'auth',
      probe: 'http',
      changed: { what: 'key' },
      text: known.text,
      form: known,
      result: 'accepted',
      status: 200,
      closeCode: null,
      detail: '200 OK',
    };
    const report = judge(
      observed([secretManager(), auth(), api], {
        attempts: [tried('auth', refused), tried('auth', own), tried('api'), tried('api', ownRefused)],
        candidates: [known],
        followUps: [followUp],
      }),
      { failOn: 'critical' },
    );
    expect(report.findings.map((f) => [f.code, f.participants])).toEqual([['hardcoded-fallback', ['auth']]]);
  });
});
