import type { Finding, Level, OpenRotationState, RemedyStep, Report, RotationMode } from '../model.js';
import type { LinkSettings, Links } from './alerting/links.js';
import type { Relapses, Window } from './alerting/window.js';
import type { EventType } from './event-types.js';
import type { EventPlan, RemediationState } from './remediation/remediation-model.js';

/** A finding as an event carries it. Its code may be unknown if another version wrote it. */
export interface EventFinding extends Pick<Finding, 'participants' | 'message' | 'remedy'> {
  readonly code: string;
  /** Missing in events of earlier versions. */
  readonly steps?: readonly RemedyStep[] | undefined;
}

/** The rotation that an event is about. All keys are given by their version numbers. */
export interface EventRotation {
  readonly id: string;
  readonly mode: RotationMode;
  /** `idle`: it was rolled back, and is over. */
  readonly state: OpenRotationState | 'finished' | 'idle';
  /** The state that the event before reported; `null` if there was none. */
  readonly before: OpenRotationState | null;
  /** The version that is replaced. */
  readonly from: number;
  /** The new version; `null` if it was undone before it had one. */
  readonly to: number | null;
  /** When the state was entered. RFC 3339, UTC. */
  readonly enteredAt: string;
}

/** One transition, sent once: a line of `ndjson`, the body of the webhook. */
export interface DriftEvent {
  readonly schemaVersion: 1;
  /** The same in every try to send it. */
  readonly id: string;
  /**
   * The same for all events of one incident: `ENVIRONMENT/START` for a drift, `ENVIRONMENT/START/PARTICIPANT` for an
   * unreachable participant, `ENVIRONMENT/START#unreachable` for many at once, `ENVIRONMENT/START#monitor` for degraded
   * monitoring, `ENVIRONMENT/START#rotation` for a rotation.
   */
  readonly incident: string;
  /**
   * The key by which receivers that keep incidents identify it. It does not depend on the start of the incident, so an
   * incident is found again after the state was lost. Missing in events of earlier versions.
   */
  readonly dedupKey?: string | undefined;
  readonly type: EventType;
  readonly level: Level;
  /** The highest level that the incident was notified with so far. Missing in events of earlier versions. */
  readonly peak?: Level | undefined;
  readonly environment: string;
  /** RFC 3339, UTC. */
  readonly at: string;
  /** The start of the incident: the first bad check, or when a rotation was opened. RFC 3339, UTC. */
  readonly since: string;
  /** Milliseconds from `since` to `at`. */
  readonly durationMs: number;
  readonly participants: readonly string[];
  /** A one-line summary. */
  readonly summary: string;
  readonly findings: readonly EventFinding[];
  readonly impact: { readonly currency: string; readonly mrrAtRisk: number };
  /** Missing in events of earlier versions. */
  readonly links?: Links | undefined;
  /** What `jwtcheck fix` would do; only if `watch.remediate` asks for it. */
  readonly plan?: EventPlan | undefined;
  /** Addresses that replace Google Secret Manager; omitted if there are none. */
  readonly emulators?: readonly string[] | undefined;
  /** Of an event about a rotation. */
  readonly rotation?: EventRotation | undefined;
}

/** A time in which some participants, or all, alert no one. */
export interface Silence {
  readonly reason: string;
  /** RFC 3339. */
  readonly from: string;
  readonly until: string;
  /** Default: all. */
  readonly participants?: readonly string[] | undefined;
}

/** When events are due. */
export interface AlertPolicy {
  /** Bad checks among the latest `failureWindow` before an alert; an EMERGENCY needs one. */
  readonly failureThreshold: number;
  readonly failureWindow: number;
  /** Good checks in a row before it is resolved. */
  readonly successThreshold: number;
  /** Milliseconds between reminders; 0: never. */
  readonly remindEvery: number;
  /** More participants than these unreachable at once are one event. */
  readonly groupAbove: number;
  readonly silence: readonly Silence[];
  /** Milliseconds from the start of one check to the start of the next. */
  readonly interval: number;
  /**
   * Distinguishes this installation from others whose environment has the same name; part of every deduplication key.
   */
  readonly scope: string;
  readonly links: LinkSettings;
}

/** The result of a bad check. Equal levels, participants and codes mean the same drift. */
export interface Drift {
  readonly level: Level;
  readonly participants: readonly string[];
  readonly summary: string;
  readonly findings: DriftEvent['findings'];
  readonly impact: DriftEvent['impact'];
}

/** What checks showed that differs from the reported drift. */
export interface Changed {
  /** Checks whose drift differs from the reported one, among the latest since one showed the reported one. */
  readonly count: number;
  /** The last such drift. */
  readonly drift: Drift;
  /** These latest checks. */
  readonly recent: Window;
  /** Which of the latest checks showed more than was reported. */
  readonly adds: Window;
}

/** A drift that was reported and is still open. */
export interface Incident {
  readonly id: string;
  /** RFC 3339, UTC. */
  readonly since: string;
  /** The drift as last reported. */
  readonly told: Drift;
  /** RFC 3339, UTC. */
  readonly toldAt: string;
  /** The highest level that was reported: recipients that received it also receive the end. */
  readonly peak: Level;
  readonly dedupKey: string;
  /** The number of reported changes. */
  readonly changes: number;
}

