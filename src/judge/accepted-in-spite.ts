import type { Observations } from '../model.js';
import { oneLine } from '../schema/shell-quote.js';
import type { Comparison } from './compare.js';
import { distinct, list, referenceName, verbFor } from './phrases.js';

/** Participants that report another fingerprint but accept tokens of the right key. */
export interface AcceptedDespiteDrift {
  readonly participants: readonly string[];
  readonly probes: readonly string[];
}

/**
 * The given participants that accepted valid tokens on every probe, and no invalid one: they verify with the right key,
 * whatever their fingerprint. `null`: none.
 */
export function acceptedDespiteDrift(
  { differing, reference, tokens }: Comparison,
  names: readonly string[],
): AcceptedDespiteDrift | null {
  if (reference === null) return null;
  const participants = names.filter((name) => {
    const controls = tokens.controls.get(name) ?? [];
    return (
      differing.includes(name) &&
      tokens.accepted.has(name) &&
      !tokens.refused.has(name) &&
      controls.some((a) => a.token === 'forged' && a.result === 'rejected') &&
      controls.every((a) => a.result !== 'accepted')
    );
  });
  const probes = distinct(
    participants.flatMap((name) => tokens.accepted.get(name) ?? []).map((a) => a.probe),
  );
  return participants.length === 0 ? null : { participants, probes };
}

/** The sentence that follows the cause. */
export function despiteDriftMessage(
  { participants, probes }: AcceptedDespiteDrift,
  observations: Observations,
): string {
  const accepts = verbFor(participants, 'accepts', 'accept');
  return `However, ${list(participants)} ${accepts} tokens signed with the secret of ${referenceName(observations)} (${list(probes, 3)}): both keys are in use there (a rotation, or replicas that differ), or the fingerprint is not that of the key that verifies.`;
}

/** The step before the remedy of the cause. */
export const despiteDriftFix = ({ participants }: AcceptedDespiteDrift): string =>
  `First check whether the fingerprint of ${list(participants.map(oneLine), 2)} is that of the key that signs and verifies there. If not, correct only the endpoint that reports it. Otherwise:`;
