import type { Fingerprint, Observation, ProofOutcome, ShownProof } from '../model.js';

const proofsFor = ({ reading }: Observation, shown: Fingerprint): readonly ShownProof[] =>
  (reading?.proofs ?? []).filter(({ fingerprint }) => fingerprint === shown);

/** Whether every answer that showed this fingerprint proved to hold the reference's secret. */
export function isVerified(participant: Observation, shown: Fingerprint): boolean {
  const proofs = proofsFor(participant, shown);
  return proofs.length > 0 && proofs.every(({ outcome }) => outcome === 'verified');
}

/** Whether an answer that showed this fingerprint failed to prove it. */
export function isRefuted(participant: Observation, shown: Fingerprint): boolean {
  return proofsFor(participant, shown).some(({ outcome }) => outcome === 'failed');
}

/** The worst of all answers; `null` if none was challenged. */
export function proofOutcome({ reading }: Observation): ProofOutcome | null {
  const outcomes = (reading?.proofs ?? []).map(({ outcome }) => outcome);
  const worstFirst = ['failed', 'absent', 'verified'] as const;
  return worstFirst.find((outcome) => outcomes.includes(outcome)) ?? null;
}
