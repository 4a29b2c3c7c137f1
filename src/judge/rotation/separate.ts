import type { Attempt, Observations, ObservedRotation } from '../../model.js';
import { sameFingerprint } from '../../secret/fingerprint.js';

/**
 * Whether an attempt belongs to the rotation alone: a token of the key that is not the reference's, or one that must be
 * rejected since the key was revoked. All other rules ask about the reference's key, and do not see it.
 */
export function isOfRotation(
  { token, version, minted }: Attempt,
  { record, keys, reference }: ObservedRotation,
): boolean {
  if (token === 'retired') return record.state === 'revoked' && version === String(record.from);
  if (token !== 'genuine' || reference === null) return false;
  if (minted === undefined) return version !== undefined && version !== String(reference);
  const { signer } = minted;
  return (
    signer !== null &&
    keys.some((key) => key.version !== reference && sameFingerprint(key.fingerprint, signer)) &&
    !keys.some((key) => key.version === reference && sameFingerprint(key.fingerprint, signer))
  );
}

/** The version of the other key that a service signed a token with; `null` for all other tokens. */
export function versionOfMinted(attempt: Attempt, rotation: ObservedRotation): number | null {
  const signer = attempt.minted?.signer;
  if (signer == null || !isOfRotation(attempt, rotation)) return null;
  return rotation.keys.find(({ fingerprint }) => sameFingerprint(fingerprint, signer))?.version ?? null;
}

/** The observations without the attempts that belong to the rotation alone. */
export function withoutRotation(observations: Observations): Observations {
  const { rotation, attempts } = observations;
  if (rotation === undefined) return observations;
  return { ...observations, attempts: attempts.filter((attempt) => !isOfRotation(attempt, rotation)) };
}

/**
 * The observations as they would be with the other key as the reference's: its tokens, and the controls. `null` if no
 * token of the rotation was presented.
 */
export function onlyRotation(observations: Observations): Observations | null {
  const { rotation, attempts } = observations;
  if (rotation === undefined || !attempts.some((attempt) => isOfRotation(attempt, rotation))) return null;
  const kept = attempts.filter((attempt) => attempt.token !== 'genuine' || isOfRotation(attempt, rotation));
  return { ...observations, attempts: kept };
}
