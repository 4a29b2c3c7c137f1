import type { Attempt, Fingerprint, MintedToken, Observations, Reading } from '../model.js';
import { groupByParticipant } from './participants.js';
import type { SameKey } from './same-key.js';

/** The signer of a token: the right key, another one, or unknown with the available keys. */
export type Signer = 'right' | 'other' | 'unknown';

/** Why correct verifiers reject a token of the right key. */
export type Flaw = 'algorithm' | 'expired' | 'in-the-future' | 'claims';

/** Conclusions from the tokens that participants signed themselves. */
export interface Signing {
  /** By participant, in the order in which they were received. */
  readonly byParticipant: ReadonlyMap<string, readonly MintedToken[]>;
  signerOf(token: MintedToken): Signer;
  /** Participants with a token of another key than the right one. */
  readonly signsOther: ReadonlySet<string>;
  /** Participants whose tokens are signed with different keys. */
  readonly mixed: ReadonlySet<string>;
  /** Participants that issued an expired token without an explanation so far. */
  readonly expired: ReadonlySet<string>;
  /** Participants with tokens that none of the keys tried so far has signed. */
  readonly unknown: ReadonlySet<string>;
  /** Participants whose tokens are signed with the right key but rejected, and the reason. */
  readonly flawed: ReadonlyMap<string, FlawedToken>;
}

/** A flaw of a participant's tokens, and the place where it was seen. */
export interface FlawedToken {
  readonly flaw: Flaw;
  readonly token: MintedToken;
  /** Attempts with such tokens that were rejected. */
  readonly rejected: readonly Attempt[];
}

/** Clocks agree within this tolerance; seconds. */
const leeway = 60;

/** @param right the right fingerprint; `null` if unknown */
export function readSigning(observations: Observations, right: Fingerprint | null, alike: SameKey): Signing {
  const { mintedTokens = [], participants } = observations;
  const rightIsHeld =
    right !== null &&
    participants.some(
      ({ reading }) => reading !== null && reading.keyBytes !== null && alike(reading.fingerprint, right),
    );
  const signerOf = ({ signer }: MintedToken): Signer => {
    if (right === null) return 'unknown';
    if (signer !== null) return alike(signer, right) ? 'right' : 'other';
    // The right key was tried first, so it is proved that it did not sign.
    return rightIsHeld ? 'other' : 'unknown';
  };
  const byParticipant = groupByParticipant(mintedTokens);
  const namesOf = (isMeant: (token: MintedToken) => boolean): Set<string> =>
    new Set(mintedTokens.filter(isMeant).map(({ participant }) => participant));
  const shownBy = new Map(participants.map(({ name, reading }) => [name, reading]));
  const signsOther = namesOf(
    (token) =>
      signerOf(token) === 'other' && !isShown(token, shownBy.get(token.participant) ?? null, right, alike),
  );
  const mixed = new Set(
    [...byParticipant].filter(([, tokens]) => differ(tokens, signerOf, alike)).map(([name]) => name),
  );
  const flawed = new Map<string, FlawedToken>();
  for (const [name, tokens] of byParticipant) {
    if (signsOther.has(name)) continue;
    const found = flawOf(
      observations,
      tokens.filter((token) => signerOf(token) === 'right'),
    );
    if (found !== null) flawed.set(name, found);
  }
  return {
    ...{ byParticipant, signerOf, signsOther, mixed, flawed },
    expired: namesOf((token) => token.isFresh === null && timeFlaw(token) === 'expired'),
    unknown: namesOf(({ signer }) => signer === null),
  };
}

/**
 * Whether the key that signed a token is one that its participant reports as well, so that the token adds no
 * information. If the signer is unknown, any reported key other than the right one may be that key.
 */
function isShown(
  { signer }: MintedToken,
  reading: Reading | null,
  right: Fingerprint | null,
  alike: SameKey,
): boolean {
  if (reading === null || right === null) return false;
  const shown = [reading.fingerprint, ...reading.instances.map(({ fingerprint }) => fingerprint)];
  return shown.some((one) => (signer === null ? !alike(one, right) : alike(one, signer)));
}

