import type { AttemptResult, Verdict } from '../model.js';
import type { RotationTerms } from './rotation-record.js';

/** Milliseconds since the epoch, by the clock of the machine that runs jwtcheck. */
export type Instant = number;

/** A key in a rotation: the version of the secret that holds it, or a random one that no service holds. */
export type KeyName = number | 'forged';

/** A participant as far as a rotation needs to know it. */
export interface RotationParticipant {
  readonly name: string;
  readonly isIssuer: boolean;
  readonly isVerifier: boolean;
  /** Names of its probes. */
  readonly probes: readonly string[];
  /** It has a mint endpoint, so that what it signs with can be proved. */
  readonly canMint: boolean;
  /**
   * The version that its deployment names: `latest`, an alias or a number; `null` where that is not known. A service
   * that follows `latest` signs with a new version as soon as that is added.
   */
  readonly binding: string | null;
}

/** One token, presented by one probe. */
export interface PresentedToken {
  readonly participant: string;
  readonly probe: string;
  /** The replica that answered, where it is known. */
  readonly instance: string | null;
  readonly tokenType: string | null;
  readonly key: KeyName;
  /** Its `iat` is before the key was replaced. Such a token opened what had rejected newer ones (centrifugo#1209). */
  readonly isBackdated: boolean;
  readonly outcome: AttemptResult;
}

/** The key that a replica of an issuer signs with. */
export interface SignedToken {
  readonly participant: string;
  readonly instance: string | null;
  readonly tokenType: string | null;
  /** The version; `null`: a key that no version of the secret holds. */
  readonly key: number | null;
  /** `exp` − `iat`, milliseconds, where the token has both. */
  readonly lifeMs: number | null;
  /** A token that it signed, or only the fingerprint that it shows. */
  readonly proof: 'token' | 'fingerprint';
}

/** The keys that a replica says it accepts (`accepts` of its fingerprint endpoint). */
export interface StatedKeys {
  readonly participant: string;
  readonly instance: string | null;
  /** Versions. */
  readonly accepts: readonly number[];
}

/** The use of the keys as one check observed it. */
export interface KeyUse {
  readonly startedAt: Instant;
  readonly endedAt: Instant;
  /** The verdict of the check as a whole. */
  readonly verdict: Verdict;
  readonly participants: readonly RotationParticipant[];
  /** Every token that was presented, one entry a sample. */
  readonly presented: readonly PresentedToken[];
  readonly signed: readonly SignedToken[];
  /** Only of endpoints that state `accepts`. */
  readonly stated: readonly StatedKeys[];
  /** The keys whose fingerprints participants that are no issuers show; `null`: another key. */
  readonly shown?: readonly {
    readonly participant: string;
    readonly instance: string | null;
    readonly key: number | null;
  }[];
  /** Versions whose key could not be read, so that it could not be compared with what services have. */
  readonly unread?: readonly number[];
}

/**
 * The longest life of any token that is waited for, milliseconds: as configured, or longer where a token was seen that
 * lives longer.
 */
export function longestLife({ drain }: Pick<RotationTerms, 'drain'>, uses: readonly KeyUse[]): number {
  const configured = Object.values(drain).filter((life) => life !== 'reauthenticate');
  const seen = uses
    .flatMap((use) => use.signed)
    .filter(({ tokenType }) => tokenType === null || drain[tokenType] !== 'reauthenticate')
    .map(({ lifeMs }) => lifeMs ?? 0);
  return Math.max(0, ...configured, ...seen);
}

/** The life of a token in milliseconds, from its times in seconds; `null` without one of them. */
export function lifeMsOf(issuedAt: number | null, expiresAt: number | null): number | null {
  return issuedAt === null || expiresAt === null ? null : Math.max(0, (expiresAt - issuedAt) * 1000);
}
