/**
 * The bytes of the proof of possession, as docs/endpoint.md specifies them: whoever proves and whoever verifies share
 * this file. It imports nothing.
 */

/** A line break is in no JWT's signing input (RFC 7515 §5.1), so that no proof can ever be the signature of a token. */
const prefix = 'jwtcheck-proof-v1\n';

/** 16 to 64 bytes in base64url without padding (RFC 4648 §5). Nobody decodes it: its characters are what counts. */
const challenge = /^[A-Za-z0-9_-]{22,86}$/;

/** The 32 bytes of an HMAC-SHA256 in base64url without padding. */
const proof = /^[A-Za-z0-9_-]{43}$/;

/** Bytes of UTF-8. */
const longestService = 128;

/** Whether this is a challenge that may be answered. */
export function isChallenge(text: string): boolean {
  return challenge.test(text);
}

/** Whether this has the form of a proof. */
export function isProof(value: unknown): value is string {
  return typeof value === 'string' && proof.test(value);
}

/** Whether a service may be called so: 1 to 128 bytes of UTF-8 without control characters (U+0000 to U+001F, U+007F). */
export function isServiceName(name: string): boolean {
  const bytes = new TextEncoder().encode(name).length;
  return bytes >= 1 && bytes <= longestService && !/[\0-\x1f\x7f\p{Cs}]/u.test(name);
}

/** What the HMAC is taken over; unambiguous, for neither a name nor a challenge holds a line break. */
export function proofMessage(service: string, nonce: string): Uint8Array {
  return new TextEncoder().encode(`${prefix}${service}\n${nonce}`);
}
