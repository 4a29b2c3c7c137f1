import type { Attempt, FollowUpResult, MintedToken } from './attempt-model.js';
import type { CandidateFingerprint } from './candidate-model.js';
import type { LastRotation, OpenRotation, RotationState } from './rotation-model.js';
import type { Algorithm, Fingerprint, ReadError, Role, SecretHolder } from './vocabulary.js';

/** One replica of a participant, as far as replicas can be distinguished. */
export interface Instance {
  /** The name that it reports, or the address that answered. */
  readonly instance: string | null;
  readonly fingerprint: Fingerprint;
  /** Number of answers from it. */
  readonly samples: number;
}

/** Result of a challenge to prove possession of the reference's secret (docs/endpoint.md). */
export const proofOutcomes = ['verified', 'failed', 'absent'] as const;
export type ProofOutcome = (typeof proofOutcomes)[number];

/** One challenged answer. */
export interface ShownProof {
  readonly instance: string | null;
  /** The fingerprint in the same answer. */
  readonly fingerprint: Fingerprint;
  readonly outcome: ProofOutcome;
  /** The other service name in a valid proof, which then counts as absent. */
  readonly inNameOf: string | null;
}

/** The result of reading a source. */
export interface Reading {
  /** The key that it signs and verifies with. If replicas differ: the key of most answers. */
  readonly fingerprint: Fingerprint;
  /** All keys that it verifies with. */
  readonly accepts: readonly Fingerprint[];
  readonly version: string | null;
  /**
   * The place that supplied the value if there are several, such as the name of an environment variable, or
   * `fallback`.
   */
  readonly provenance: string | null;
  readonly instances: readonly Instance[];
  /** Length of the key in bytes, if the source yields the secret itself. */
  readonly keyBytes: number | null;
  /** The proofs of all answers that were challenged and could be verified. */
  readonly proofs?: readonly ShownProof[];
}

/** Revenue per month that depends on a participant, in the configured currency. */
export interface Impact {
  readonly mrr: number;
  readonly note: string | null;
}

/** A known secret that a participant reports in place of something else. */
export interface Exposure {
  /** The participant whose secret it is; `null` for an older version or another environment. */
  readonly of: string | null;
  /** The field that contained it. */
  readonly where: 'fingerprint' | 'accepts' | 'instance' | 'version';
}

/** The source of a participant that has a mint endpoint and no other source. */
export const mintSource = 'mint';

/** Observations of one participant, except for tokens. */
export interface Observation {
  readonly name: string;
  readonly role: Role;
  /** The kind of its source; `mintSource` if it has a mint endpoint alone, `null` if only probes examine it. */
  readonly source: string | null;
  /** The place that was read, safe to print: a URL without credentials, the name of a variable, a resource name. */
  readonly target: string | null;
  /** How it is given another secret; without it, it is a service. */
  readonly holder?: SecretHolder | undefined;
  /** `false` if it is optional or allowed to be unreachable. */
  readonly required: boolean;
  readonly impact: Impact | null;
  /** Its probes, with the transport of each. */
  readonly probes: readonly ProbeSummary[];
  readonly reading: Reading | null;
  /** Beside a reading: the failure of some of its replicas. */
  readonly error: ReadError | null;
  /** The failure of its mint endpoint, if it has one beside its source. */
  readonly mintError?: ReadError | undefined;
  /** Milliseconds. */
  readonly latencyMs: number | null;
  /** Its fingerprint counts only together with a proof of possession. */
  readonly requiresProof?: boolean | undefined;
  /** Secrets that it exposes to every caller. The values that contained them are removed from the reading. */
  readonly exposes?: readonly Exposure[] | undefined;
}

export interface ProbeSummary {
  readonly name: string;
  readonly kind: string;
  readonly target: string;
}

