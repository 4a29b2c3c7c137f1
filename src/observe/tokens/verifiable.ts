import type { Algorithm, ClaimComparison } from '../../model.js';
import type { Secret } from '../../secret/secret.js';

/**
 * Something that a participant made with its key: a token, or a proof of possession. Verifying it with every known
 * secret identifies the key.
 */
export interface Verifiable {
  /** Its text, for redaction; `null` if it reveals nothing. */
  readonly secret: Secret | null;
  /** Algorithm of a token; `null` otherwise. */
  readonly algorithm: Algorithm | null;
  /** Whether exactly these bytes are the HMAC key that made it (RFC 2104). */
  isSignedWith(key: Secret): boolean;
  /** Makes the same test for many public texts, of one character for each byte. */
  publicSignerTest(): (text: string) => boolean;
  /** One time of a token (RFC 7519 §4.1.4 to §4.1.6); `null` if it is absent. */
  time(claim: 'iat' | 'nbf' | 'exp'): number | null;
  /** Compares an issuer or audience with the configuration. */
  compareClaim(claim: 'iss' | 'aud', expected: string | readonly string[] | undefined): ClaimComparison;
  /** Proofs made with the other keys that the participant accepts. */
  readonly others?: readonly Verifiable[];
  /** The name that the replica reports. */
  readonly instance?: string | null;
}
