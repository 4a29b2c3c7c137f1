import { digest, KeyError, presentKey, proof } from './key.js';
import { mostKeys } from './key-reading.js';
import { fits } from './known-options.js';
import type { KeySource, Told } from './options.js';
import { isPublished } from './published-digests.js';

/** Size of the hash in bytes, which is the minimum key length (RFC 7518 §3.2). */
const hashBytes: Readonly<Record<string, number>> = { HS256: 32, HS384: 48, HS512: 64 };

/**
 * Builds the answer from the current keys of the service.
 * @param nonce the challenge to answer with proofs, or `null`
 * @throws errors of the service's own functions, and an error for an empty key
 */
export async function answer(
  content: Told & KeySource,
  nonce: string | null,
): Promise<Readonly<Record<string, unknown>>> {
  const { service, environment, instance, algorithm, length = 8, reveal } = content;
  const { keys, version, loadedAt } = await heldKeys(content);
  if (keys.length === 0) throw new KeyError('`keys` has no key');
  // It is published: an object would be, too, with all that it contains.
  if (!fits(version, 'string')) throw new KeyError('`version` must be a string');
  const digests = await Promise.all(keys.map(digest));
  const least = hashBytes[algorithm ?? 'HS256'] ?? 32;
  const isShown = (index: number): boolean =>
    reveal !== 'proof' && (keys[index]?.length ?? 0) >= least && !isPublished(digests[index] ?? '');
  const fingerprints = digests.map((one, index) => (isShown(index) ? one.slice(0, length) : null));
  const shown = fingerprints.filter((one) => one !== null);
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
    version,
    loadedAt: loadedAt?.toISOString(),
    proof: proofs[0],
    proofs: proofs.length > 1 ? proofs : undefined,
  };
}

/** What is reported of the keys in use. */
interface HeldKeys {
  /** The signing key first. */
  readonly keys: readonly Uint8Array<ArrayBuffer>[];
  readonly version: string | undefined;
  readonly loadedAt: Date | undefined;
}

async function heldKeys(source: KeySource): Promise<HeldKeys> {
  if (source.keys !== undefined) {
    // Read at once: another reading may take effect later.
    const { accepts, version, loadedAt } = source.keys;
    return { keys: accepts.map((key) => presentKey(key, 'keys')), version, loadedAt };
  }
  const { secret, accepts, version, loadedAt } = source;
  const key = presentKey(await secret(), 'secret');
  const others = ((await accepts?.()) ?? []).map((other) => presentKey(other, 'accepts'));
  return {
    keys: [key, ...others],
    version: typeof version === 'function' ? version() : version,
    loadedAt: typeof loadedAt === 'function' ? loadedAt() : loadedAt,
  };
}