/** All observations of one environment in one check: the only input of the judge. */
export interface Observations {
  readonly environment: string;
  readonly startedAt: Date;
  readonly durationMs: number;
  /** Name of the reference participant, or `null`. */
  readonly reference: string | null;
  readonly algorithm: Algorithm;
  readonly currency: string;
  readonly participants: readonly Observation[];
  readonly attempts: readonly Attempt[];
  /** Tokens that participants signed themselves, from mint endpoints and `token` sources. */
  readonly mintedTokens?: readonly MintedToken[] | undefined;
  /**
   * What a wrong secret could be. Always includes fallbacks and published defaults; distortions, versions and others
   * only if something differs.
   */
  readonly candidates: readonly CandidateFingerprint[];
  /** Variants presented after a valid token was rejected. */
  readonly followUps: readonly FollowUpResult[];
  /** References of other environments, which must differ from the reference of this one. */
  readonly crossChecks: readonly CrossCheck[];
  /** The key of the control `retired`, if that was presented or could not be. */
  readonly retiredKey?: RetiredKey | undefined;
  /** Answers to challenges, if the secret of the reference, which verifies them, could not be read. */
  readonly unverifiedProofs?: readonly UnverifiedProof[] | undefined;
  /** Of several parts, one is missing: nothing is known of its participants. */
  readonly isIncomplete?: boolean | undefined;
  /** The rotation of the reference's secret, while it is open. */
  readonly rotation?: ObservedRotation | undefined;
  /** The reason why the record of a rotation, which the reference's secret has, could not be read. */
  readonly unreadableRotation?: UnreadableRotation | undefined;
  readonly lastRotation?: LastRotation | undefined;
  /** The flags of a command in a remedy, with a space before each. Default: ` -e` and the environment. */
  readonly commandFlags?: string | undefined;
}

/**
 * One answer to a challenge, to be verified where the secret of the reference can be read (docs/endpoint.md). It has
 * digests of the proofs instead of the proofs: a service may answer with anything, even with its secret.
 */
export interface UnverifiedProof {
  readonly participant: string;
  readonly instance: string | null;
  /** The fingerprint in the same answer; `null` if it contains none. */
  readonly fingerprint: Fingerprint | null;
  readonly nonce: string;
  /** SHA-256 in hex; `null` if the answer contains none. */
  readonly proof: string | null;
  /** The same of the proofs of all accepted keys, in an answer without a fingerprint. */
  readonly proofs: readonly string[];
  /** The name that the service reports. */
  readonly service: string | null;
}

/** An open rotation, and its two keys. */
export interface ObservedRotation {
  readonly record: OpenRotation;
  /** The versions whose key could be read. */
  readonly keys: readonly { readonly version: number; readonly fingerprint: Fingerprint }[];
  /** The versions whose key could not. */
  readonly unread: readonly { readonly version: number; readonly error: ReadError }[];
  /** The version whose key is the reference's in this check; `null` if the reference is another version, or unread. */
  readonly reference: number | null;
  /**
   * Other states in which the rotation may be: the record was read as it was before a write, or the rotation continued during
   * the check. Absent: none.
   */
  readonly otherStates?: readonly RotationState[];
  /** The accepted keys that endpoints list, one entry for each answer. */
  readonly stated: readonly { readonly participant: string; readonly accepts: readonly number[] }[];
}

/** A record that is there and cannot be used. */
export interface UnreadableRotation {
  readonly message: string;
  readonly hint: string;
}

/** An earlier key of the reference, whose tokens must be rejected. */
export interface RetiredKey {
  /** `null` if none could be read. */
  readonly version: string | null;
  readonly fingerprint: Fingerprint | null;
  /** When the next version was created (RFC 3339); `null` if unknown. */
  readonly replacedAt: string | null;
  /** Why the key, or a later one that was replaced as well, could not be examined. */
  readonly error: ReadError | null;
}

/** The reading of the reference of an environment that must not share the secret of this one. */
export interface CrossCheck {
  readonly environment: string;
  /** Name of its reference; `null` if it has none. */
  readonly reference: string | null;
  readonly fingerprints: readonly Fingerprint[];
  readonly error: ReadError | null;
}
