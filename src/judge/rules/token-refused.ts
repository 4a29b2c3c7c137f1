import type { Attempt, Observations, Trial } from '../../model.js';
import type { Comparison } from '../compare.js';

/** A participant that refused genuine tokens though its fingerprint does not differ. */
export interface Refusal {
  readonly name: string;
  readonly refused: readonly Attempt[];
  readonly accepted: readonly Attempt[];
}

/** Whom a cause of a refusal may be claimed of. Where the fingerprint differs, the refusal is only its consequence. */
export function refusals(observations: Observations, comparison: Comparison): Refusal[] {
  if (comparison.tokens.refused.size === 0) return [];
  const explained = new Set([...comparison.differing, ...comparison.split]);
  return observations.participants.flatMap(({ name }) => {
    const refused = comparison.tokens.refused.get(name);
    if (refused === undefined || explained.has(name)) return [];
    return [{ name, refused, accepted: comparison.tokens.accepted.get(name) ?? [] }];
  });
}

/** A refusal, and the experiments on its participant that were accepted, which prove what it is due to. */
export interface Proved extends Refusal {
  readonly trials: readonly [Trial, ...Trial[]];
}

/** The refusals that experiments of one kind explain. */
export function provedBy(
  observations: Observations,
  comparison: Comparison,
  vary: Exclude<Trial['vary'], 'nothing'>,
): Proved[] {
  const accepted = observations.trials.filter((t) => t.vary === vary && t.result === 'accepted');
  if (accepted.length === 0) return [];
  return refusals(observations, comparison).flatMap((refusal) => {
    const [first, ...more] = accepted.filter((t) => t.participant === refusal.name);
    return first === undefined ? [] : [{ ...refusal, trials: [first, ...more] as const }];
  });
}

/** The key that an experiment was signed with, in words: `secret_manager version 6`, `knownFallbacks[0]`. */
export function keyOf({ form, text }: Trial): string {
  if (form === null) return text;
  return form.of === null ? form.text : `${form.of} ${form.text}`;
}
