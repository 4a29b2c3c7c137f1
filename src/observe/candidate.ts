import type { CandidateFingerprint } from '../model.js';
import { fingerprintOf } from '../secret/fingerprint.js';
import type { Secret } from '../secret/secret.js';

/** A secret that somebody could be using instead of the right one: a form, and the bytes that it is the fingerprint of. */
export interface CandidateSecret extends Omit<CandidateFingerprint, 'fingerprint'> {
  readonly secret: Secret;
}

/** The candidate as the judge may see it. */
export function fingerprintOfCandidate(candidate: CandidateSecret, length: number): CandidateFingerprint {
  // Name by name, for there may be a hundred thousand of them.
  const { code, of, undone, text, facts, filter } = candidate;
  const form = { code, of, undone, text, fingerprint: fingerprintOf(candidate.secret, length), facts };
  return filter === undefined ? form : { ...form, filter };
}
