import type { Advance, CheckOutcome, Drift, EnvironmentState } from '../monitor-model.js';
import { atStart } from './clock.js';
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
