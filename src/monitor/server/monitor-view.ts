import type { Report } from '../../model.js';
import type { HistoryRecord } from '../history/record.js';
import type { EnvironmentState } from '../monitor-model.js';

/** The result of the last check. */
export interface LastCheck {
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly durationMs: number;
  /** `null`: it produced a report. Otherwise the reason why it did not, safe to display. */
  readonly failed: string | null;
}

/** The read-only view of a monitor for the server. */
export interface MonitorView {
  readonly environment: string;
  readonly startedAt: Date;
  /** Milliseconds from the start of one check to the start of the next. */
  readonly intervalMs: number;
  /** Milliseconds after the end of a check until it is stale: something is stuck. */
  readonly freshForMs: number;
  /** Milliseconds without a turn of the loop after which it is stuck: three intervals, and time for a check to end. */
  readonly stuckAfterMs: number;
  /** Milliseconds since a check began or ended. */
  sinceTurnMs(): number;
  /** The monitor's clock. */
  readonly now: () => Date;
  /** The newest report, even if a later check failed; `null` before the first. */
  report(): Report | null;
  state(): EnvironmentState;
  /** `null` before the first check ended. */
  lastCheck(): LastCheck | null;
  /** `null` during a check, and if no other will follow. */
  nextCheckAt(): Date | null;
  /** Every record since then, oldest first. */
  history(since: Date): AsyncIterable<HistoryRecord>;
  /**
   * Subscribes to every record of this environment, after the other functions reflect it. Returns a function that
   * unsubscribes.
   */
  subscribe(listener: (record: HistoryRecord) => void): () => void;
}
