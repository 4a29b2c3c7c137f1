import { createHash, createHmac, hash, timingSafeEqual } from 'node:crypto';
import type { Algorithm } from '../model.js';
import { proofMessage } from './proof-protocol.js';
import type { Secret } from './secret.js';

/**
 * Whether this is the proof of possession of the secret for this name and nonce (docs/endpoint.md). Together with
 * `fingerprint.ts` the only place that identifies a secret.
 */
export function proves(secret: Secret, service: string, nonce: string, proof: string): boolean {
  const right = proofOf(secret, service, nonce);
  const given = Buffer.from(proof, 'base64url');
  return given.length === right.length && timingSafeEqual(given, right);
}

/** The same for the digest of a proof. */
export function provesDigest(secret: Secret, service: string, nonce: string, digest: string): boolean {
  return digestOfProof(proofOf(secret, service, nonce).toString('base64url')) === digest;
}

/** SHA-256 in hex of the text of a proof. */
export function digestOfProof(proof: string): string {
  return createHash('sha256').update(proof).digest('hex');
}

function proofOf(secret: Secret, service: string, nonce: string): Buffer {
  return createHmac('sha256', secret.reveal()).update(proofMessage(service, nonce)).digest();
}

const hashes = {
  HS256: 'sha256',
  HS384: 'sha384',
  HS512: 'sha512',
} as const satisfies Record<Algorithm, string>;

/** Signs these bytes with the secret as HMAC key (RFC 7518 §3.2). */
export function sign(secret: Secret, algorithm: Algorithm, signingInput: string): Buffer {
  return createHmac(hashes[algorithm], secret.reveal()).update(signingInput).digest();
}

/** Whether the secret is the HMAC key of this signature (RFC 7518 §3.2). */
export function hasSigned(
  secret: Secret,
  algorithm: Algorithm,
  signingInput: string,
  signature: Buffer,
): boolean {
  const right = sign(secret, algorithm, signingInput);
  return signature.length === right.length && timingSafeEqual(signature, right);
}

/** Bytes of a block of each hash (RFC 2104 §2). */
const blocks = { HS256: 64, HS384: 128, HS512: 128 } as const satisfies Record<Algorithm, number>;

/**
 * Makes a function that does the same with public texts as keys, of one character for each byte. There are 100,000 of
 * them, and Node takes longer to set up an HMAC than to compute it: this one (RFC 2104) writes each key into the same
 * two blocks. Its time depends on the key, which is no secret.
 */
export function publicSignerTest(
  algorithm: Algorithm,
  signingInput: string,
  signature: Buffer,
): (text: string) => boolean {
  const name = hashes[algorithm];
  const block = blocks[algorithm];
  const inner = Buffer.concat([Buffer.alloc(block), Buffer.from(signingInput)]);
  const outer = Buffer.alloc(block + hash(name, '', 'binary').length);
  const given = signature.toString('latin1');
  return (text) => {
    const key = text.length > block ? hash(name, Buffer.from(text, 'latin1'), 'binary') : text;
    inner.fill(0x36, 0, block);
    outer.fill(0x5c, 0, block);
    for (let at = 0; at < key.length; at += 1) {
      const byte = key.charCodeAt(at);
      inner[at] = byte ^ 0x36;
      outer[at] = byte ^ 0x5c;
    }
    outer.write(hash(name, inner, 'binary'), block, 'latin1');
    return hash(name, outer, 'binary') === given;
  };
}
