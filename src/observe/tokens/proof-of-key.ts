import type { ClaimComparison, UnverifiedProof } from '../../model.js';
import { proves, provesDigest } from '../../secret/proof.js';
import { Secret } from '../../secret/secret.js';
import type { ProofAnswer } from '../sources/source.js';
import type { Verifiable } from './verifiable.js';

/** A proof is no secret, and has neither times nor claims. */
abstract class Proof implements Verifiable {
  readonly secret = null;
  readonly algorithm = null;
  abstract readonly instance: string | null;
  abstract readonly others: readonly Verifiable[];

  abstract isSignedWith(key: Secret): boolean;

  publicSignerTest(): (text: string) => boolean {
    return (text) => this.isSignedWith(new Secret(Buffer.from(text, 'latin1')));
  }

  time(): null {
    return null;
  }

  compareClaim(): ClaimComparison {
    return 'unset';
  }
}

/**
 * A proof of possession, verified like a signature (docs/endpoint.md). It is valid for one challenge only, and
 * therefore no secret.
 */
export class ProofOfKey extends Proof {
  readonly instance: string | null;
  readonly others: readonly Verifiable[];
  /** The answer that contained it. */
  readonly answer: ProofAnswer;
  readonly #service: string;

  /** @param service the name that proofs must be made for */
  constructor(service: string, answer: ProofAnswer) {
    super();
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
}

/** A proof of possession of which only a digest is known, because another part of the check received it. */
export class ProofDigest extends Proof {
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
    super();
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
}
