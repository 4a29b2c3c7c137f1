import { bytesOf, digest, proof } from './digest.js';
import type { Key, Told } from './options.js';
import { isPublished } from './published-digests.js';

/** jwtcheck does not read more. */
const mostKeys = 64;

/** Size of the hash in bytes, which is the minimum key length (RFC 7518 §3.2). */
const hashBytes: Readonly<Record<string, number>> = { HS256: 32, HS384: 48, HS512: 64 };

/**
 * Builds the answer from the current keys of the service.
 * @param nonce the challenge to answer with proofs, or `null`
 * @throws errors of the service's own functions, and an error for an empty key
 */
export async function answer(told: Told, nonce: string | null): Promise<Readonly<Record<string, unknown>>> {
  const { service, environment, instance, version, loadedAt, algorithm, length = 8, reveal } = told;
  const key = present(await told.secret(), 'secret');
  const others = ((await told.accepts?.()) ?? []).map((other) => present(other, 'accepts'));
  const keys = [key, ...others];
  const digests = await Promise.all(keys.map(digest));
  const least = hashBytes[algorithm ?? 'HS256'] ?? 32;
  const isShown = (index: number): boolean =>
    reveal !== 'proof' && (keys[index]?.length ?? 0) >= least && !isPublished(digests[index] ?? '');
  const fingerprints = digests.map((one, index) => (isShown(index) ? one.slice(0, length) : null));
  const shown = fingerprints.filter((one) => one !== null);
  const loaded = typeof loadedAt === 'function' ? loadedAt() : loadedAt;
  // Each key once, in the order of acceptance.
  const distinct = keys
    .filter((_, index) => digests.indexOf(digests[index] ?? '') === index)
    .slice(0, mostKeys);
  const proofs = nonce === null ? [] : await Promise.all(distinct.map((one) => proof(one, service, nonce)));
  // `JSON.stringify` omits undefined members.
  return {
    fingerprint: fingerprints[0] ?? undefined,
    accepts: shown.length === 0 ? undefined : [...new Set(shown)].slice(0, mostKeys),
    reveal: fingerprints.includes(null) ? 'proof' : undefined,
    algorithm,
    service,
    environment,
    instance,
    version: typeof version === 'function' ? version() : version,
    loadedAt: loaded?.toISOString(),
    proof: proofs[0],
    proofs: proofs.length > 1 ? proofs : undefined,
  };
}

/** Rejects a missing or empty key: with an empty key anyone could sign. */
function present(key: Key | null | undefined, option: 'secret' | 'accepts'): Uint8Array<ArrayBuffer> {
  if (typeof key !== 'string' && !(key instanceof Uint8Array))
    throw new KeyError(`\`${option}\` returned neither a string nor bytes: check that its variable is set`);
  if (key.length === 0) throw new KeyError(`\`${option}\` returned an empty key`);
  return bytesOf(key);
}

/** An error of this program, whose message contains no secret. */
export class KeyError extends TypeError {
  override readonly name = 'KeyError';
}
