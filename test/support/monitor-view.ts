import type { Report } from '../../src/model.js';
import type { CheckRecord, EventRecord, HistoryRecord } from '../../src/monitor/history/record.js';
import { type DriftEvent, type EnvironmentState, initialState } from '../../src/monitor/monitor-model.js';
import type { LastCheck, MonitorView } from '../../src/monitor/server/monitor-view.js';
import { aReport } from './reports.js';

/** A monitor view with content that the test controls. */
export interface LiteralView extends MonitorView {
  /** Changes the content and notifies every listener. */
  set(changes: Partial<Shown>, record?: HistoryRecord): void;
  /** The number of listeners. */
  readonly listeners: number;
  /** The number of reads of the history. */
  readonly reads: number;
}

interface Shown {
  readonly environment: string;
  readonly now: Date;
  readonly intervalMs: number;
  readonly freshForMs: number;
  readonly sinceTurnMs: number;
  readonly report: Report | null;
  readonly state: EnvironmentState;
  readonly lastCheck: LastCheck | null;
  readonly nextCheckAt: Date | null;
  readonly history: readonly HistoryRecord[];
}

export const noon = new Date('2026-01-31T12:00:00.000Z');

/** A check that ended the given number of milliseconds after noon. */
export function aCheck(afterMs = 0, failed: string | null = null): LastCheck {
  const endedAt = new Date(noon.getTime() + afterMs);
  return { startedAt: new Date(endedAt.getTime() - 412), endedAt, durationMs: 412, failed };
}

/** By default one good check a second ago, and none before it. */
export function aView(changes: Partial<Shown> = {}): LiteralView {
  let shown: Shown = {
    environment: 'staging',
    now: new Date(noon.getTime() + 1000),
    intervalMs: 60_000,
    freshForMs: 180_000,
    sinceTurnMs: 0,
    report: aReport(),
    state: initialState,
    lastCheck: aCheck(),
    nextCheckAt: new Date(noon.getTime() + 60_000),
    history: [],
    ...changes,
  };
  const listeners = new Set<(record: HistoryRecord) => void>();
  let reads = 0;
  return {
    environment: shown.environment,
    startedAt: new Date(noon.getTime() - 3_600_000),
    intervalMs: shown.intervalMs,
    freshForMs: shown.freshForMs,
    stuckAfterMs: 3 * shown.intervalMs,
    sinceTurnMs: () => shown.sinceTurnMs,
    now: () => shown.now,
    report: () => shown.report,
    state: () => shown.state,
    lastCheck: () => shown.lastCheck,
    nextCheckAt: () => shown.nextCheckAt,
    async *history(since) {
      reads += 1;
      for (const record of shown.history) if (Date.parse(record.at) >= since.getTime()) yield record;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    set(next, record = aCheckRecord(shown.now)) {
      shown = { ...shown, ...next };
      for (const listener of listeners) listener(record);
    },
    get listeners() {
      return listeners.size;
    },
    get reads() {
      return reads;
    },
  };
}

/** A check as the history stores it: good, with two answers. */
export function aCheckRecord(at: Date, changes: Partial<CheckRecord> = {}): CheckRecord {
  return {
    type: 'check',
    at: at.toISOString(),
    environment: 'staging',
    verdict: 'consistent',
    level: 'INFO',
    durationMs: 412,
    codes: [],
    impact: { currency: 'USD', mrrAtRisk: 0 },
    participants: [
      { name: 'auth_service', up: true, agrees: true, accepted: 2, shown: 2, latenciesMs: [10, 40] },
    ],
    ...changes,
  };
}

/** The start of a drift. */
export function anEvent(changes: Partial<DriftEvent> = {}): DriftEvent {
  return {
    schemaVersion: 1,
    id: 'one',
    incident: 'staging/2026-01-31T11:00:00.000Z',
    type: 'drift-detected',
    level: 'CRITICAL',
    environment: 'staging',
    at: '2026-01-31T11:01:00.000Z',
    since: '2026-01-31T11:00:00.000Z',
    durationMs: 60_000,
    participants: ['backend_service'],
    summary: 'backend_service differs from secret_manager',
    findings: [
      {
        code: 'trailing-newline',
        participants: ['backend_service'],
        message: 'backend_service holds the secret with a newline at its end.',
        remedy:
          'Store it without:\n  printf %s "$SECRET" | gcloud secrets versions add jwt-secret --data-file=-',
      },
    ],
    impact: { currency: 'USD', mrrAtRisk: 50_000 },
    ...changes,
  };
}

export function anEventRecord(changes: Partial<DriftEvent> = {}): EventRecord {
  const event = anEvent(changes);
  return { type: 'event', at: event.at, environment: event.environment, event };
}
