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

/** By the length of fingerprints: every check has the same ones. */
const defaultForms = new Map<number, readonly CandidateFingerprint[]>();

/** The fingerprints of {@link knownCandidates}. */
export async function knownFingerprints(
  fallbacks: readonly Fallback[],
  length: number,
): Promise<CandidateFingerprint[]> {
  const formOf = (candidate: CandidateSecret) => fingerprintOfCandidate(candidate, length);
  const published = defaultForms.get(length) ?? (await publishedDefaults()).map(formOf);
  defaultForms.set(length, published);
  return [...configuredFallbacks(fallbacks).map(formOf), ...published];
}

/** Secrets that are known in advance: configured fallbacks, and defaults that projects publish. */
export async function knownCandidates(fallbacks: readonly Fallback[]): Promise<CandidateSecret[]> {
  return [...configuredFallbacks(fallbacks), ...(await publishedDefaults())];
}

const common = { of: null, undone: false, facts: {} } as const;

const configuredFallbacks = (fallbacks: readonly Fallback[]): CandidateSecret[] =>
  fallbacks.map(({ label, secret }) => ({ ...common, code: 'hardcoded-fallback', text: label, secret }));

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
