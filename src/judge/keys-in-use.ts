import type { Attempt, Fingerprint, Observation, Observations } from '../model.js';
import type { Comparison } from './compare.js';
import { fingerprintsOf } from './participants.js';
import { participant as byName } from './phrases.js';

/** Fingerprints of a participant's keys: those that it shows, or else those that tokens proved. */
export function keysOf(
  observations: Observations,
  comparison: Comparison,
  participant: Observation,
): Fingerprint[] {
  return participant.reading === null
    ? [...keysInUse(observations, comparison, participant.name), ...signers(comparison, participant.name)]
    : fingerprintsOf(participant);
}

/** Fingerprints of the keys that signed its own tokens, as far as they are known. */
export function signers({ signing }: Comparison, name: string): Fingerprint[] {
  return [...new Set((signing.byParticipant.get(name) ?? []).flatMap(({ signer }) => signer ?? []))];
}

/**
 * Fingerprints of the keys that a participant verifies with instead of the right one, as tokens proved it: those that
 * the follow-up found, and those of wrong secrets of other participants whose tokens it accepted.
 */
export function keysInUse(observations: Observations, comparison: Comparison, name: string): Fingerprint[] {
  if (!comparison.tokens.refused.has(name)) return [];
  const found = observations.followUps
    .filter((t) => t.participant === name && t.changed.what === 'key')
    .filter((t) => t.result === 'accepted' || t.signatureVerified === true)
    .flatMap((t) => t.form?.fingerprint ?? []);
  const taken = acceptedInstead(comparison, name).flatMap((a) => {
    if (a.minted !== undefined) return a.minted.signer ?? [];
    const minter = byName(observations, a.minter ?? undefined);
    return minter?.reading?.fingerprint ?? [];
  });
  return [...new Set([...found, ...taken])];
}

/** Tokens of wrong secrets that were accepted by a probe that rejected those of the right one, and rejected invalid tokens, too. */
export function acceptedInstead({ tokens }: Comparison, name: string): Attempt[] {
  const on = (attempts: readonly Attempt[] | undefined, probe: string) =>
    (attempts ?? []).filter((a) => a.probe === probe);
  return (tokens.takenFromOthers.get(name) ?? []).filter(
    ({ probe }) =>
      on(tokens.refused.get(name), probe).length > 0 &&
      on(tokens.accepted.get(name), probe).length === 0 &&
      on(tokens.controls.get(name), probe).every((a) => a.result !== 'accepted'),
  );
}
