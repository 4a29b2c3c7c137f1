import { proofMessage } from '../secret/proof-protocol.js';

/** An HMAC key as the service uses it. A string stands for its UTF-8 bytes; nothing is trimmed or decoded. */
export type Key = string | Uint8Array;

/** A value, or a promise of it. */
export type Awaitable<T> = T | Promise<T>;

/** An error of this program, whose message contains no secret. */
export class KeyError extends TypeError {
  override readonly name = 'KeyError';
}

/**
 * The bytes of a key.
 * @param from the function that returned it
 * @throws KeyError for a missing or empty key: with an empty key anyone could sign
 */
export function presentKey(key: unknown, from: string): Uint8Array<ArrayBuffer> {
  if (!isKey(key))
    throw new KeyError(`\`${from}\` returned neither a string nor bytes: check that its variable is set`);
  if (key.length === 0) throw new KeyError(`\`${from}\` returned an empty key`);
  return bytesOf(key);
}

function isKey(value: unknown): value is Key {
  return typeof value === 'string' || value instanceof Uint8Array;
}

/** The bytes of a key; of a string, its UTF-8 bytes. A copy, because the owner of the key may overwrite it. */
export function bytesOf(key: Key): Uint8Array<ArrayBuffer> {
  return typeof key === 'string' ? new TextEncoder().encode(key) : Uint8Array.from(key);
}

export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}

/** SHA-256 of the key, as hex digits. */
export async function digest(key: Uint8Array<ArrayBuffer>): Promise<string> {
  return Array.from(await sha256(key), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** HMAC-SHA256 (RFC 2104) of the proof's message, keyed with the secret; base64url without padding. */
export async function proof(key: Uint8Array<ArrayBuffer>, service: string, nonce: string): Promise<string> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const imported = await crypto.subtle.importKey('raw', key, algorithm, false, ['sign']);
  const mac = await crypto.subtle.sign('HMAC', imported, Uint8Array.from(proofMessage(service, nonce)));
  return btoa(String.fromCharCode(...new Uint8Array(mac)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

/** Whether both have the same bytes, in a time that depends only on their length. */
export function equal(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (let at = 0; at < a.length; at += 1) difference |= (a[at] ?? 0) ^ (b[at] ?? 0);
  return difference === 0;
}
