import type { Observations } from '../model.js';
import { oneLine } from '../schema/shell-quote.js';
import type { Comparison } from './compare.js';
import { distinct, list, referenceName, verbFor } from './phrases.js';

/** Participants that show another fingerprint, and accept tokens of the right key all the same. */
export interface AcceptedDespiteDrift {
  readonly participants: readonly string[];
  readonly probes: readonly string[];
}

/**
 * Who of these accepted valid tokens on every probe, and no invalid one: the key that verifies there is the right one,
 * whatever the fingerprint is of. `null`: nobody.
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

/** It in a sentence that follows the cause. */
export function despiteDriftMessage(
  { participants, probes }: AcceptedDespiteDrift,
  observations: Observations,
): string {
  const accepts = verbFor(participants, 'accepts', 'accept');
  return `Yet ${list(participants)} ${accepts} tokens signed with the secret of ${referenceName(observations)} (${list(probes, 3)}): both keys are in use there (a rotation, or replicas that differ), or the fingerprint is not of the key that verifies.`;
}

/** What to do before the remedy of the cause. */
export const despiteDriftFix = ({ participants }: AcceptedDespiteDrift): string =>
  `See first whether the fingerprint of ${list(participants.map(oneLine), 2)} is of the key that signs and verifies there. If it is not, correct what shows it, and nothing else. If it is:`;
