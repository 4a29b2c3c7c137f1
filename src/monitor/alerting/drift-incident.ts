import { isWorse, worse } from '../event-types.js';
import type { Changed, Drift, EnvironmentState, Incident, Notification } from '../monitor-model.js';
import { addsTo, sameDrift, withUnseen } from './drift.js';
import { changeInWords, driftInWords, reminderInWords, resolutionInWords } from './event-summary.js';
import {
  type Advanced,
  dedupKeyIn,
  isReminderDue,
  mayChange,
  notificationOf,
  silenceIn,
  type TransitionContext,
} from './transition.js';
import { afterEnd, afterGood, badIn, beginOf, goodNeeded, slide } from './window.js';

/** The state of a drift. */
export type DriftState = Pick<
  EnvironmentState,
  'recent' | 'bad' | 'good' | 'changed' | 'incident' | 'relapses'
>;

/** Updates the drift after a check: detected, changed, continuing or resolved. */
export function advanceDrift(before: DriftState, step: TransitionContext): Advanced<DriftState> {
  const isGood = step.kind === 'good';
  const state: DriftState = { ...before, good: isGood ? before.good + 1 : 0 };
  const { incident, relapses } = state;
  const { drift } = step;
  if (incident === null) return beforeIncident(state, drift, step);
  if (isGood) {
    return state.good >= goodNeeded(relapses, step.policy.successThreshold)
      ? resolve(incident, state, step)
      : { next: { ...state, changed: changedAfter(state.changed, step, 'good') }, notifications: [] };
  }
  return drift === null ? remind(state, incident, step) : goOn(state, incident, drift, step);
}

/** An inconclusive check is not counted among the latest. */
function beforeIncident(
  state: DriftState,
  drift: Drift | null,
  step: TransitionContext,
): Advanced<DriftState> {
  const { at, kind, policy } = step;
  if (drift === null) {
    if (kind !== 'good') return { next: state, notifications: [] };
    const recent = slide(state.recent, null, policy.failureWindow);
    const bad =
      state.bad === null || recent.length === 0
        ? null
        : { ...state.bad, count: badIn(recent), since: beginOf(recent, null, at) };
    const relapses = afterGood(state.relapses, policy.successThreshold);
    return { next: { ...state, recent, bad, relapses }, notifications: [] };
  }
  const recent = slide(state.recent, at, policy.failureWindow);
  const bad = { count: badIn(recent), since: beginOf(recent, state.bad?.since ?? null, at), drift };
  if (bad.count < policy.failureThreshold && drift.level !== 'EMERGENCY')
    return { next: { ...state, recent, bad }, notifications: [] };
  const silence = silenceIn(step, drift.participants);
  if (silence !== null) return { next: { ...state, recent, bad }, notifications: [], silenced: [silence] };
  const incident: Incident = {
    id: `${step.environment}/${bad.since}`,
    dedupKey: dedupKeyIn(step, 'drift'),
    since: bad.since,
    told: drift,
    toldAt: at,
    peak: drift.level,
    changes: 0,
  };
  return {
    next: { ...state, recent: [], bad: null, changed: null, incident },
    notifications: [ofDrift('drift-detected', incident, driftInWords(incident, state.relapses, step), step)],
  };
}

/**
 * A drift that differs from the reported one is reported after as many checks as one without an incident, steady or not,
 * unless a check between them shows the reported one. One that shows more is reported even then.
 */
function goOn(
  state: DriftState,
  incident: Incident,
  seen: Drift,
  step: TransitionContext,
): Advanced<DriftState> {
  const { told, peak } = incident;
  const { unreadable, inconclusive } = step.sight;
  const drift = withUnseen(told, seen, (name) => inconclusive || unreadable.has(name));
  if (sameDrift(told, drift))
    return remind({ ...state, changed: changedAfter(state.changed, step, 'same') }, incident, step);
  const { failureThreshold, failureWindow, remindEvery } = step.policy;
  const isMore = addsTo(told, drift);
  const recent = slide(state.changed?.recent ?? [], step.at, failureWindow);
  const adds = slide(state.changed?.adds ?? [], isMore ? step.at : null, failureWindow);
  const changed: Changed = { count: badIn(recent), drift, recent, adds };
  // A reminder would name participants that are fixed.
  const silence = silenceIn(step, drift.participants);
  if (silence !== null) return { next: { ...state, changed }, notifications: [], silenced: [silence] };
  const urgent = drift.level === 'EMERGENCY' && isWorse(drift.level, told.level);
  const isSeen = changed.count >= failureThreshold || (isMore && badIn(adds) >= failureThreshold) || urgent;
  const may = isWorse(drift.level, peak) || mayChange(incident, { at: step.at, remindEvery });
  if (!isSeen || !may) return remind({ ...state, changed }, incident, step);
  const next: Incident = {
    ...incident,
    told: drift,
    toldAt: step.at,
    peak: worse(peak, drift.level),
    changes: incident.changes + 1,
  };
  return {
    next: { ...state, changed: null, incident: next },
    notifications: [ofDrift('drift-changed', next, changeInWords(told, next, step), step, next.peak)],
  };
}

/** After a check that shows the reported drift, or none. */
function changedAfter(
  changed: Changed | null,
  { policy }: TransitionContext,
  check: 'same' | 'good',
): Changed | null {
  if (changed === null) return null;
  const recent = check === 'same' ? [] : slide(changed.recent, null, policy.failureWindow);
  const adds = slide(changed.adds, null, policy.failureWindow);
  return recent.length + adds.length === 0 ? null : { ...changed, count: badIn(recent), recent, adds };
}

function remind(state: DriftState, incident: Incident, step: TransitionContext): Advanced<DriftState> {
  if (!isReminderDue(incident.toldAt, step.at, step.policy.remindEvery))
    return { next: state, notifications: [] };
  const silence = silenceIn(step, incident.told.participants);
  if (silence !== null) return { next: state, notifications: [], silenced: [silence] };
  return {
    next: { ...state, incident: { ...incident, toldAt: step.at } },
    notifications: [ofDrift('drift-reminder', incident, reminderInWords(incident, step), step)],
  };
}

function resolve(
  incident: Incident,
  { good, relapses }: DriftState,
  step: TransitionContext,
): Advanced<DriftState> {
  const { id, dedupKey, since, told, peak } = incident;
  const { participants, findings } = told;
  return {
    next: { recent: [], bad: null, good, changed: null, incident: null, relapses: afterEnd(relapses) },
    notifications: [
      notificationOf(
        step,
        {
          incident: id,
          dedupKey,
          type: 'drift-resolved',
          level: 'INFO',
          peak,
          since,
          participants,
          summary: resolutionInWords(incident, step),
          findings,
        },
        peak,
      ),
    ],
  };
}

function ofDrift(
  type: 'drift-detected' | 'drift-changed' | 'drift-reminder',
  { id, dedupKey, since, told, peak }: Incident,
  summary: string,
  step: TransitionContext,
  urgency = told.level,
): Notification {
  const { level, participants, findings, impact } = told;
  return notificationOf(
    step,
    { incident: id, dedupKey, type, level, peak, since, participants, summary, findings, impact },
    urgency,
  );
}
