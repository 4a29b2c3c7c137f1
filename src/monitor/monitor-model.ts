import type { Finding, Level, RemedyStep, Report } from '../model.js';
import type { LinkSettings, Links } from './alerting/links.js';
import type { Relapses } from './alerting/relapses.js';
import type { Window } from './alerting/window.js';
import type { EventType } from './event-types.js';

/** A finding as an event carries it. What another version has written may have a code that this one does not know. */
export interface EventFinding extends Pick<Finding, 'participants' | 'message' | 'remedy'> {
  readonly code: string;
  /** Missing in events of earlier versions. */
  readonly steps?: readonly RemedyStep[] | undefined;
}

/** One transition, told once: a line of `ndjson`, the body of the webhook. */
export interface DriftEvent {
  readonly schemaVersion: 1;
  /** The same in every try to send it. */
  readonly id: string;
  /**
   * The same for all events of one incident: `ENVIRONMENT/START` for a drift, `ENVIRONMENT/START/PARTICIPANT` for one
   * that cannot be reached, `ENVIRONMENT/START#unreachable` for many at once, `ENVIRONMENT/START#monitor` for degraded
   * monitoring.
   */
  readonly incident: string;
  /**
   * What a receiver that keeps incidents knows it by: it does not depend on when the incident began, so that one that
   * was forgotten with the state is found again. Missing in events of earlier versions.
   */
  readonly dedupKey?: string | undefined;
  readonly type: EventType;
  readonly level: Level;
  /** The highest level that the incident was notified with so far. Missing in events of earlier versions. */
  readonly peak?: Level | undefined;
  readonly environment: string;
  /** RFC 3339, UTC. */
  readonly at: string;
  /** When the incident began: the first bad check. RFC 3339, UTC. */
  readonly since: string;
  /** Milliseconds from `since` to `at`. */
  readonly durationMs: number;
  readonly participants: readonly string[];
  /** One line that says it all. */
  readonly summary: string;
  readonly findings: readonly EventFinding[];
  readonly impact: { readonly currency: string; readonly mrrAtRisk: number };
  /** Missing in events of earlier versions. */
  readonly links?: Links | undefined;
  /** Addresses that are asked in the place of Google Secret Manager; left out where there are none. */
  readonly emulators?: readonly string[] | undefined;
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
  /** Tells this installation from others whose environment has the same name; part of every deduplication key. */
  readonly scope: string;
  readonly links: LinkSettings;
}

/** What a bad check shows: two that differ neither in level, nor in participants, nor in codes show the same drift. */
export interface Drift {
  readonly level: Level;
  readonly participants: readonly string[];
  readonly summary: string;
  readonly findings: DriftEvent['findings'];
  readonly impact: DriftEvent['impact'];
}

/** A drift that was told and is not over. */
export interface Incident {
  readonly id: string;
  /** RFC 3339, UTC. */
  readonly since: string;
  /** As it was told last. */
  readonly told: Drift;
  /** RFC 3339, UTC. */
  readonly toldAt: string;
  /** The highest level that it was told with: whoever heard of that hears of the end. */
  readonly peak: Level;
  readonly dedupKey: string;
  /** How often its change was reported. */
  readonly changes: number;
}

/** A participant that cannot be reached, or degraded monitoring. */
export interface Outage {
  /** Bad checks among the latest; of degraded monitoring, bad checks in a row once it was reported. */
  readonly away: number;
  /** Good checks in a row since it was reported. */
  readonly back: number;
  /** RFC 3339, UTC: the first check in which it was away. */
  readonly since: string;
  /** The incident that was told, or `null` while it is not. */
  readonly told: string | null;
  /** RFC 3339, UTC; `null` where it was not, or is reported with others. */
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
  /** As it was reported last. */
  readonly told: readonly string[];
  readonly toldAt: string;
  readonly changes: number;
}

/** What is remembered of one environment from check to check. Plain JSON: it is what the state file holds. */
export interface EnvironmentState {
  /** When the last check ended, RFC 3339, UTC; `null` before the first. */
  readonly checkedAt: string | null;
  /** The latest checks that could tell, while no drift is reported. */
  readonly recent: Window;
  /** Bad ones among them, when the first was, and the drift of the last one; `null` while an incident is open. */
  readonly bad: { readonly count: number; readonly since: string; readonly drift: Drift } | null;
  /** Good checks in a row. */
  readonly good: number;
  /** Checks in a row whose drift differs from what was told last, and that drift. */
  readonly changed: { readonly count: number; readonly drift: Drift } | null;
  readonly incident: Incident | null;
  /** Of drifts. */
  readonly relapses: Relapses | null;
  /** By participant. */
  readonly outages: { readonly [participant: string]: Outage };
  readonly group: OutageGroup | null;
  readonly blindness: Outage | null;
  /** Checks in a row that were not good while nothing was told of, whatever was wrong with each. */
  readonly unsettled: { readonly count: number; readonly since: string } | null;
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
};

/** What one check gave: a report, or a word on why there is none, fit to be shown. */
export type CheckOutcome =
  | { readonly is: 'report'; readonly report: Report }
  | { readonly is: 'failed'; readonly environment: string; readonly message: string };

/** An event, and how urgent it is for choosing who is told: the end of an incident is as urgent as its worst moment. */
export interface Notification {
  readonly event: DriftEvent;
  readonly urgency: Level;
}

/** The next state, and what is to be told. Pure: the clock arrives as the times at which the check ended and started. */
export type Advance = (
  state: EnvironmentState,
  outcome: CheckOutcome,
  policy: AlertPolicy,
  endedAt: Date,
  startedAt?: Date,
) => {
  readonly state: EnvironmentState;
  readonly tellings: readonly Notification[];
  /** Silences because of which something was not reported. */
  readonly silenced: readonly Silence[];
};

/** An event that not everybody was told of yet. */
export interface Unsent {
  readonly event: DriftEvent;
  /** Names of the recipients that are still to be told. */
  readonly to: readonly string[];
}

/** All that outlives the process: the content of the state file. */
export interface MonitorState {
  readonly schemaVersion: 1;
  readonly environments: { readonly [environment: string]: EnvironmentState };
  /** In the order in which they happened. */
  readonly unsent: readonly Unsent[];
  /** The last event of every incident that is open: whoever lets silent ones end is told of them again after a restart. */
  readonly open: readonly DriftEvent[];
}
