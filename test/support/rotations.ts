import type { LastRotation, ReportRotation } from '../../src/model.js';
import type { CheckOutcome } from '../../src/monitor/monitor-model.js';
import { aFinding, aReport } from './reports.js';

/** A rotation that was opened an hour before noon, and is staged. */
export function aRotation(changes: Partial<ReportRotation> = {}): ReportRotation {
  return {
    id: 'rotation 1',
    mode: 'overlap',
    state: 'staged',
    from: 7,
    to: 8,
    openedAt: '2026-01-31T11:00:00.000Z',
    since: '2026-01-31T11:00:00.000Z',
    participants: [
      { name: 'auth_service', signs: [7], accepts: [7, 8], rejects: [], lacks: [] },
      {
        name: 'backend_service',
        signs: [],
        accepts: [7],
        rejects: [8],
        lacks: [{ must: 'accept', version: 8, isRefuted: true, probes: ['http'] }],
      },
    ],
    ...changes,
  };
}

/** How that rotation ended. */
export function aLastRotation(changes: Partial<LastRotation> = {}): LastRotation {
  return {
    id: 'rotation 1',
    mode: 'overlap',
    from: 7,
    to: 8,
    outcome: 'finished',
    openedAt: '2026-01-31T11:00:00.000Z',
    at: '2026-01-31T12:30:00.000Z',
    ...changes,
  };
}

/** A consistent check that read this of the rotation's record; nothing: there is none, or it could not be read. */
export function rotationOutcome(
  record: { readonly rotation?: ReportRotation; readonly lastRotation?: LastRotation } = {},
  isStalled = false,
): CheckOutcome {
  return { is: 'report', report: aReport({ ...record, findings: isStalled ? [stalled] : [] }) };
}

const stalled = aFinding('rotation-stalled', {
  severity: 'warning',
  participants: [],
  message: 'The rotation from version 7 to version 8 has been open for longer than its drain and a day.',
});
