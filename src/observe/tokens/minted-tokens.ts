import type { TokenSettings } from '../../config/schema.js';
import type { Fingerprint, MintedToken } from '../../model.js';
import { fingerprintOf } from '../../secret/fingerprint.js';
import type { Secret } from '../../secret/secret.js';
import type { ObserveContext } from '../context.js';
import type { Verifiable } from './verifiable.js';
import { signerOf } from './verify.js';

/** A key that may have signed a token, with its fingerprint. */
interface Key {
  readonly secret: Secret;
  readonly fingerprint: Fingerprint;
}

interface Entry {
  readonly token: Verifiable;
  /** The first result of verifying it, which identifies the token. */
  readonly first: MintedToken;
  latest: MintedToken;
}

/**
 * The tokens that participants signed themselves in one check. Each is verified with the known keys, usually with a
 * single HMAC, because the first key is the reference's.
 */
export class MintedTokens {
  readonly #settings: TokenSettings;
  readonly #context: Pick<ObserveContext, 'now' | 'fingerprintLength'>;
  readonly #entries: Entry[] = [];
  readonly #byToken = new Map<Verifiable, Entry>();
  readonly #byFirst = new Map<MintedToken, Entry>();
  #keys: readonly Key[] = [];
  readonly #proofs: Verifiable[] = [];

  constructor(settings: TokenSettings, context: Pick<ObserveContext, 'now' | 'fingerprintLength'>) {
    this.#settings = settings;
    this.#context = context;
  }

  /** Adds keys to verify tokens with. */
  verifyWith(secrets: Iterable<Secret>): void {
    const { fingerprintLength } = this.#context;
    const added = [...secrets].map((secret) => ({
      secret,
      fingerprint: fingerprintOf(secret, fingerprintLength),
    }));
    this.#keys = [...this.#keys, ...added];
    for (const entry of this.#entries) {
      if (entry.latest.signer !== null) continue;
      const signer = signerOf(entry.token, added)?.fingerprint ?? null;
      entry.latest = { ...entry.latest, signer };
    }
    for (const entry of this.#entries) {
      if (entry.token.others === undefined) continue;
      entry.latest = { ...entry.latest, accepts: acceptedBy(entry.token, this.#keys) };
    }
  }

  /** Verifies a token and records the result. Equal tokens are recorded once. */
  add(participant: string, token: Verifiable, isFresh: boolean | null): MintedToken {
    const known = this.#byToken.get(token);
    if (known !== undefined) return known.first;
    const { issuer, audience } = this.#settings;
    const first: MintedToken = {
      participant,
      signer: signerOf(token, this.#keys)?.fingerprint ?? null,
      algorithm: token.algorithm ?? this.#settings.algorithm,
      issuedAt: token.time('iat'),
      notBefore: token.time('nbf'),
      expiresAt: token.time('exp'),
      receivedAt: this.#context.now().getTime() / 1000,
      isFresh,
      issuer: token.compareClaim('iss', issuer),
      audience: token.compareClaim('aud', audience),
      ...(token.others === undefined
        ? {}
        : { accepts: acceptedBy(token, this.#keys), instance: token.instance ?? null }),
    };
    const entry = { token, first, latest: first };
    this.#entries.push(entry);
    this.#byToken.set(token, entry);
    this.#byFirst.set(first, entry);
    return first;
  }

  /** Searches other keys, the likeliest first, for signers that are still unknown. */
  lookUp(candidates: readonly { readonly secret: Secret }[]): void {
    for (const entry of this.#entries) {
      if (entry.latest.signer !== null) continue;
      const found = signerOf(entry.token, candidates);
      // Other tokens of the same issuer are probably signed with the same key.
      if (found !== null) this.verifyWith([found.secret]);
    }
  }

  /** One token of each participant with an unknown signer. */
  get unknown(): readonly Verifiable[] {
    const byParticipant = new Map<string, Verifiable>();
    for (const { token, latest } of this.#entries)
      if (latest.signer === null && !byParticipant.has(latest.participant))
        byParticipant.set(latest.participant, token);
    return [...byParticipant.values()];
  }

  /** Keeps a proof of possession that accompanies a fingerprint: it only confirms. */
  keepProof(proof: Verifiable): void {
    this.#proofs.push(proof);
  }

  /** Whether this key made one of the tokens or proofs. */
  isMadeWith(key: Secret): boolean {
    const tokens = this.#entries.flatMap(({ token }) => [token, ...(token.others ?? [])]);
    return [...tokens, ...this.#proofs].some((one) => one.isSignedWith(key));
  }

  /** Records whether the tokens of a participant are issued on request. */
  markFresh(participant: string, isFresh: boolean): void {
    for (const entry of this.#entries)
      if (entry.latest.participant === participant && entry.latest.isFresh === null)
        entry.latest = { ...entry.latest, isFresh };
  }

  get observed(): readonly MintedToken[] {
    return this.#entries.map(({ latest }) => latest);
  }

  /** The current result of a token. */
  latest(token: MintedToken): MintedToken {
    return this.#byFirst.get(token)?.latest ?? token;
  }

  /** The tokens themselves, for redaction. */
  get secrets(): readonly Secret[] {
    return this.#entries.flatMap(({ token }) => token.secret ?? []);
  }
}

/** The known keys that a participant proves to accept. */
function acceptedBy({ others = [] }: Verifiable, keys: readonly Key[]): Fingerprint[] {
  return others.flatMap((one) => signerOf(one, keys)?.fingerprint ?? []);
}
