import type { Observation, Observations } from '../model.js';

/**
 * Observations whose proofs nobody could verify. A participant that must prove its secret did not do so; the fingerprints
 * of the others count without a proof.
 */
export function withoutProofs(observations: Observations): Observations {
  const { unverifiedProofs = [], ...rest } = observations;
  if (unverifiedProofs.length === 0) return rest;
  const unproved = new Set(unverifiedProofs.map(({ participant }) => participant));
  return {
    ...rest,
    participants: rest.participants.map((one) => (unproved.has(one.name) ? withoutProof(one) : one)),
  };
}

function withoutProof(participant: Observation): Observation {
  const { requiresProof, reading, error } = participant;
  if (reading === null && error === null) {
    const message = 'it shows only a proof, and where it was observed, no secret was available to verify it';
    return { ...participant, error: { code: 'no-proof', message, hint } };
  }
  if (requiresProof !== true || reading === null || error !== null || (reading.proofs ?? []).length > 0)
    return participant;
  return {
    ...participant,
    error: {
      code: 'no-proof',
      message: 'a proof is required, and where it was observed, no secret was available to verify it',
      hint,
    },
  };
}

const hint = 'Judge the parts with --config, where the secret of the reference can be read.';
