import { createHmac, hash } from 'node:crypto';
import type { Fingerprint } from '../model.js';
import { Secret } from './secret.js';

/** Minimum number of digits: fewer decide nothing. */
export const shortestFingerprint = 8;

/** Number of hex digits of SHA-256. */
export const longestFingerprint = 64;

/** The first `length` hex digits, lower case, of SHA-256 (FIPS 180-4) over exactly these bytes. */
export function fingerprintOf(secret: Secret, length: number): Fingerprint {
  return hash('sha256', secret.reveal(), 'hex').slice(0, length);
}

/** All digits of the fingerprint: it identifies a secret. */
export const fullFingerprintOf = (secret: Secret): Fingerprint => fingerprintOf(secret, longestFingerprint);

/** Each secret once: the first item that has it. */
export function distinctBySecret<T extends { readonly secret: Secret }>(items: Iterable<T>): T[] {
  const first = new Map<string, T>();
  for (const item of items) {
    const fingerprint = fullFingerprintOf(item.secret);
    if (!first.has(fingerprint)) first.set(fingerprint, item);
  }
  return [...first.values()];
}

/** The digits that every fingerprint has, as a key of a table. */
export const firstDigits = (fingerprint: Fingerprint): string => fingerprint.slice(0, shortestFingerprint);

/** Hashes that a service may use instead of SHA-256, with their names. */
const otherHashes = {
  md5: 'MD5',
  sha1: 'SHA-1',
  sha224: 'SHA-224',
  sha384: 'SHA-384',
  sha512: 'SHA-512',
} as const;

/** Fingerprints of the same bytes by other hashes. */
export function otherHashesOf(secret: Secret, length: number): { name: string; fingerprint: Fingerprint }[] {
  return Object.entries(otherHashes).map(([algorithm, name]) => ({
    name,
    fingerprint: hash(algorithm, secret.reveal(), 'hex').slice(0, length),
  }));
}

/** The fingerprint of a public text, in UTF-8. */
export function fingerprintOfText(text: string, length: number): Fingerprint {
  return hash('sha256', text, 'hex').slice(0, length);
}

/**
 * Derives secrets from a secret; the bytes stay inside `Secret`.
 * @param make builds the result from the known facts and the derived secret
 */
export function derive<T extends { readonly bytes: Buffer }, R>(
  secret: Secret,
  change: (bytes: Buffer) => readonly T[],
  make: (known: Omit<T, 'bytes'>, secret: Secret) => R,
): R[] {
  return change(secret.reveal()).map((variant) => make(variant, new Secret(variant.bytes)));
}

/**
 * Parses a fingerprint. Upper case and a `sha256:` prefix are accepted, and more than `length` digits are truncated.
 * `null` for any other text, and for fewer than 8 digits, which decide nothing.
 */
export function parseFingerprint(value: unknown, length: number): Fingerprint | null {
  if (typeof value !== 'string') return null;
  const hex = value.toLowerCase().replace(/^sha256:/, '');
  if (!/^[0-9a-f]{8,64}$/.test(hex)) return null;
  return hex.slice(0, length);
}

/** Whether two fingerprints, possibly of different lengths, can be of the same key: the shorter one decides. */
export function sameFingerprint(a: Fingerprint, b: Fingerprint): boolean {
  return a.length <= b.length ? b.startsWith(a) : a.startsWith(b);
}

/**
 * 64 bits of a salted hash, as 16 hex digits. A rotation recognizes its own key by them. They do not help to find a
 * secret in a table, or to compare it with a fingerprint.
 */
export function saltedHashOf(secret: Secret, salt: string): string {
  return createHmac('sha256', salt).update(secret.reveal()).digest('hex').slice(0, 16);
}
