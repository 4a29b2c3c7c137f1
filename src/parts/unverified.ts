import type { Observation, Observations } from '../model.js';

/**
 * Observations whose proofs could not be verified. A participant that must prove its secret did not do so; the fingerprints
 * of the others count without a proof.
 */
export function withoutProofs(observations: Observations): Observations {
  const { unverifiedProofs = [], ...rest } = observations;
  const unproved = new Set(unverifiedProofs.map(({ participant }) => participant));
  const isReferenceRead = rest.participants.some(
    ({ name, reading }) => name === rest.reference && reading !== null,
  );
  return {
    ...rest,
    participants: rest.participants.map((one) => {
      if (unproved.has(one.name)) return withoutProof(one);
      return isReferenceRead ? withoutAnswer(one) : one;
    }),
  };
}

/** None of its answers, or those in one of several networks, could be verified. */
function withoutProof(participant: Observation): Observation {
  const { reading, error } = participant;
  if (reading === null && error === null) {
    const message = 'it shows only a proof, and where it was observed, no secret was available to verify it';
    return { ...participant, error: { code: 'no-proof', message, hint } };
  }
  if (!needsProof(participant)) return participant;
  return {
    ...participant,
    error: {
      code: 'no-proof',
      message: 'a proof is required, and where it was observed, no secret was available to verify it',
      hint,
    },
  };
}

/** It was not challenged at all. Without the secret of the reference, a part cannot tell that this is wrong. */
function withoutAnswer(participant: Observation): Observation {
  if (!needsProof(participant) || (participant.reading?.proofs ?? []).length > 0) return participant;
  return {
    ...participant,
    error: {
      code: 'no-proof',
      message: 'a proof is required, and no challenge was sent',
      hint: 'If `url` has its own `challenge`, remove that from its query. Then run its part again.',
    },
  };
}

const needsProof = ({ requiresProof, reading, error }: Observation): boolean =>
  requiresProof === true && reading !== null && error === null;

const hint = 'Judge the parts with --config, where the secret of the reference can be read.';
