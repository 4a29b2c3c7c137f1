import type {
  CheckRecord,
  EventRecord,
  KeyRecord,
  KeysRecord,
  ParticipantRecord,
  RemediationRecord,
  RotationRecord,
} from '../../src/monitor/history/record.js';
import { type DriftEvent, initialState, type MonitorState } from '../../src/monitor/monitor-model.js';

/** A drift that was detected one minute after it began. */
export function aDriftEvent(changes: Partial<DriftEvent> = {}): DriftEvent {
  return {
    schemaVersion: 1,
    id: 'event 1',
    incident: 'staging/2026-01-31T12:00:00.000Z',
    type: 'drift-detected',
    level: 'CRITICAL',
    environment: 'staging',
    at: '2026-01-31T12:01:00.000Z',
    since: '2026-01-31T12:00:00.000Z',
    durationMs: 60_000,
    participants: ['auth_service'],
    summary: 'auth_service differs from secret_manager',
    findings: [
      {
        code: 'trailing-newline',
        participants: ['auth_service'],
        message: 'A newline.',
        remedy: 'Store it again.',
      },
    ],
    impact: { currency: 'USD', mrrAtRisk: 50_000 },
    ...changes,
  };
}

export function anEventRecord(changes: Partial<DriftEvent> = {}): EventRecord {
  const event = aDriftEvent(changes);
  return { type: 'event', at: event.at, environment: event.environment, event };
}

export function aRemediationRecord(changes: Partial<RemediationRecord> = {}): RemediationRecord {
  return {
    ...{ type: 'remediation', at: '2026-01-31T12:00:00.000Z', environment: 'staging' },
    ...{ participant: 'auth_service', cause: 'stale-secret-version', version: '7', plan: '3f9a0c2b' },
    ...{ result: 'started', message: null },
    ...changes,
  };
}

export function aParticipantRecord(
  name: string,
  changes: Partial<ParticipantRecord> = {},
): ParticipantRecord {
  return { name, up: true, agrees: true, accepted: 1, shown: 1, latenciesMs: [12], ...changes };
}

/** A consistent check of one participant. */
export function aCheckRecord(changes: Partial<CheckRecord> = {}): CheckRecord {
  return {
    type: 'check',
    at: '2026-01-31T12:00:00.000Z',
    environment: 'staging',
    verdict: 'consistent',
    level: 'INFO',
    durationMs: 400,
    codes: [],
    impact: { currency: 'USD', mrrAtRisk: 0 },
    participants: [aParticipantRecord('auth_service')],
    ...changes,
  };
}

/** A key by its version, held by these: the fingerprint is the version, repeated. */
export function aKey(
  version: number,
  participants: readonly string[],
  changes: Partial<KeyRecord> = {},
): KeyRecord {
  return {
    fingerprint: version.toString(16).padStart(8, '0'),
    version: `${version}`,
    createdAt: null,
    participants,
    ...changes,
  };
}

/** The keys of the participants, with `secret_manager` as the reference. */
export function aKeysRecord(changes: Partial<KeysRecord> = {}): KeysRecord {
  return {
    type: 'keys',
    at: '2026-01-31T12:00:00.000Z',
    environment: 'staging',
    reference: 'secret_manager',
    complete: true,
    keys: [aKey(7, ['secret_manager', 'auth_service'])],
    unread: [],
    ...changes,
  };
}

/** A state that is identified by a number, padded with the given number of characters. */
export function aState(number: number, ballast = 0): MonitorState {
  return {
    schemaVersion: 1,
    environments: { staging: { ...initialState, good: number } },
    unsent: [{ event: aDriftEvent({ id: `event ${number}`, summary: 'x'.repeat(ballast) }), to: ['slack'] }],
    open: [aDriftEvent()],
  };
}

/** A rotation from version 7 to 8 that was opened at noon. */
export function aRotationRecord(
  rotation: Partial<RotationRecord['rotation']> = {},
  changes: Partial<RotationRecord> = {},
): RotationRecord {
  return {
    type: 'rotation',
    at: '2026-01-31T12:00:00.000Z',
    environment: 'staging',
    rotation: {
      id: 'r',
      mode: 'overlap',
      state: 'staged',
      from: 7,
      to: 8,
      openedAt: '2026-01-31T12:00:00.000Z',
      enteredAt: '2026-01-31T12:00:00.000Z',
      ...rotation,
    },
    stalled: false,
    accepting: [],
    waiting: [],
    ...changes,
  };
}
