import type { ClaimComparison, UnverifiedProof } from '../../model.js';
import { provesDigest } from '../../secret/proof.js';
import type { Secret } from '../../secret/secret.js';
import type { Verifiable } from './verifiable.js';

/** A proof of possession of which only a digest is known, because another part of the check received it. */
export class ProofDigest implements Verifiable {
  readonly secret = null;
  readonly algorithm = null;
  readonly instance: string | null;
  readonly others: readonly Verifiable[];
  readonly #service: string;
  readonly #nonce: string;
  readonly #digest: string;

  /** @param service the name that proofs must be made for */
  constructor(
    service: string,
    digest: string,
    { nonce, proofs, instance }: Pick<UnverifiedProof, 'nonce' | 'proofs' | 'instance'>,
  ) {
    this.#service = service;
    this.#nonce = nonce;
    this.#digest = digest;
    this.instance = instance;
    this.others = proofs
      .filter((other) => other !== digest)
      .map((other) => new ProofDigest(service, other, { nonce, proofs: [], instance }));
  }

  isSignedWith(key: Secret): boolean {
    return provesDigest(key, this.#service, this.#nonce, this.#digest);
  }

  time(): null {
    return null;
  }

  compareClaim(): ClaimComparison {
    return 'unset';
  }
}
