import { createHmac, timingSafeEqual } from 'node:crypto';
import { proofMessage } from './proof-protocol.js';
import type { Secret } from './secret.js';

/**
 * Whether this is the proof of possession that the secret gives for this name and nonce (docs/endpoint.md). Beside
 * `fingerprint.ts`, the one place where fingerprints of a secret are verified instead of made.
 */
export function proves(secret: Secret, service: string, nonce: string, proof: string): boolean {
  const right = createHmac('sha256', secret.reveal()).update(proofMessage(service, nonce)).digest();
  const given = Buffer.from(proof, 'base64url');
  return given.length === right.length && timingSafeEqual(given, right);
}
