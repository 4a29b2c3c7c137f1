import { couldNotTell, toldOf } from './drift.js';
import type { EnvironmentState, Outage } from './model.js';
import { type Step, type Stepped, telling } from './step.js';
import { blindnessInWords, restlessInWords, sightInWords } from './summary.js';

/** Findings that one event gives: forty of them say no more than ten. */
const mostReasons = 10;

/** What is remembered of the monitor's own trouble. */
export type BlindState = Pick<EnvironmentState, 'blindness' | 'unsettled'>;

/**
 * Whether the monitor itself sees, after one more check.
 * @param covered something that was told is not over: a drift, or a participant that cannot be reached
 */
export function stepBlindness(state: BlindState, covered: boolean, step: Step): Stepped<BlindState> {
  const { blindness } = state;
  return blindness !== null && blindness.told !== null
    ? whileTold(blindness, blindness.told, covered, step)
    : beforeTold(state, covered, step);
}

function beforeTold({ blindness, unsettled }: BlindState, covered: boolean, step: Step): Stepped<BlindState> {
  const { sight, policy, kind } = step;
  const blind = sight.blind === null ? null : oneMore(blindness, step);
  // Every check another trouble, and none of them often enough in a row: that must not stay untold for ever. It takes
  // twice as long, for services that restart one after the other are no failure of the monitor.
  const restless =
    kind === 'good' || covered
      ? null
      : { count: (unsettled?.count ?? 0) + 1, since: unsettled?.since ?? step.at };
  if (blind !== null && blind.away >= policy.failureThreshold)
    return degraded(blind, blindnessInWords(blind, step), step);
  if (restless !== null && restless.count >= 2 * policy.failureThreshold) {
    const outage = { away: restless.count, back: 0, since: restless.since, told: null };
    return degraded(outage, restlessInWords(outage, step), step);
  }
  return { next: { blindness: blind, unsettled: restless }, tellings: [] };
}

const oneMore = (before: Outage | null, { at }: Step): Outage => ({
  away: (before?.away ?? 0) + 1,
  back: 0,
  since: before?.since ?? at,
  told: null,
});

function degraded(outage: Outage, summary: string, step: Step): Stepped<BlindState> {
  const incident = `${step.environment}/${outage.since}#monitor`;
  const findings = step.outcome.is === 'report' ? step.outcome.report.findings : [];
  const reasons = findings.filter((f) => couldNotTell.has(f.code));
  return {
    next: { blindness: { ...outage, told: incident }, unsettled: null },
    tellings: [
      telling(step, {
        incident,
        type: 'monitor-degraded',
        level: 'WARNING',
        since: outage.since,
        participants: [...new Set(reasons.flatMap((f) => f.participants))],
        summary,
        findings: reasons.slice(0, mostReasons).map(toldOf),
      }),
    ],
  };
}

function whileTold(blindness: Outage, incident: string, covered: boolean, step: Step): Stepped<BlindState> {
  const sees = step.sight.blind === null && (step.kind === 'good' || covered);
  if (!sees) {
    const next = { ...blindness, away: blindness.away + 1, back: 0 };
    return { next: { blindness: next, unsettled: null }, tellings: [] };
  }
  const back = blindness.back + 1;
  if (back < step.policy.successThreshold)
    return { next: { blindness: { ...blindness, away: 0, back }, unsettled: null }, tellings: [] };
  const { since } = blindness;
  const summary = sightInWords(since, step);
  return {
    next: { blindness: null, unsettled: null },
    tellings: [
      telling(
        step,
        { incident, type: 'monitor-recovered', level: 'INFO', since, participants: [], summary },
        'WARNING',
      ),
    ],
  };
}
