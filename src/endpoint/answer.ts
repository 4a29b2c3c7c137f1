import { bytesOf, fingerprint, proof } from './digest.js';
import type { Key, Told } from './options.js';

/** jwtcheck reads no more. */
const mostKeys = 64;

/**
 * What the endpoint tells now.
 * @param nonce the challenge to answer with a proof, or `null`
 * @throws whatever the service's own functions throw, and where a key is empty
 */
export async function answer(told: Told, nonce: string | null): Promise<Readonly<Record<string, unknown>>> {
  const { service, environment, instance, version, loadedAt, algorithm, length = 8 } = told;
  const key = present(await told.secret());
  const others = ((await told.accepts?.()) ?? []).map(present);
  const fingerprints = await Promise.all([key, ...others].map((one) => fingerprint(one, length)));
  const loaded = typeof loadedAt === 'function' ? loadedAt() : loadedAt;
  // `JSON.stringify` leaves out what is undefined.
  return {
    fingerprint: fingerprints[0],
    accepts: [...new Set(fingerprints)].slice(0, mostKeys),
    algorithm,
    service,
    environment,
    instance,
    version: typeof version === 'function' ? version() : version,
    loadedAt: loaded?.toISOString(),
    proof: nonce === null ? undefined : await proof(key, service, nonce),
  };
}

/** A key, unless it is none: an empty one would let anybody sign. */
function present(key: Key | null | undefined): Uint8Array<ArrayBuffer> {
  if (typeof key !== 'string' && !(key instanceof Uint8Array))
    throw new TypeError('the key is neither a string nor bytes');
  if (key.length === 0) throw new TypeError('the key is empty');
  return bytesOf(key);
}
