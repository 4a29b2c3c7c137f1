import type { EnvironmentState, Notification, Outage } from '../monitor-model.js';
import { couldNotTell, toldOf } from './drift.js';
import { degradedInWords, flappingInWords, visibilityInWords } from './event-summary.js';
import {
  type Advanced,
  dedupKeyIn,
  isReminderDue,
  notificationOf,
  silenceIn,
  type TransitionContext,
} from './transition.js';
import { afterEnd, afterGood, badIn, beginOf, goodNeeded, slide } from './window.js';

/** The limit of findings in one event. */
const mostReasons = 10;

/** The state of degraded monitoring. */
export type DegradedState = Pick<EnvironmentState, 'blindness' | 'unsettled'>;

/**
 * Decides after a check whether monitoring is degraded.
 * @param covered a drift or an unreachable participant that was reported is still open, or is silenced
 */
export function advanceDegraded(
  state: DegradedState,
  covered: boolean,
  step: TransitionContext,
): Advanced<DegradedState> {
  const { blindness } = state;
  return blindness !== null && blindness.told !== null
    ? whileReported(blindness, blindness.told, covered, step)
    : beforeReported(state, covered, step);
}

function beforeReported(
  { blindness, unsettled }: DegradedState,
  covered: boolean,
  step: TransitionContext,
): Advanced<DegradedState> {
  const { policy, kind } = step;
  const { failureThreshold } = policy;
  const blind = afterCheck(blindness, step);
  // A different problem at every check, none often enough alone, must be reported at some point. It takes twice as
  // long, because services that restart one after the other are no failure of the monitor.
  const flapping =
    kind === 'good' || covered
      ? null
      : { count: (unsettled?.count ?? 0) + 1, since: unsettled?.since ?? step.at };
  const silence = silenceIn(step, []);
  const isDegraded = step.sight.degraded !== null && blind !== null && blind.away >= failureThreshold;
  const isFlapping = flapping !== null && flapping.count >= 2 * failureThreshold;
  if ((!isDegraded && !isFlapping) || silence !== null)
    return {
      next: { blindness: blind, unsettled: flapping },
      notifications: [],
      silenced: silence !== null && (isDegraded || isFlapping) ? [silence] : [],
    };
  if (isDegraded) return degraded(blind, degradedInWords(blind, step), step);
  const { count, since } = flapping ?? { count: 0, since: step.at };
  const outage = { ...(blind ?? nothing), away: count, since };
  return degraded(outage, flappingInWords(outage, step), step);
}

const nothing: Omit<Outage, 'away' | 'since'> = {
  back: 0,
  told: null,
  toldAt: null,
  dedupKey: null,
  recent: [],
  relapses: null,
};

function afterCheck(before: Outage | null, { sight, at, policy }: TransitionContext): Outage | null {
  const recent = slide(before?.recent ?? [], sight.degraded === null ? null : at, policy.failureWindow);
  const relapses =
    sight.degraded === null
      ? afterGood(before?.relapses ?? null, policy.successThreshold)
      : (before?.relapses ?? null);
  if (recent.length === 0 && relapses === null) return null;
  const began = before !== null && before.away > 0 ? before.since : null;
  return { ...nothing, away: badIn(recent), since: beginOf(recent, began, at), recent, relapses };
}

function degraded(outage: Outage, summary: string, step: TransitionContext): Advanced<DegradedState> {
  const incident = `${step.environment}/${outage.since}#monitor`;
  const dedupKey = dedupKeyIn(step, 'monitor');
  const next: Outage = { ...outage, back: 0, recent: [], told: incident, toldAt: step.at, dedupKey };
  return {
    next: { blindness: next, unsettled: null },
    notifications: [degradation(next, incident, summary, step)],
  };
}

function degradation(
  { since, dedupKey }: Outage,
  incident: string,
  summary: string,
  step: TransitionContext,
): Notification {
  const findings = step.outcome.is === 'report' ? step.outcome.report.findings : [];
  const reasons = findings.filter((f) => couldNotTell.has(f.code));
  return notificationOf(step, {
    incident,
    dedupKey: dedupKey ?? undefined,
    type: 'monitor-degraded',
    level: 'WARNING',
    peak: 'WARNING',
    since,
    participants: [...new Set(reasons.flatMap((f) => f.participants))],
    summary,
    findings: reasons.slice(0, mostReasons).map(toldOf),
  });
}

function whileReported(
  before: Outage,
  incident: string,
  covered: boolean,
  step: TransitionContext,
): Advanced<DegradedState> {
  const { policy, at } = step;
  const sees = step.sight.degraded === null && (step.kind === 'good' || covered);
  // An earlier version did not write down when it reported.
  const toldAt = before.toldAt ?? at;
  const blindness: Outage = sees
    ? { ...before, toldAt, away: 0, back: before.back + 1 }
    : { ...before, toldAt, away: before.away + 1, back: 0 };
  if (!sees) {
    const isDue = isReminderDue(toldAt, at, policy.remindEvery) && silenceIn(step, []) === null;
    if (!isDue) return { next: { blindness, unsettled: null }, notifications: [] };
    const next = { ...blindness, toldAt: at };
    const summary = degradedInWords(next, step, true);
    return {
      next: { blindness: next, unsettled: null },
      notifications: [degradation(next, incident, summary, step)],
    };
  }
  if (blindness.back < goodNeeded(before.relapses, policy.successThreshold))
    return { next: { blindness, unsettled: null }, notifications: [] };
  const { since, dedupKey } = before;
  const event = {
    incident,
    dedupKey: dedupKey ?? undefined,
    type: 'monitor-recovered',
    level: 'INFO',
    peak: 'WARNING',
    since,
    participants: [],
    summary: visibilityInWords(since, step),
  } as const;
  const rest: Outage = { ...nothing, away: 0, since: at, relapses: afterEnd(before.relapses) };
  return {
    next: { blindness: rest, unsettled: null },
    notifications: [notificationOf(step, event, 'WARNING')],
  };
}
