/**
 * The bytes of the proof of possession, specified in docs/endpoint.md. Prover and verifier share this file. It
 * imports nothing.
 */

/**
 * The signing input of a JWT contains no line break (RFC 7515 §5.1), so that no proof can be the signature of a
 * token.
 */
const prefix = 'jwtcheck-proof-v1\n';

/** 16 to 64 bytes in base64url without padding (RFC 4648 §5). It is never decoded: its characters count. */
const challenge = /^[A-Za-z0-9_-]{22,86}$/;

/** The 32 bytes of an HMAC-SHA256 in base64url without padding. */
const proof = /^[A-Za-z0-9_-]{43}$/;

/** Bytes of UTF-8. */
const longestService = 128;

/** Whether this is a valid challenge. */
export function isChallenge(text: string): boolean {
  return challenge.test(text);
}

/** Whether this has the format of a proof. */
export function isProof(value: unknown): value is string {
  return typeof value === 'string' && proof.test(value);
}

/**
 * Whether this is a valid service name: 1 to 128 bytes of UTF-8 without control characters (U+0000 to U+001F,
 * U+007F).
 */
export function isServiceName(name: string): boolean {
  const bytes = new TextEncoder().encode(name).length;
  return bytes >= 1 && bytes <= longestService && !/[\0-\x1f\x7f\p{Cs}]/u.test(name);
}

/** The input of the HMAC. It is unambiguous, because neither a name nor a challenge contains a line break. */
export function proofMessage(service: string, nonce: string): Uint8Array {
  return new TextEncoder().encode(`${prefix}${service}\n${nonce}`);
}
