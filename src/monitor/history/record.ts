import type { Fingerprint, Level, OpenRotationState, RotationMode, Verdict } from '../../model.js';
import type { DriftEvent } from '../monitor-model.js';
import type { RemediationResult } from '../remediation/remediation-model.js';

/** One check, as the history keeps it. */
export interface CheckRecord {
  readonly type: 'check';
  /** RFC 3339, UTC: when it started. */
  readonly at: string;
  readonly environment: string;
  /** `null`: the check itself failed, and there is no report. */
  readonly verdict: Verdict | null;
  readonly level: Level;
  readonly durationMs: number;
  /** Codes of its findings, without repetition. */
  readonly codes: readonly string[];
  readonly impact: { readonly currency: string; readonly mrrAtRisk: number };
  readonly participants: readonly ParticipantRecord[];
}

export interface ParticipantRecord {
  readonly name: string;
  readonly up: boolean;
  /** `null` if it is unknown. */
  readonly agrees: boolean | null;
  /**
   * Valid tokens, of the reference or of a participant that agrees, that it answered: how many it accepted, and of how
   * many, with the milliseconds of each. Tokens without an answer are left out.
   */
  readonly accepted: number;
  readonly shown: number;
  readonly latenciesMs: readonly number[];
}

/** One event. */
export interface EventRecord {
  readonly type: 'event';
  readonly at: string;
  readonly environment: string;
  readonly event: DriftEvent;
}

/** A recipient that was not notified of an event in spite of every try. */
export interface GivenUpRecord {
  readonly type: 'given-up';
  readonly at: string;
  readonly environment: string;
  readonly recipient: string;
  readonly eventId: string;
  readonly reason: string;
}

/**
 * Which participant holds which key. A history has one where something changed, and one with all of it at the beginning
 * of every file, so that each file can be read alone.
 */
export interface KeysRecord {
  readonly type: 'keys';
  /** When the check started that read them. */
  readonly at: string;
  readonly environment: string;
  /** The participant that is right by definition; `null` without one. */
  readonly reference: string | null;
  /** `true`: every participant is named, and one that is not named is no longer checked. `false`: only changes. */
  readonly complete: boolean;
  readonly keys: readonly KeyRecord[];
  /** Participants whose key could not be read: what was recorded of them before remains valid. */
  readonly unread: readonly string[];
}

/** One key, without its secret, and the participants that hold it. */
export interface KeyRecord {
  readonly fingerprint: Fingerprint;
  /** Its version in the secret store; `null` if unknown. */
  readonly version: string | null;
  /** When that version was created, if the store reported it. */
  readonly createdAt: string | null;
  readonly participants: readonly string[];
}

/**
 * A rotation in one state, or at its end. A history has one where something changed, and the newest one at the beginning
 * of every file.
 */
export interface RotationRecord {
  readonly type: 'rotation';
  /** When the check started that read it. */
  readonly at: string;
  readonly environment: string;
  readonly rotation: RecordedRotation;
  /** Whether it is open for longer than its drain and a day. */
  readonly stalled: boolean;
  /** Participants that were seen to accept the new version. */
  readonly accepting: readonly string[];
  /** Participants that are not proved to be where the state wants them. */
  readonly waiting: readonly string[];
}

/** What the record in the secret says; all keys are given by their version numbers. */
export interface RecordedRotation {
  readonly id: string;
  readonly mode: RotationMode;
  readonly state: OpenRotationState | 'finished' | 'rolled-back';
  readonly from: number;
  readonly to: number | null;
  /** RFC 3339, UTC, by the clock of the machine that rotates, as `enteredAt`. */
  readonly openedAt: string;
  /** When the state was entered, or when it ended. */
  readonly enteredAt: string;
}

/** An action that the monitor began, and how it ended. */
export interface RemediationRecord {
  readonly type: 'remediation';
  readonly at: string;
  readonly environment: string;
  readonly participant: string;
  /** Code of the finding. */
  readonly cause: string;
  /** Version of the reference. */
  readonly version: string;
  /** Hash of the plan. */
  readonly plan: string;
  readonly result: 'started' | RemediationResult;
  readonly message: string | null;
}

/** A line of the history (NDJSON). Later versions may add other types: unknown ones are skipped. */
export type HistoryRecord =
  | CheckRecord
  | KeysRecord
  | RotationRecord
  | RemediationRecord
  | EventRecord
  | GivenUpRecord;

/** The record of an event. */
export const eventRecord = (event: DriftEvent): EventRecord => ({
  type: 'event',
  at: event.at,
  environment: event.environment,
  event,
});