/** Whether a correct verifier accepts such a token, according to the configuration. */
export function isSound(token: MintedToken, { algorithm }: Pick<Observations, 'algorithm'>): boolean {
  return token.algorithm === algorithm && timeFlaw(token) === null && !writesOtherClaims(token);
}

/** The fault of the times of a token, by the local clock. */
export function timeFlaw(token: MintedToken): 'expired' | 'in-the-future' | null {
  const { issuedAt, notBefore, expiresAt, receivedAt } = token;
  if (expiresAt !== null && expiresAt <= receivedAt) return 'expired';
  const from = Math.max(issuedAt ?? 0, notBefore ?? 0);
  return from > receivedAt + leeway ? 'in-the-future' : null;
}

/** Whether the clock of the issuer explains the times: a token that was just issued is not dated now. */
function isMisdated({ issuedAt, notBefore, receivedAt }: MintedToken): boolean {
  const from = issuedAt ?? notBefore;
  return from !== null && Math.abs(from - receivedAt) > leeway;
}

export const writesOtherClaims = ({ issuer, audience }: MintedToken): boolean =>
  [issuer, audience].some((claim) => claim === 'different' || claim === 'absent');

/**
 * The fault of tokens of the right key. A token that verifiers accept has no fault, whatever the configuration. Claims
 * that differ from the configuration are a fault only if a verifier rejects them.
 */
function flawOf(observations: Observations, tokens: readonly MintedToken[]): FlawedToken | null {
  for (const flaw of ['algorithm', 'expired', 'in-the-future', 'claims'] as const) {
    const [token] = tokens.filter((one) => has(flaw, one, observations));
    if (token === undefined) continue;
    const attempts = observations.attempts.filter(
      ({ minted }) =>
        minted !== undefined && minted.participant === token.participant && has(flaw, minted, observations),
    );
    const rejected = attempts.filter((attempt) => attempt.result === 'rejected');
    const isAccepted = rejected.length === 0 && attempts.some((attempt) => attempt.result === 'accepted');
    if (isAccepted || (flaw === 'claims' && !rejected.some((a) => othersAccepted(a, observations)))) continue;
    return { flaw, token, rejected };
  }
  return null;
}

function has(flaw: Flaw, token: MintedToken, { algorithm }: Observations): boolean {
  if (flaw === 'algorithm') return token.algorithm !== algorithm;
  if (flaw === 'claims') return writesOtherClaims(token);
  // An expired token proves nothing about a clock, and a cached one may have expired since.
  const isInformative = flaw === 'expired' ? token.isFresh === true : token.isFresh !== false;
  return isInformative && timeFlaw(token) === flaw && isMisdated(token);
}

/** Whether the probe accepts tokens of the same type that jwtcheck signed, with the claims of the configuration. */
function othersAccepted({ participant, probe, tokenType }: Attempt, { attempts }: Observations): boolean {
  const same = attempts.filter(
    (a) =>
      a.token === 'genuine' &&
      a.minted === undefined &&
      a.participant === participant &&
      a.probe === probe &&
      a.tokenType === tokenType,
  );
  return same.some((a) => a.result === 'accepted') && same.every((a) => a.result !== 'rejected');
}

function differ(
  tokens: readonly MintedToken[],
  signerOf: (token: MintedToken) => Signer,
  alike: SameKey,
): boolean {
  const [first, ...more] = tokens;
  if (first === undefined) return false;
  return more.some((token) =>
    token.signer !== null && first.signer !== null
      ? !alike(token.signer, first.signer)
      : signerOf(token) !== signerOf(first) || (token.signer === null) !== (first.signer === null),
  );
}

/** Whether a participant is known only by proofs of possession, which are no tokens, and reports no fingerprint. */
export const isKnownByProof = (tokens: readonly MintedToken[] | undefined): boolean =>
  (tokens ?? []).some(({ accepts }) => accepts !== undefined);
