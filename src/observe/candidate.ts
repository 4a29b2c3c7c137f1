import type { CandidateFingerprint } from '../model.js';
import { fingerprintOf } from '../secret/fingerprint.js';
import { Secret } from '../secret/secret.js';
import type { Fallback } from './plan.js';

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

/** Secrets that are known in advance: configured fallbacks, and defaults that projects publish. */
export async function knownCandidates(fallbacks: readonly Fallback[]): Promise<CandidateSecret[]> {
  const { default: published } = await import('../data/published-secrets.json', {
    with: { type: 'json' },
  });
  const known = { of: null, undone: false, facts: {} } as const;
  return [
    ...fallbacks.map(({ label, secret }) => ({
      ...known,
      code: 'hardcoded-fallback' as const,
      text: label,
      secret,
    })),
    ...published.map(({ value, seenIn }) => ({
      ...known,
      code: 'published-default' as const,
      text: seenIn,
      secret: new Secret(value),
    })),
  ];
}
