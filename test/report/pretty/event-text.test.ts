import { describe, expect, it } from 'vitest';
import type { DriftEvent } from '../../../src/monitor/monitor-model.js';
import { prettyEvent } from '../../../src/report/pretty/event-text.js';

const style = { color: false, columns: 60, verbose: false, quiet: false };

const event: DriftEvent = {
  schemaVersion: 1,
  id: 'an id',
  incident: 'staging/2026-01-31T12:00:00.000Z',
  type: 'drift-detected',
  level: 'CRITICAL',
  environment: 'staging',
  at: '2026-01-31T12:01:00.000Z',
  since: '2026-01-31T12:00:00.000Z',
  durationMs: 60_000,
  participants: ['auth_service'],
  summary: 'staging: auth_service holds another secret than store',
  findings: [
    {
      code: 'trailing-newline',
      participants: ['auth_service'],
      message: 'auth_service holds the secret of store with a newline at its end.',
      remedy: 'Write it there with printf %s.\n  kubectl rollout restart deployment/auth-service',
      steps: [
        { text: 'Write it there with printf %s.' },
        { command: 'kubectl rollout restart deployment/auth-service' },
      ],
    },
  ],
  impact: { currency: 'USD', mrrAtRisk: 50_000 },
};

describe('prettyEvent', () => {
  it('tells how bad, what, when, why, and what to type', () => {
    expect(prettyEvent(event, style)).toBe(
      [
        '✗ CRITICAL: drift detected, 2026-01-31 12:01:00Z, after 1m',
        '  staging: auth_service holds another secret than store',
        '    trailing-newline: auth_service holds the secret of store',
        '    with a newline at its end.',
        '      fix: Write it there with printf %s.',
        '        kubectl rollout restart deployment/auth-service',
        '  incident staging/2026-01-31T12:00:00.000Z',
        '',
        '',
      ].join('\n'),
    );
  });

  it('leaves the remedy out once it is over', () => {
    const text = prettyEvent({ ...event, type: 'drift-resolved', level: 'INFO' }, style);
    expect(text).toContain('✓ INFO: drift resolved');
    expect(text).not.toContain('printf');
    expect(prettyEvent({ ...event, type: 'drift-resolved' }, { ...style, verbose: true })).toContain(
      'printf',
    );
  });

  it('is two lines where it is to be quiet', () => {
    expect(prettyEvent(event, { ...style, quiet: true }).split('\n')).toHaveLength(3);
  });

  it('keeps to the width, whatever names there are, and shows what a terminal would act upon', () => {
    const hostile = 'a\u001b[2J\n::error::x\u202e'.repeat(20);
    const text = prettyEvent(
      {
        ...event,
        incident: hostile,
        summary: hostile,
        findings: [{ code: hostile, participants: [hostile], message: hostile, remedy: hostile }],
      },
      style,
    );
    expect(text).not.toMatch(/[\u001b\u202e]/);
    for (const line of text.split('\n')) {
      expect(line.trimStart().startsWith('::')).toBe(false);
      expect(line.length).toBeLessThanOrEqual(60);
    }
  });
});
