import { createHmac, hash } from 'node:crypto';
import type { Fingerprint } from '../model.js';
import { Secret } from './secret.js';

/** Fewer digits than this decide nothing. */
export const shortestFingerprint = 8;

/** SHA-256 has no more hex digits than this. */
export const longestFingerprint = 64;

/** The first `length` hex digits, lower case, of SHA-256 (FIPS 180-4) over exactly these bytes. */
export function fingerprintOf(secret: Secret, length: number): Fingerprint {
  return hash('sha256', secret.reveal(), 'hex').slice(0, length);
}

/** Hashes that a service may take instead of SHA-256, as they are called. */
const otherHashes = {
  md5: 'MD5',
  sha1: 'SHA-1',
  sha224: 'SHA-224',
  sha384: 'SHA-384',
  sha512: 'SHA-512',
} as const;

/** What a service shows that takes another hash of the same bytes. */
export function otherHashesOf(secret: Secret, length: number): { name: string; fingerprint: Fingerprint }[] {
  return Object.entries(otherHashes).map(([algorithm, name]) => ({
    name,
    fingerprint: hash(algorithm, secret.reveal(), 'hex').slice(0, length),
  }));
}

/** The same of a text that is no secret, in UTF-8. */
export function fingerprintOfText(text: string, length: number): Fingerprint {
  return hash('sha256', text, 'hex').slice(0, length);
}

/**
 * Other secrets that are made from one; the bytes stay within `Secret`.
 * @param make what becomes of each, from what is known of it and the secret
 */
export function derive<T extends { readonly bytes: Buffer }, R>(
  secret: Secret,
  change: (bytes: Buffer) => readonly T[],
  make: (known: Omit<T, 'bytes'>, secret: Secret) => R,
): R[] {
  return change(secret.reveal()).map((variant) => make(variant, new Secret(variant.bytes)));
}

/**
 * Reads a fingerprint that somebody wrote: upper case and a `sha256:` prefix are taken too, and what exceeds
 * `length` digits is cut. `null` for anything else, and for fewer than 8 digits, which decide nothing.
 */
export function parseFingerprint(value: unknown, length: number): Fingerprint | null {
  if (typeof value !== 'string') return null;
  const hex = value.toLowerCase().replace(/^sha256:/, '');
  if (!/^[0-9a-f]{8,64}$/.test(hex)) return null;
  return hex.slice(0, length);
}

/** Whether two fingerprints, of perhaps different lengths, can be of the same key: the shorter decides. */
export function sameFingerprint(a: Fingerprint, b: Fingerprint): boolean {
  return a.length <= b.length ? b.startsWith(a) : a.startsWith(b);
}

/**
 * 64 bits of a salted hash, as 16 hex digits: by them a rotation knows its own key again, while they are of no use to
 * look a secret up in a table, or to compare it with a fingerprint.
 */
export function saltedHashOf(secret: Secret, salt: string): string {
  return createHmac('sha256', salt).update(secret.reveal()).digest('hex').slice(0, 16);
}
