import type { Advance, CheckOutcome, Drift, EnvironmentState } from '../monitor-model.js';
import { atStart } from './clock.js';
import { advanceDegraded } from './degraded.js';
import { driftOf } from './drift.js';
import { advanceDrift, type DriftState } from './drift-incident.js';
import { advanceOutages } from './outages.js';
import type { Kind, TransitionContext } from './transition.js';
import { visibilityOf } from './visibility.js';

/**
 * What one more check changes, and whom it is time to tell what. Pure, and the same step always gives the same events,
 * ids included: what was lost in a crash can be done over.
 *
 * A drift, participants that cannot be reached and the monitor's own blindness each have a life of their own. A check that
 * could not tell is never good, so it resolves nothing; and it is always somebody's: of a participant, or of the monitor.
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
  return {
    state: {
      checkedAt: step.at,
      ...pickDrift(drifted.next),
      outages: reached.next.outages,
      group: reached.next.group,
      ...seen.next,
    },
    tellings: [...drifted.tellings, ...reached.tellings, ...seen.tellings],
    silenced: [...new Set([...silenced, ...(seen.silenced ?? [])])],
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

/** A check that failed names none; where none is known, the configuration's default stands for an amount of nothing. */
function currencyOf({ incident, bad }: EnvironmentState, outcome: CheckOutcome): string {
  if (outcome.is === 'report') return outcome.report.impact.currency;
  return (incident?.told ?? bad?.drift)?.impact.currency ?? 'USD';
}
