import { describe, expect, it } from 'vitest';
import type { Report } from '../../../src/model.js';
import type { Check } from '../../../src/report/view/checks.js';
import { viewOf } from '../../../src/report/view/view.js';
import {
  aFinding,
  anAttempt,
  aParticipant,
  aReport,
  goodAttempts,
  groupsOf,
  secretManager,
} from '../../support/reports.js';

const checksOf = (report: Report, name: string): readonly Check[] =>
  viewOf(report).suites.find((suite) => suite.participant?.name === name)?.checks ?? [];
const outcomes = (checks: readonly Check[]): string[] =>
  checks.map((check) => `${check.name}: ${check.outcome}`);

describe('the checks of a report', () => {
  it('are all passed where all is well', () => {
    const suites = viewOf(aReport()).suites;
    expect(suites.map((suite) => suite.name)).toEqual([
      'staging',
      'secret_manager',
      'auth_service',
      'backend_service',
      'test_framework',
    ]);
    expect(new Set(suites.flatMap((suite) => suite.checks.map((check) => check.outcome)))).toEqual(
      new Set(['passed']),
    );
    expect(outcomes(checksOf(aReport(), 'auth_service'))).toEqual([
      'fingerprint: passed',
      'validate: accepts tokens of secret_manager: passed',
      'validate: rejects forged tokens: passed',
      'validate: rejects missing tokens: passed',
    ]);
  });

  it('fail on a difference, and say what is to be done', () => {
    const other = aParticipant('backend_service', { fingerprint: '9b1c0f2e', agrees: false });
    const report = aReport({
      verdict: 'inconsistent',
      participants: [secretManager, other],
      attempts: [],
      findings: [aFinding('trailing-newline')],
    });
    expect(checksOf(report, 'backend_service')).toMatchObject([
      {
        outcome: 'failed',
        kind: 'trailing-newline',
        message: 'backend_service holds another secret than secret_manager.',
        details: [
          'fingerprint 9b1c0f2e, not 200718bd',
          'error trailing-newline: backend_service holds another secret than secret_manager.',
          'fix: Give backend_service the secret of secret_manager, then restart it.',
        ],
      },
    ]);
  });

  it('are inconclusive, never passed and never failed, where the result is unknown', () => {
    const error = { code: 'timeout', message: 'no answer within 5 s' } as const;
    const away = aParticipant('away', { reachable: false, fingerprint: null, agrees: null, error });
    const optional = { ...away, name: 'optional', required: false };
    const report = aReport({
      verdict: 'inconclusive',
      participants: [secretManager, away, optional],
      attempts: [],
    });
    expect(checksOf(report, 'away')).toMatchObject([
      { outcome: 'inconclusive', kind: 'timeout', message: 'no answer within 5 s' },
    ]);
    expect(checksOf(report, 'optional')).toMatchObject([{ outcome: 'skipped' }]);
    expect(viewOf(report).suites[0]?.checks).toMatchObject([{ name: 'verdict', outcome: 'inconclusive' }]);
  });

  it('fail where a good token is refused and a bad one accepted', () => {
    const report = aReport({
      verdict: 'inconsistent',
      attempts: [
        anAttempt('auth_service', 'genuine', { result: 'rejected', status: 401, detail: '401 Unauthorized' }),
        anAttempt('auth_service', 'forged', { result: 'accepted', status: 200 }),
      ],
    });
    expect(checksOf(report, 'auth_service').slice(1)).toMatchObject([
      { outcome: 'failed', kind: 'rejects-valid-token' },
      { outcome: 'failed', kind: 'accepts-forged-token' },
    ]);
    expect(checksOf(report, 'auth_service')[1]?.message).toContain('401 Unauthorized');
  });

  it('skip a control without a clear answer where the valid token was accepted, and not otherwise', () => {
    const unclear = { result: 'inconclusive', status: 500 } as const;
    const withGenuine = aReport({
      attempts: [anAttempt('auth_service', 'genuine'), anAttempt('auth_service', 'forged', unclear)],
    });
    expect(checksOf(withGenuine, 'auth_service').at(-1)?.outcome).toBe('skipped');
    const without = aReport({
      verdict: 'inconclusive',
      attempts: [anAttempt('auth_service', 'genuine', unclear), anAttempt('auth_service', 'forged', unclear)],
    });
    expect(
      checksOf(without, 'auth_service')
        .slice(1)
        .map((check) => check.outcome),
    ).toEqual(['inconclusive', 'inconclusive']);
  });

  it('skip tokens of a wrong secret, of which any answer is right', () => {
    const wrong = aParticipant('wrong', { fingerprint: '9b1c0f2e', agrees: false });
    const participants = [secretManager, wrong, aParticipant('auth_service')];
    const report = aReport({
      verdict: 'inconsistent',
      participants,
      groups: groupsOf(participants, 'secret_manager'),
      attempts: [
        ...goodAttempts('auth_service'),
        anAttempt('auth_service', 'genuine', { minter: 'wrong', result: 'rejected' }),
      ],
    });
    expect(outcomes(checksOf(report, 'auth_service'))).toContain(
      'validate: accepts tokens of wrong: skipped',
    );
  });

  it('count as the exit code does: a finding that fails a consistent check fails here, too', () => {
    const weak = aFinding('weak-secret', { severity: 'warning', participants: ['secret_manager'] });
    expect(viewOf(aReport({ findings: [weak] })).suites[0]?.checks[0]?.outcome).toBe('passed');
    expect(viewOf(aReport({ findings: [weak], exitCode: 1 })).suites[0]?.checks[0]).toMatchObject({
      outcome: 'failed',
      details: [expect.stringContaining('weak-secret'), expect.any(String)],
    });
    expect(viewOf(aReport({ verdict: 'inconclusive', exitCode: 1 })).suites[0]?.checks[0]?.outcome).toBe(
      'failed',
    );
  });

  it('judge a participant without a source by its tokens, and list it even where there are none', () => {
    const probed = aParticipant('probed', { source: null, fingerprint: null, agrees: true });
    const participants = [secretManager, probed];
    expect(outcomes(checksOf(aReport({ participants, attempts: goodAttempts('probed') }), 'probed'))).toEqual(
      [
        'validate: accepts tokens of secret_manager: passed',
        'validate: rejects forged tokens: passed',
        'validate: rejects missing tokens: passed',
      ],
    );
    expect(outcomes(checksOf(aReport({ participants, attempts: [] }), 'probed'))).toEqual(['agrees: passed']);
  });
});

describe('the check of a secret that is right, and must not be used', () => {
  it.each([
    ['published-default', 'its secret is published'],
    ['secret-exposed', 'its secret is exposed'],
    ['shared-across-environments', 'its secret is used in another environment'],
  ])('fails because of %s', (code, fact) => {
    const finding = aFinding(code, { participants: ['auth_service'], message: 'auth_service holds it.' });
    expect(checksOf(aReport({ findings: [finding], exitCode: 1 }), 'auth_service')[0]).toMatchObject({
      outcome: 'failed',
      kind: code,
      message: 'auth_service holds it.',
      details: expect.arrayContaining([fact]),
    });
  });
});
