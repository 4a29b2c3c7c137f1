import { readFileSync } from 'node:fs';

/** One line of the test vectors of docs/endpoint.md; bytes in base64url. */
export interface ProofVector {
  readonly note: string;
  readonly secret: string;
  readonly service: string;
  readonly nonce: string;
  readonly message: string;
  /** All 64 digits. */
  readonly fingerprint: string;
  readonly proof: string;
}

interface ProofVectors {
  readonly vectors: readonly ProofVector[];
  readonly challengesToRefuse: readonly string[];
  readonly servicesToRefuse: readonly string[];
}

/** The vectors that every implementation must satisfy, in any language. */
export const proofVectors: ProofVectors = JSON.parse(
  readFileSync(new URL('../data/proof-vectors.json', import.meta.url), 'utf8'),
);

export const decoded = (base64url: string): Buffer => Buffer.from(base64url, 'base64url');
