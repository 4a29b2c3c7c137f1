import { describe, expect, it } from 'vitest';
import type { Report, ReportParticipant } from '../../../src/model.js';
import { viewOf } from '../../../src/report/view/view.js';
import {
  aFinding,
  anAttempt,
  aParticipant,
  aReport,
  authService,
  backendService,
  goodAttempts,
  groupsOf,
  secretManager,
} from '../../support/reports.js';

function said(changes: Partial<Report>): string {
  return viewOf(aReport({ attempts: [], ...changes })).headline.text;
}

const differs = (name: string): ReportParticipant =>
  aParticipant(name, { fingerprint: '9b1c0f2e', agrees: false });
const silent = (name: string, changes: Partial<ReportParticipant> = {}): ReportParticipant =>
  aParticipant(name, { reachable: false, fingerprint: null, agrees: null, accepts: [], ...changes });

describe('the headline', () => {
  it.each(['__proto__', 'constructor', 'toString'])(
    'of a stored report with a finding %s is words',
    (code) => {
      const findings = [aFinding(code, { severity: 'critical', message: 'Words.' })];
      expect(said({ verdict: 'inconsistent', findings })).toBe('Words');
    },
  );

  it.each<[string, Partial<Report>]>([
    ['all 4 participants hold the same secret', {}],
    ['both participants hold the same secret', { participants: [secretManager, authService] }],
    [
      'all 3 participants hold the same secret; 1 could not be read (optional)',
      { participants: [secretManager, authService, backendService, silent('batch', { required: false })] },
    ],
    [
      'a and b differ from secret_manager',
      { verdict: 'inconsistent', participants: [secretManager, differs('a'), differs('b')] },
    ],
    [
      '3 of 4 participants differ from secret_manager',
      { verdict: 'inconsistent', participants: [secretManager, differs('a'), differs('b'), differs('c')] },
    ],
    [
      'c differs from the majority',
      {
        verdict: 'inconsistent',
        reference: null,
        participants: [authService, backendService, differs('c')],
      },
    ],
    [
      '2 different secrets are in use, and there is no reference to show which one is right',
      {
        verdict: 'inconsistent',
        groups: groupsOf([authService, differs('a')], null),
        participants: [
          silent('secret_manager'),
          { ...authService, agrees: null },
          { ...differs('a'), agrees: null },
        ],
      },
    ],
    [
      'backend_service accepts forged and missing tokens',
      {
        verdict: 'inconsistent',
        attempts: [
          anAttempt('backend_service', 'forged', { result: 'accepted' }),
          anAttempt('backend_service', 'missing', { result: 'accepted' }),
        ],
      },
    ],
    [
      'backend_service rejects some valid tokens (validate)',
      {
        verdict: 'inconsistent',
        attempts: [
          anAttempt('backend_service', 'genuine'),
          anAttempt('backend_service', 'genuine', { result: 'rejected' }),
        ],
      },
    ],
    [
      'a differs from secret_manager',
      {
        verdict: 'inconsistent',
        participants: [secretManager, differs('a')],
        attempts: [anAttempt('a', 'genuine', { result: 'rejected' })],
      },
    ],
    [
      'the reference secret_manager cannot be read',
      { verdict: 'inconclusive', participants: [silent('secret_manager'), authService] },
    ],
    [
      'auth_service and backend_service cannot be read',
      {
        verdict: 'inconclusive',
        participants: [secretManager, silent('auth_service'), silent('backend_service')],
      },
    ],
    [
      'auth_service gave no clear answer to a token',
      {
        verdict: 'inconclusive',
        attempts: [anAttempt('auth_service', 'genuine', { result: 'inconclusive', status: 500 })],
      },
    ],
    [
      'not everything could be checked',
      {
        verdict: 'inconclusive',
        attempts: [anAttempt('auth_service', 'genuine', { result: 'rejected', version: '8' })],
        findings: [aFinding('rotation-lagging', { severity: 'warning', participants: ['auth_service'] })],
        rotation: {
          ...{ id: 'r1', mode: 'overlap', state: 'staged', from: 7, to: 8, participants: [] },
          ...{ openedAt: '2026-01-31T11:00:00.000Z', since: '2026-01-31T11:00:00.000Z' },
        },
      },
    ],
    ['fewer than two participants could be read', { verdict: 'inconclusive', participants: [secretManager] }],
    [
      'no valid token could be made for auth_service',
      {
        verdict: 'inconclusive',
        findings: [
          aFinding('probe-inconclusive', { message: 'no valid token could be made for auth_service.' }),
        ],
      },
    ],
    [
      'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa… differs from secret_manager',
      { verdict: 'inconsistent', participants: [secretManager, differs('a'.repeat(10_000))] },
    ],
    [
      '\\u001b[2J\\n differs from secret_manager',
      { verdict: 'inconsistent', participants: [secretManager, differs('\u001b[2J\n')] },
    ],
  ])('%s', (sentence, changes) => {
    expect(said(changes)).toBe(sentence);
  });

  it('does not mention tokens of a secret that is wrong anyhow', () => {
    const attempts = [
      ...goodAttempts('auth_service'),
      anAttempt('auth_service', 'genuine', { minter: 'a', result: 'rejected' }),
    ];
    expect(
      said({ verdict: 'inconsistent', participants: [secretManager, authService, differs('a')], attempts }),
    ).toBe('a differs from secret_manager');
  });
});
