import { describe, expect, it } from 'vitest';
import { viewOf } from '../../../src/report/view/view.js';
import { aFinding, aParticipant, aReport, secretManager } from '../../support/reports.js';

const replicas = aParticipant('replicas', {
  instances: ['200718bd', '9b1c0f2e'].map((fingerprint) => ({ instance: null, fingerprint, samples: 2 })),
});
const finding = (code: string) => aFinding(code, { participants: ['replicas'] });
const equivalent = finding('equivalent-secret');
const disagree = finding('replicas-disagree');

describe('replicas that show several fingerprints', () => {
  it.each([
    ['without more', [], 'SPLIT'],
    ['that are the same key', [equivalent], 'equivalent'],
    ['that took and refused the same token', [equivalent, disagree], 'SPLIT'],
  ])('%s', (_, findings, word) => {
    const report = aReport({ participants: [secretManager, replicas], findings, attempts: [] });
    expect(viewOf(report).participants.map((p) => p.word)).toEqual(['reference', word]);
  });

  it('that are the same key are not unread', () => {
    const report = aReport({ participants: [secretManager, replicas], findings: [equivalent], attempts: [] });
    expect(viewOf(report).headline.text).toBe('both participants hold the same secret');
  });

  it('counts as unread only who was not read', () => {
    const away = aParticipant('away', { reachable: false, fingerprint: null, agrees: null, required: false });
    const silent = aParticipant('silent', { source: null, fingerprint: null, agrees: null, required: false });
    const report = aReport({
      participants: [secretManager, aParticipant('a'), away, silent],
      attempts: [],
    });
    expect(viewOf(report).headline.text).toBe(
      'both participants hold the same secret; 1 could not be read (optional); 1 could not be determined (optional)',
    );
  });
});
