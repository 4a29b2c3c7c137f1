import type { ClaimComparison } from '../../model.js';
import { proves } from '../../secret/proof.js';
import type { Secret } from '../../secret/secret.js';
import type { ProofAnswer } from '../sources/source.js';
import type { Verifiable } from './verifiable.js';

/**
 * A proof of possession, verified like a signature (docs/endpoint.md). It is valid for one challenge only, and
 * therefore no secret.
 */
export class ProofOfKey implements Verifiable {
  readonly secret = null;
  readonly algorithm = null;
  readonly instance: string | null;
  readonly others: readonly Verifiable[];
  /** The answer that contained it. */
  readonly answer: ProofAnswer;
  readonly #service: string;

  /** @param service the name that proofs must be made for */
  constructor(service: string, answer: ProofAnswer) {
    const { nonce, proof, proofs, instance } = answer;
    this.answer = answer;
    this.#service = service;
    this.instance = instance;
    this.others = proofs
      .filter((one) => one !== proof)
      .map((one) => new ProofOfKey(service, { nonce, proof: one, proofs: [], instance }));
  }

  isSignedWith(key: Secret): boolean {
    const { nonce, proof } = this.answer;
    return proves(key, this.#service, nonce, proof);
  }

  time(): null {
    return null;
  }

  compareClaim(): ClaimComparison {
    return 'unset';
  }
}
