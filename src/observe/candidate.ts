import type { CandidateFingerprint } from '../model.js';
import { fingerprintOf } from '../secret/fingerprint.js';
import type { Secret } from '../secret/secret.js';

/** A secret that may be in use instead of the right one: a candidate with the bytes of its fingerprint. */
export interface CandidateSecret extends Omit<CandidateFingerprint, 'fingerprint'> {
  readonly secret: Secret;
}

/** Converts a candidate to the form for the judge, without its bytes. */
export function fingerprintOfCandidate(candidate: CandidateSecret, length: number): CandidateFingerprint {
  // Property by property instead of a spread, because there may be 100,000 candidates.
  const { code, of, undone, text, facts, filter } = candidate;
  const form = { code, of, undone, text, fingerprint: fingerprintOf(candidate.secret, length), facts };
  return filter === undefined ? form : { ...form, filter };
}
