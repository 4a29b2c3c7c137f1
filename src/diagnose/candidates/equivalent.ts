import { createHash } from 'node:crypto';
import type { Algorithm } from '../../model.js';
import type { CandidateSecret } from '../../observe/candidate.js';
import { derive } from '../../secret/fingerprint.js';
import type { Secret } from '../../secret/secret.js';

/** The hash of each algorithm and its block size in bytes: RFC 7518 §3.2, FIPS 180-4 §1. */
const hashes: Record<Algorithm, { readonly name: string; readonly block: number }> = {
  HS256: { name: 'sha256', block: 64 },
  HS384: { name: 'sha384', block: 128 },
  HS512: { name: 'sha512', block: 128 },
};

/**
 * Other bytes that are the same HMAC key: HMAC pads a key with NUL bytes to the block size of the hash, and hashes a
 * longer key first (RFC 2104 §2).
 */
export function equivalentCandidates(of: string, secret: Secret, algorithm: Algorithm): CandidateSecret[] {
  const known = { code: 'equivalent-secret', of, undone: false, facts: {} } as const;
  return derive(
    secret,
    (bytes) => sameKey(bytes, algorithm),
    ({ text }, other): CandidateSecret => ({ ...known, text, secret: other }),
  );
}

function sameKey(bytes: Buffer, algorithm: Algorithm): { bytes: Buffer; text: string }[] {
  const { name, block } = hashes[algorithm];
  const long = bytes.length > block;
  const effective = long ? createHash(name).update(bytes).digest() : bytes;
  const least = lengthWithoutNuls(effective);
  const found: { bytes: Buffer; text: string }[] = [];
  for (let length = least; length <= block; length += 1) {
    if (!long && length === bytes.length) continue;
    const padded = Buffer.alloc(length);
    effective.copy(padded);
    const nuls = length - (long ? effective.length : bytes.length);
    found.push({ bytes: padded, text: wording(long ? name : null, nuls) });
  }
  return found;
}

function lengthWithoutNuls(bytes: Buffer): number {
  let length = bytes.length;
  while (length > 0 && bytes[length - 1] === 0) length -= 1;
  return length;
}

function wording(hash: string | null, nuls: number): string {
  const hashed = hash === null ? '' : `as its ${hash.replace('sha', 'SHA-')} hash`;
  if (nuls === 0) return hashed;
  const count = Math.abs(nuls);
  const ending = `${nuls > 0 ? 'with' : 'without'} ${count} NUL ${count === 1 ? 'byte' : 'bytes'} at the end`;
  return hashed === '' ? ending : `${hashed}, ${ending}`;
}
