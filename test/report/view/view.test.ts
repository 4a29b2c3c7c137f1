import { describe, expect, it } from 'vitest';
import type { Report } from '../../../src/model.js';
import { viewOf } from '../../../src/report/view/view.js';
import {
  aFinding,
  anAttempt,
  aParticipant,
  aReport,
  groupsOf,
  secretManager,
} from '../../support/reports.js';

const sentence = (changes: Partial<Report>): string => viewOf(aReport(changes)).headline.sentence;

describe('the view of a report', () => {
  it('is made once for each report, and each of its parts once', () => {
    const report = aReport();
    const view = viewOf(report);
    expect(viewOf(report)).toBe(view);
    expect(viewOf({ ...report })).not.toBe(view);
    for (const part of [
      'overall',
      'headline',
      'participants',
      'groups',
      'tokens',
      'findings',
      'suites',
    ] as const)
      expect(view[part]).toBe(view[part]);
  });

  it('lists findings with the worst first', () => {
    const findings = (['info', 'error', 'warning', 'critical', 'error'] as const).map((severity, index) =>
      aFinding(`${index}`, { severity }),
    );
    expect(viewOf(aReport({ findings })).findings.map(({ code }) => code)).toEqual(['3', '1', '4', '2', '0']);
  });

  it('begins the sentence with a capital, but a name as it is spelled', () => {
    expect(sentence({})).toBe('All 4 participants hold the same secret.');
    const wrong = aParticipant('web', { fingerprint: '9b1c0f2e', agrees: false });
    const participants = [secretManager, wrong];
    expect(sentence({ verdict: 'inconsistent', participants, attempts: [] })).toBe(
      'web differs from secret_manager.',
    );
    const split = aParticipant('web', {
      agrees: false,
      instances: ['200718bd', '9b1c0f2e'].map((fingerprint) => ({ instance: null, fingerprint, samples: 1 })),
    });
    expect(sentence({ verdict: 'inconsistent', participants: [secretManager, split], attempts: [] })).toBe(
      'Replicas of web hold different secrets.',
    );
  });

  it('gives each participant and each cell a state beside its word', () => {
    const participants = [
      secretManager,
      aParticipant('wrong', { fingerprint: '9b1c0f2e', agrees: false }),
      aParticipant('unread', { reachable: false, fingerprint: null, agrees: null }),
      aParticipant('optional', { reachable: false, fingerprint: null, agrees: null, required: false }),
      aParticipant('probed', { source: null, fingerprint: null, agrees: true }),
    ];
    const { tokens, ...view } = viewOf(
      aReport({
        verdict: 'inconsistent',
        participants,
        groups: groupsOf(participants, 'secret_manager'),
        attempts: [
          anAttempt('probed', 'genuine'),
          anAttempt('probed', 'genuine', { result: 'rejected' }),
          anAttempt('probed', 'forged', { result: 'accepted' }),
        ],
      }),
    );
    expect(view.participants.map(({ state, status, word }) => [state, status, word])).toEqual([
      ['reference', 'ok', 'reference'],
      ['differs', 'bad', 'DIFFERS'],
      ['unread', 'unknown', 'unread'],
      ['skipped', 'unknown', 'skipped'],
      ['agrees-by-tokens', 'ok', 'by tokens'],
    ]);
    expect(view.groups.map(({ reference, status }) => [reference, status])).toEqual([
      [true, 'ok'],
      [false, 'bad'],
    ]);
    expect([...(tokens.rows[0]?.cells.values() ?? [])]).toEqual([
      { state: 'partly-rejected', status: 'bad', share: { count: 1, of: 2 }, word: '1/2 REJECTED' },
      { state: 'accepted', status: 'bad', share: null, word: 'ACCEPTED' },
    ]);
  });
});
