import type { ClaimComparison, ExitCode, Fingerprint } from '../model.js';
import { roughDuration } from '../schema/duration.js';

/** Which key signed a token. */
export interface TokenSigner {
  /** In words: `the secret of store`, `the secret of store with "\n" appended`, `knownFallbacks[0]`. */
  readonly text: string;
  /** The owner of the secret, or of the secret that it was derived from; `null` if it is known from elsewhere. */
  readonly participant: string | null;
  /** The finding that explains such a key; `null` for an unchanged secret. */
  readonly code: string | null;
  readonly fingerprint: Fingerprint;
  /** Whether it is the reference's; `null` if unknown. */
  readonly isReference: boolean | null;
}

/** The comparison of a claim with the configured value. */
export interface ComparedClaim {
  readonly comparison: ClaimComparison;
  /** The configured values, safe to show. */
  readonly configured: readonly string[];
}

/** The public description of a token: nothing of its text, and only names and times of its claims. */
export interface TokenFacts {
  readonly environment: string | null;
  /** Name of the reference; `null` without one. */
  readonly reference: string | null;
  /** The key that must sign, in words. */
  readonly rightKey: string;
  readonly signer: TokenSigner | null;
  /** The reason why no secret can have signed it, in words that follow "this is"; `null` if one can. */
  readonly notVerifiable: string | null;
  readonly header: {
    readonly alg: string | null;
    readonly kid: string | null;
    readonly typ: string | null;
  };
  /** The configured algorithm; `null` without a configuration. */
  readonly expectedAlgorithm: string | null;
  /** NumericDates (RFC 7519 §2). */
  readonly issuedAt: number | null;
  readonly notBefore: number | null;
  readonly expiresAt: number | null;
  /** Now, in seconds. */
  readonly now: number;
  readonly issuer: ComparedClaim;
  readonly audience: ComparedClaim;
  /** Names of its claims, safe to display. */
  readonly claims: readonly string[];
  /** Secrets that could not be read. */
  readonly unread: readonly { readonly participant: string; readonly message: string }[];
  /** Participants whose secret is not available here. */
  readonly notAsked: readonly string[];
}

/** The verdict about a token. */
export interface TokenVerdict {
  /** `valid`: signed by the reference, and a verifier with the same configuration accepts it now. */
  readonly verdict: 'valid' | 'invalid' | 'unknown';
  readonly exitCode: Extract<ExitCode, 0 | 1 | 3>;
  /** Its problems, the most important first. */
  readonly problems: readonly string[];
}

/** Judges a token by its known facts. */
export function tokenVerdict(facts: TokenFacts): TokenVerdict {
  const { signer } = facts;
  const problems = [...signatureProblems(facts), ...timeProblems(facts), ...claimProblems(facts)];
  // It is not signed, so no verifier may accept it.
  if (facts.header.alg === 'none') return { verdict: 'invalid', exitCode: 1, problems };
  if (signer === null || signer.isReference === null) return { verdict: 'unknown', exitCode: 3, problems };
  return problems.length === 0
    ? { verdict: 'valid', exitCode: 0, problems }
    : { verdict: 'invalid', exitCode: 1, problems };
}

function signatureProblems({
  signer,
  notVerifiable,
  header,
  expectedAlgorithm,
  rightKey,
}: TokenFacts): string[] {
  if (notVerifiable !== null) return [`it is ${notVerifiable}`];
  if (signer === null) return ['no key that jwtcheck knows signed it'];
  return [
    ...(signer.isReference === false ? [`it is signed with ${signer.text}, not with ${rightKey}`] : []),
    ...(signer.isReference === null ? [`whether ${signer.text} is the right key is unknown`] : []),
    ...(expectedAlgorithm !== null && header.alg !== expectedAlgorithm
      ? [`it is signed with ${header.alg}; ${expectedAlgorithm} is configured`]
      : []),
  ];
}

function timeProblems({ issuedAt, notBefore, expiresAt, now }: TokenFacts): string[] {
  return [
    ...(expiresAt !== null && expiresAt <= now ? [`it expired ${roughDuration(now - expiresAt)} ago`] : []),
    ...(notBefore !== null && notBefore > now
      ? [`it is not valid for another ${roughDuration(notBefore - now)}`]
      : []),
    ...(notBefore === null && issuedAt !== null && issuedAt > now + leeway
      ? [`it says that it was issued ${roughDuration(issuedAt - now)} from now`]
      : []),
  ];
}

/** Clocks agree within this tolerance; seconds. */
const leeway = 60;

function claimProblems({ issuer, audience }: TokenFacts): string[] {
  const differences = (name: string, { comparison, configured }: ComparedClaim): string[] => {
    if (comparison === 'different') return [`its ${name} is another one than ${configured.join(' or ')}`];
    return comparison === 'absent' ? [`it has no ${name}; ${configured.join(' or ')} is configured`] : [];
  };
  return [...differences('issuer (iss)', issuer), ...differences('audience (aud)', audience)];
}
