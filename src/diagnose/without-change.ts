import type { Fingerprint } from '../model.js';
import { derive, fullFingerprintOf } from '../secret/fingerprint.js';
import type { Secret } from '../secret/secret.js';
import type { TransformCode } from '../transforms/codes.js';
import { search } from '../transforms/search.js';

/** The changes by which a secret was made from another one; `null` if it is no changed copy of it. */
export function changesFrom(original: Secret, secret: Secret): readonly TransformCode[] | null {
  const target = fullFingerprintOf(original);
  const [found] = derive(
    secret,
    (bytes) => search(bytes, [target]).hits.filter(({ undone }) => undone),
    ({ steps }) => steps,
  );
  return found ?? null;
}

/**
 * The secret without the changes that a finding named.
 * @param fingerprint of the secret without them
 * @param changes codes of exactly these changes
 * @returns `null` if the fingerprint has another, or not exactly one, explanation
 */
export function withoutChange(
  secret: Secret,
  fingerprint: Fingerprint,
  changes: readonly string[],
): Secret | null {
  const wanted = [...changes].sort().join();
  const found = derive(
    secret,
    (bytes) =>
      search(bytes, [fingerprint]).hits.filter(
        ({ undone, alternatives, steps }) =>
          undone && alternatives.length === 0 && [...steps].sort().join() === wanted,
      ),
    (_path, made) => made,
  );
  return found.length === 1 ? (found[0] ?? null) : null;
}
