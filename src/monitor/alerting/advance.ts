import type {
  Advance,
  CheckOutcome,
  Drift,
  EnvironmentState,
  Incident,
  Outage,
  RotationState,
} from '../monitor-model.js';
import { advanceDegraded } from './degraded.js';
import { driftOf } from './drift.js';
import { advanceDrift, type DriftState } from './drift-incident.js';
import { advanceOutages } from './outages.js';
import type { Kind, TransitionContext } from './transition.js';
import { visibilityOf } from './visibility.js';
import { advanceRotation } from './watched-rotation.js';

/**
 * The state changes of one check, and the events to send. Pure: the same step always gives the same events, ids
 * included, so that a step lost in a crash can be repeated.
 *
 * Drift, unreachable participants, degraded monitoring and a rotation each have their own life cycle. An inconclusive check is
 * never good, so it resolves nothing. It always has an owner: a participant or the monitor.
 */
export const advance: Advance = (remembered, outcome, policy, endedAt, startedAt = endedAt) => {
  const state = atStart(remembered, startedAt, policy.interval);
  const drift = outcome.is === 'report' ? driftOf(outcome.report) : null;
  const step: TransitionContext = {
    environment: outcome.is === 'report' ? outcome.report.environment : outcome.environment,
    outcome,
    kind: kindOf(outcome, drift),
    drift,
    sight: visibilityOf(outcome, drift),
    policy,
    at: endedAt.toISOString(),
    currency: currencyOf(state, outcome),
  };
  const drifted = advanceDrift(state, step);
  const reached = advanceOutages(state, step);
  const silenced = [...(drifted.silenced ?? []), ...(reached.silenced ?? [])];
  const covered =
    drifted.next.incident !== null ||
    silenced.length > 0 ||
    Object.values(reached.next.outages).some((o) => o.told !== null);
  const seen = advanceDegraded(state, covered, step);
  const rotated = advanceRotation(state.rotation, step);
  return {
    state: {
      checkedAt: step.at,
      ...pickDrift(drifted.next),
      outages: reached.next.outages,
      group: reached.next.group,
      ...seen.next,
      rotation: rotated.next,
    },
    notifications: [
      ...drifted.notifications,
      ...reached.notifications,
      ...seen.notifications,
      ...rotated.notifications,
    ],
    silenced: [...new Set([...silenced, ...(seen.silenced ?? []), ...(rotated.silenced ?? [])])],
  };
};

const pickDrift = ({ recent, bad, good, changed, incident, relapses }: DriftState): DriftState => ({
  recent,
  bad,
  good,
  changed,
  incident,
  relapses,
});

function kindOf(outcome: CheckOutcome, drift: Drift | null): Kind {
  if (drift !== null) return 'bad';
  const good =
    outcome.is === 'report' && outcome.report.verdict === 'consistent' && outcome.report.exitCode === 0;
  return good ? 'good' : 'neither';
}

/** A failed check has no currency. If none is known, the amount is zero, in the default currency. */
function currencyOf({ incident, bad }: EnvironmentState, outcome: CheckOutcome): string {
  if (outcome.is === 'report') return outcome.report.impact.currency;
  return (incident?.told ?? bad?.drift)?.impact.currency ?? 'USD';
}

/** Shorter pauses are those of a machine under load, however short the interval is. Milliseconds. */
const shortestPause = 1000;

/**
 * The state at the start of a check. Counts of checks before a pause of three intervals are dropped, because old
 * results say nothing about now. If the clock was set back, every stored time moves with it, so that no duration
 * includes time that never passed.
 */
function atStart(state: EnvironmentState, startedAt: Date, intervalMs: number): EnvironmentState {
  if (state.checkedAt === null) return state;
  const pause = startedAt.getTime() - Date.parse(state.checkedAt);
  if (pause < 0) return moved(state, pause);
  return pause > Math.max(3 * intervalMs, shortestPause) ? withoutCounts(state) : state;
}

function withoutCounts(state: EnvironmentState): EnvironmentState {
  const outages = Object.entries(state.outages).flatMap(([name, outage]): [string, Outage][] =>
    outage.told === null ? [] : [[name, { ...outage, back: 0 }]],
  );
  const { blindness } = state;
  return {
    ...state,
    recent: [],
    bad: null,
    good: 0,
    changed: null,
    relapses: null,
    outages: Object.fromEntries(outages),
    blindness: blindness === null || blindness.told === null ? null : { ...blindness, back: 0 },
    unsettled: null,
  };
}

function moved(state: EnvironmentState, ms: number): EnvironmentState {
  const at = (text: string): string => {
    const time = Date.parse(text) + ms;
    return Math.abs(time) <= 8.64e15 ? new Date(time).toISOString() : text;
  };
  const ofIncident = (incident: Incident): Incident => ({
    ...incident,
    since: at(incident.since),
    toldAt: at(incident.toldAt),
  });
  const ofOutage = (outage: Outage): Outage => ({
    ...outage,
    since: at(outage.since),
    toldAt: outage.toldAt === null ? null : at(outage.toldAt),
    recent: outage.recent.map((one) => (one === null ? null : at(one))),
  });
  // The times at which a rotation was opened and moved are those of another clock.
  const ofRotation = ({ since, open, newest, older }: RotationState): RotationState => ({
    since: at(since),
    open: open === null || open.stalledAt === null ? open : { ...open, stalledAt: at(open.stalledAt) },
    newest,
    older: older === null ? null : { ...older, since: at(older.since) },
  });
  const { bad, incident, group, blindness, unsettled, rotation, checkedAt } = state;
  return {
    ...state,
    checkedAt: checkedAt === null ? null : at(checkedAt),
    recent: state.recent.map((one) => (one === null ? null : at(one))),
    bad: bad === null ? null : { ...bad, since: at(bad.since) },
    incident: incident === null ? null : ofIncident(incident),
    outages: Object.fromEntries(
      Object.entries(state.outages).map(([name, outage]) => [name, ofOutage(outage)]),
    ),
    group: group === null ? null : { ...group, since: at(group.since), toldAt: at(group.toldAt) },
    blindness: blindness === null ? null : ofOutage(blindness),
    unsettled: unsettled === null ? null : { ...unsettled, since: at(unsettled.since) },
    rotation: rotation === null ? null : ofRotation(rotation),
  };
}

/** Less is rounding, or a clock that is slowed down. Milliseconds. */
const leastSetBack = 1000;

/** Milliseconds by which the clock was set back between two moments; 0 if it was not. */
export function setBack(from: Date, to: Date, passedMs: number): number {
  const ms = passedMs - (to.getTime() - from.getTime());
  return ms < leastSetBack ? 0 : ms;
}
