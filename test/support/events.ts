import type { Level } from '../../src/model.js';
import type { EventType } from '../../src/monitor/event-types.js';
import type { DriftEvent } from '../../src/monitor/monitor-model.js';

let made = 0;

/** An event with a unique identifier. */
export function event(type: EventType, changes: Partial<DriftEvent> = {}): DriftEvent {
  made += 1;
  const since = changes.since ?? '2026-01-31T12:00:00.000Z';
  const level: Level = type.endsWith('resolved') || type.endsWith('recovered') ? 'INFO' : 'CRITICAL';
  return {
    schemaVersion: 1,
    id: `event-${made}`,
    incident: `staging/${since}`,
    type,
    level,
    environment: 'staging',
    at: '2026-01-31T12:01:00.000Z',
    since,
    durationMs: 60_000,
    participants: ['auth_service'],
    summary: 'auth_service signs with another secret than secret_manager',
    findings: [
      {
        code: 'trailing-newline',
        participants: ['auth_service'],
        message: 'auth_service has the secret with "\\n" appended',
        remedy: 'Write it without the line break:\n  printf %s "$JWT_SECRET" > secret\nThen restart it.',
        steps: [
          { text: 'Write it without the line break:' },
          { command: 'printf %s "$JWT_SECRET" > secret' },
          { text: 'Then restart it.' },
        ],
      },
    ],
    impact: { currency: 'USD', mrrAtRisk: 50_000 },
    ...changes,
  };
}
