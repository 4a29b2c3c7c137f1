import { sameDrift, withUnseen } from './drift.js';
import { elapsed } from './event.js';
import type { Drift, EnvironmentState, Incident, Telling } from './model.js';
import { type Step, type Stepped, telling } from './step.js';
import { changeInWords, driftInWords, reminderInWords, resolutionInWords } from './summary.js';
import { isWorse, worse } from './urgency.js';

/** What is remembered of a drift. */
export type DriftState = Pick<EnvironmentState, 'bad' | 'good' | 'changed' | 'incident'>;

/** The drift after one more check: detected, changed, still there or resolved. */
export function stepDrift(state: DriftState, step: Step): Stepped<DriftState> {
  const good = step.kind === 'good' ? state.good + 1 : 0;
  const { incident } = state;
  const { drift } = step;
  if (incident === null) return beforeIncident({ ...state, good }, drift, step);
  if (step.kind === 'good') {
    return good >= step.policy.successThreshold
      ? resolve(incident, good, step)
      : { next: { ...state, good, changed: null }, tellings: [] };
  }
  return drift === null
    ? remind({ ...state, good }, incident, step)
    : goOn({ ...state, good }, incident, drift, step);
}

function beforeIncident(state: DriftState, drift: Drift | null, step: Step): Stepped<DriftState> {
  if (drift === null) {
    return { next: step.kind === 'good' ? { ...state, bad: null } : state, tellings: [] };
  }
  const bad = { count: (state.bad?.count ?? 0) + 1, since: state.bad?.since ?? step.at, drift };
  if (bad.count < step.policy.failureThreshold && drift.level !== 'EMERGENCY')
    return { next: { ...state, bad }, tellings: [] };
  const incident: Incident = {
    id: `${step.environment}/${bad.since}`,
    since: bad.since,
    told: drift,
    toldAt: step.at,
    peak: drift.level,
  };
  return {
    next: { ...state, bad: null, changed: null, incident },
    tellings: [ofDrift('drift-detected', incident, driftInWords(incident, step), step)],
  };
}

/** Another drift than was told is told once it was seen often enough in a row, steady or not. */
function goOn(state: DriftState, incident: Incident, seen: Drift, step: Step): Stepped<DriftState> {
  const { told } = incident;
  const { lost, frozen } = step.sight;
  const drift = withUnseen(told, seen, (name) => frozen || lost.has(name));
  if (sameDrift(told, drift)) return remind({ ...state, changed: null }, incident, step);
  const changed = { count: (state.changed?.count ?? 0) + 1, drift };
  const urgent = drift.level === 'EMERGENCY' && isWorse(drift.level, told.level);
  if (changed.count < step.policy.failureThreshold && !urgent)
    return remind({ ...state, changed }, incident, step);
  const next: Incident = {
    ...incident,
    told: drift,
    toldAt: step.at,
    peak: worse(incident.peak, drift.level),
  };
  return {
    next: { ...state, changed: null, incident: next },
    tellings: [ofDrift('drift-changed', next, changeInWords(told, next, step), step, next.peak)],
  };
}

function remind(state: DriftState, incident: Incident, step: Step): Stepped<DriftState> {
  const { remindEvery } = step.policy;
  // After the clock was set back, the time that passed is not known: it counts from here.
  if (elapsed(step.at, incident.toldAt) > 0)
    return { next: { ...state, incident: { ...incident, toldAt: step.at } }, tellings: [] };
  if (remindEvery === 0 || elapsed(incident.toldAt, step.at) < remindEvery)
    return { next: state, tellings: [] };
  return {
    next: { ...state, incident: { ...incident, toldAt: step.at } },
    tellings: [ofDrift('drift-reminder', incident, reminderInWords(incident, step), step)],
  };
}

function resolve(incident: Incident, good: number, step: Step): Stepped<DriftState> {
  const { id, since, told, peak } = incident;
  const { participants, findings } = told;
  return {
    next: { bad: null, good, changed: null, incident: null },
    tellings: [
      telling(
        step,
        {
          incident: id,
          type: 'drift-resolved',
          level: 'INFO',
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
  { id, since, told }: Incident,
  summary: string,
  step: Step,
  urgency = told.level,
): Telling {
  const { level, participants, findings, impact } = told;
  return telling(
    step,
    { incident: id, type, level, since, participants, summary, findings, impact },
    urgency,
  );
}
