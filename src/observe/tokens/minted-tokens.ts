import type { TokenSettings } from '../../config/schema.js';
import type { Fingerprint, MintedToken } from '../../model.js';
import { fingerprintOf } from '../../secret/fingerprint.js';
import type { Secret } from '../../secret/secret.js';
import type { ObserveContext } from '../context.js';
import type { Verifiable } from './verifiable.js';
import { signerOf } from './verify.js';

/** A key that may have signed a token, and its fingerprint. */
interface Key {
  readonly secret: Secret;
  readonly fingerprint: Fingerprint;
}

interface Entry {
  readonly token: Verifiable;
  /** What was found in it at first, which stands for the token. */
  readonly first: MintedToken;
  latest: MintedToken;
}

/**
 * The tokens that participants signed by themselves in one check. Each is verified with the keys at hand, which is one
 * HMAC where all is well: the first key is the reference's.
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

  /** From now on tokens are verified with these keys, too. */
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

  /** Verifies a token and remembers what came of it. The same token counts once. */
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

  /** Looks for the signers that are not known yet among other keys, likely ones first. */
  lookUp(candidates: readonly { readonly secret: Secret }[]): void {
    for (const entry of this.#entries) {
      if (entry.latest.signer !== null) continue;
      const found = signerOf(entry.token, candidates);
      // Others of the same issuer are most likely signed with the same key.
      if (found !== null) this.verifyWith([found.secret]);
    }
  }

  /** One token of each participant whose signer is not known yet. */
  get unknown(): readonly Verifiable[] {
    const byParticipant = new Map<string, Verifiable>();
    for (const { token, latest } of this.#entries)
      if (latest.signer === null && !byParticipant.has(latest.participant))
        byParticipant.set(latest.participant, token);
    return [...byParticipant.values()];
  }

  /** Keeps a proof of possession whose maker shows its key's fingerprint beside it: it confirms, and tells nothing new. */
  keepProof(proof: Verifiable): void {
    this.#proofs.push(proof);
  }

  /** Whether this key made a token or a proof that is at hand. */
  isMadeWith(key: Secret): boolean {
    const tokens = this.#entries.flatMap(({ token }) => [token, ...(token.others ?? [])]);
    return [...tokens, ...this.#proofs].some((one) => one.isSignedWith(key));
  }

  /** Notes whether the tokens of a participant are issued on request. */
  markFresh(participant: string, isFresh: boolean): void {
    for (const entry of this.#entries)
      if (entry.latest.participant === participant && entry.latest.isFresh === null)
        entry.latest = { ...entry.latest, isFresh };
  }

  get observed(): readonly MintedToken[] {
    return this.#entries.map(({ latest }) => latest);
  }

  /** What is known of a token by now. */
  latest(token: MintedToken): MintedToken {
    return this.#byFirst.get(token)?.latest ?? token;
  }

  /** The tokens themselves, for taking them out of texts. */
  get secrets(): readonly Secret[] {
    return this.#entries.flatMap(({ token }) => token.secret ?? []);
  }
}

/** The keys, of those at hand, that a participant proves to accept. */
function acceptedBy({ others = [] }: Verifiable, keys: readonly Key[]): Fingerprint[] {
  return others.flatMap((one) => signerOf(one, keys)?.fingerprint ?? []);
}
