import type { Observation, Observations } from '../../model.js';
import type { Comparison } from '../compare.js';

/** Whom a cause of a difference may be claimed of: those that differ, or everybody where nobody is known to be right. */
export function suspects(observations: Observations, comparison: Comparison): Observation[] {
  const differing = new Set(comparison.differing);
  return observations.participants.filter(
    (p) => p.reading !== null && (comparison.divided || differing.has(p.name)),
  );
}
