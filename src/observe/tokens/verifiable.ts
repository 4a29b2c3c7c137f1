import type { Algorithm, ClaimComparison } from '../../model.js';
import type { Secret } from '../../secret/secret.js';

/**
 * Something that a participant made with its key, so that the key can be told by verifying it with every secret at
 * hand: a token, or a proof of possession.
 */
export interface Verifiable {
  /** Its text, for taking it out of what is shown; `null` where it gives nothing away. */
  readonly secret: Secret | null;
  /** Of a token; `null` for what is no token. */
  readonly algorithm: Algorithm | null;
  /** Whether exactly these bytes made it, as the HMAC key (RFC 2104). */
  isSignedWith(key: Secret): boolean;
  /** A time of a token (RFC 7519 §4.1.4 to §4.1.6); `null` where it names none. */
  time(claim: 'iat' | 'nbf' | 'exp'): number | null;
  /** How an issuer or audience compares with what the configuration names. */
  compareClaim(claim: 'iss' | 'aud', expected: string | readonly string[] | undefined): ClaimComparison;
  /** Made with the other keys that the participant accepts. */
  readonly others?: readonly Verifiable[];
  /** What the replica calls itself. */
  readonly instance?: string | null;
}