/** A participant that cannot be reached, or degraded monitoring. */
export interface Outage {
  /** Bad checks among the latest; of degraded monitoring, bad checks in a row once it was reported. */
  readonly away: number;
  /** Good checks in a row since it was reported. */
  readonly back: number;
  /** RFC 3339, UTC: the first check in which it was unreachable. */
  readonly since: string;
  /** The reported incident, or `null` before it is reported. */
  readonly told: string | null;
  /** RFC 3339, UTC; `null` if it was not reported, or was reported together with others. */
  readonly toldAt: string | null;
  readonly dedupKey: string | null;
  /** Empty once it was reported. */
  readonly recent: Window;
  readonly relapses: Relapses | null;
}

/** Participants that cannot be reached, reported as one. Each of them is among the outages, with the id of this. */
export interface OutageGroup {
  readonly id: string;
  readonly dedupKey: string;
  /** RFC 3339, UTC. */
  readonly since: string;
  /** As it was reported last, with those that were reported by themselves before. */
  readonly told: readonly string[];
  /** All that were unreachable as part of it, also those that are back: its end names them. */
  readonly members: readonly string[];
  readonly toldAt: string;
  readonly changes: number;
}

/** The rotation that is open. */
export interface WatchedRotation {
  readonly id: string;
  readonly mode: RotationMode;
  readonly state: OpenRotationState;
  readonly from: number;
  readonly to: number;
  /** When the state was entered. RFC 3339, UTC. */
  readonly enteredAt: string;
  /** When it was opened, or reopened after it was undone. RFC 3339, UTC. */
  readonly since: string;
  readonly incident: string;
  readonly dedupKey: string;
  /** The state that was reported; `null`: nothing was, because of a silence. */
  readonly told: OpenRotationState | null;
  /** RFC 3339, UTC: when it was reported that it stalled; `null`: it was not. */
  readonly stalledAt: string | null;
}

/** What the record of a rotation said at one time. */
export interface RotationEntry {
  readonly id: string;
  readonly state: OpenRotationState | 'finished' | 'rolled-back';
  /** When the state was entered. RFC 3339, UTC. */
  readonly at: string;
}

/** What is known of rotations. */
export interface RotationState {
  /** RFC 3339, UTC: the first check. What ended before is not reported. */
  readonly since: string;
  readonly open: WatchedRotation | null;
  /** The newest entry that was seen; `null`: none. */
  readonly newest: RotationEntry | null;
  /**
   * An older entry that was read again, as Secret Manager may answer for minutes, and since when it is. RFC 3339, UTC.
   */
  readonly older: { readonly entry: RotationEntry; readonly since: string } | null;
}

/** The state of one environment between checks. Plain JSON: the content of the state file. */
export interface EnvironmentState {
  /** When the last check ended, RFC 3339, UTC; `null` before the first. */
  readonly checkedAt: string | null;
  /** The latest conclusive checks, while no drift is reported. */
  readonly recent: Window;
  /**
   * The number of bad checks among them, the time of the first, and the drift of the last; `null` while an incident is
   * open.
   */
  readonly bad: { readonly count: number; readonly since: string; readonly drift: Drift } | null;
  /** Good checks in a row. */
  readonly good: number;
  readonly changed: Changed | null;
  readonly incident: Incident | null;
  /** Of drifts. */
  readonly relapses: Relapses | null;
  /** By participant. */
  readonly outages: { readonly [participant: string]: Outage };
  readonly group: OutageGroup | null;
  readonly blindness: Outage | null;
  /** Consecutive checks that were not good while nothing was reported, whatever the fault of each. */
  readonly unsettled: { readonly count: number; readonly since: string } | null;
  /** `null` before the first report. */
  readonly rotation: RotationState | null;
}

/** Before the first check. */
export const initialState: EnvironmentState = {
  checkedAt: null,
  recent: [],
  bad: null,
  good: 0,
  changed: null,
  incident: null,
  relapses: null,
  outages: {},
  group: null,
  blindness: null,
  unsettled: null,
  rotation: null,
};

/** The result of one check: a report, or the reason why there is none, safe to display. */
export type CheckOutcome =
  | { readonly is: 'report'; readonly report: Report }
  | { readonly is: 'failed'; readonly environment: string; readonly message: string };

/** An event and its urgency, which selects the recipients. The end of an incident is as urgent as its worst moment. */
export interface Notification {
  readonly event: DriftEvent;
  readonly urgency: Level;
}

/** Computes the next state and the events to send. Pure: the caller passes the start and end times of the check. */
export type Advance = (
  state: EnvironmentState,
  outcome: CheckOutcome,
  policy: AlertPolicy,
  endedAt: Date,
  startedAt?: Date,
) => {
  readonly state: EnvironmentState;
  readonly notifications: readonly Notification[];
  /** Silences that suppressed a report. */
  readonly silenced: readonly Silence[];
};

/** An event that some recipients have not received yet. */
export interface Unsent {
  readonly event: DriftEvent;
  /** Names of the recipients that have not received it. */
  readonly to: readonly string[];
}

/** All that outlives the process: the content of the state file. */
export interface MonitorState {
  readonly schemaVersion: 1;
  readonly environments: { readonly [environment: string]: EnvironmentState };
  /** In the order in which they happened. */
  readonly unsent: readonly Unsent[];
  /**
   * The last event of every open incident. Recipients that let silent incidents expire receive it again after a
   * restart.
   */
  readonly open: readonly DriftEvent[];
  /** By environment. */
  readonly remediations?: { readonly [environment: string]: RemediationState } | undefined;
}
