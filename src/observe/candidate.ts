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
  const configured = fallbacks.map(
    ({ label, secret }): CandidateSecret => ({
      ...common,
      code: 'hardcoded-fallback',
      text: label,
      secret,
    }),
  );
  return [...configured, ...(await publishedDefaults())];
}

const common = { of: null, undone: false, facts: {} } as const;

/** Read once: every check compares them. */
let defaults: readonly CandidateSecret[] | undefined;

/** Defaults that projects publish. */
export async function publishedDefaults(): Promise<readonly CandidateSecret[]> {
  const { default: published } = await import('../data/published-secrets.json', {
    with: { type: 'json' },
  });
  defaults ??= published.map(({ value, seenIn }) => ({
    ...common,
    code: 'published-default',
    text: seenIn,
    secret: new Secret(value),
  }));
  return defaults;
}
