import { describe, expect, it } from 'vitest';
import type { DriftEvent } from '../../src/monitor/monitor-model.js';
import { labelsOf } from '../../src/notify/alertmanager.js';
import { messageOf } from '../../src/notify/slack.js';
import { prettyEvent } from '../../src/report/pretty/event-text.js';
import { event } from '../support/events.js';
import { plainStyle } from '../support/style.js';
import { recipients } from './sending.js';

const about = { participants: [], findings: [], impact: { currency: 'USD', mrrAtRisk: 0 } } as const;

const started = (changes: Partial<DriftEvent> = {}): DriftEvent =>
  event('rotation-started', {
    ...about,
    level: 'INFO',
    peak: 'INFO',
    summary: 'staging: rotation from version 7 to version 8 started',
    links: { page: null, runbook: null, explain: 'jwtcheck rotate status' },
    rotation: {
      id: 'r',
      mode: 'overlap',
      state: 'staged',
      before: null,
      from: 7,
      to: 8,
      enteredAt: '2026-01-31T12:00:00.000Z',
    },
    ...changes,
  });

describe('events of a rotation', () => {
  it('that goes as planned reach no receiver that makes an alert of everything, at any minimumLevel', async () => {
    const minimumLevel = 'INFO';
    const all = await recipients([
      { kind: 'slack', url: 'https://hooks.slack.com/services/T0/B0/x', minimumLevel },
      { kind: 'pagerduty', routingKey: 'x'.repeat(32), minimumLevel },
      { kind: 'alertmanager', url: 'http://127.0.0.1:9', minimumLevel },
      { kind: 'webhook', url: 'http://127.0.0.1:9', minimumLevel },
      { kind: 'pagerduty', name: 'critical', routingKey: 'x'.repeat(32), minimumLevel: 'CRITICAL' },
    ]);
    expect(all.map(({ name, minimumLevel: least }) => `${name} ${least}`)).toEqual([
      'slack INFO',
      'pagerduty WARNING',
      'alertmanager WARNING',
      'webhook INFO',
      'critical CRITICAL',
    ]);
  });

  it('are worded as what they are, on the terminal and in Slack', () => {
    expect(prettyEvent(started(), plainStyle)).toBe(
      [
        '✓ INFO: rotation started, 2026-01-31 12:01:00Z, after 1m',
        '  staging: rotation from version 7 to version 8 started',
        '  incident staging/2026-01-31T12:00:00.000Z',
        '',
        '',
      ].join('\n'),
    );
    const stalled = started({ type: 'rotation-stalled', level: 'WARNING', summary: 's' });
    expect(prettyEvent(stalled, plainStyle)).toMatch(/^\? WARNING: rotation stalled/);
    const titles = [started(), stalled, started({ type: 'rotation-finished' })].map(
      (one) => messageOf(one).blocks[0],
    );
    expect(titles.map((block) => JSON.stringify(block))).toEqual([
      expect.stringContaining('🔵 staging: rotation started'),
      expect.stringContaining('🟠 staging: rotation stalled'),
      expect.stringContaining('✅ staging: rotation finished'),
    ]);
    expect(JSON.stringify(messageOf(started()))).toContain('jwtcheck rotate status');
  });

  it('that stalled are an alert of their own in Alertmanager', () => {
    const stalled = started({ type: 'rotation-stalled', level: 'WARNING' });
    expect(labelsOf(stalled, stalled.level)).toEqual({
      alertname: 'JwtRotationStalled',
      environment: 'staging',
      severity: 'warning',
    });
  });
});
