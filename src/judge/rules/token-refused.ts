import type { Attempt, Observations } from '../../model.js';
import type { Comparison } from '../compare.js';

/** A participant that refused genuine tokens though its fingerprint does not differ. */
export interface Refusal {
  readonly name: string;
  readonly refused: readonly Attempt[];
  readonly accepted: readonly Attempt[];
}

/** Whom a cause of a refusal may be claimed of. Where the fingerprint differs, the refusal is only its consequence. */
export function refusals(observations: Observations, comparison: Comparison): Refusal[] {
  const explained = new Set([...comparison.differing, ...comparison.split]);
  return observations.participants.flatMap(({ name }) => {
    const refused = comparison.tokens.refused.get(name);
    if (refused === undefined || explained.has(name)) return [];
    return [{ name, refused, accepted: comparison.tokens.accepted.get(name) ?? [] }];
  });
}
