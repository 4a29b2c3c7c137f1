import type { CandidateCode } from './finding-codes.js';
import type { LastRotation, OpenRotation, RotationState } from './rotation-model.js';
import type { TransformCode } from './transforms/codes.js';
import type {
  Algorithm,
  Control,
  Fingerprint,
  ReadError,
  ReadErrorCode,
  Role,
  SecretHolder,
} from './vocabulary.js';

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

/** What is known of a candidate besides its fingerprint; which of it depends on its code. */
export type CandidateFacts = {
  /** Of a version of a secret, and the version of the other side. */
  readonly version?: string;
  readonly current?: string;
  /** RFC 3339. */
  readonly createdAt?: string | null;
  readonly staleSince?: string | null;
  /** Of the reference of another environment. */
  readonly environment?: string;
  readonly reference?: string | null;
  /** Of another secret that the configuration names: the participant that names it, and under which name. */
  readonly participant?: string;
  readonly name?: string;
  /** It is one of a chain of variables, from which `taken` was taken. */
  readonly inChain?: boolean;
  readonly taken?: string | null;
  /** Of a fingerprint made with another hash: its name. */
  readonly hash?: string;
  /** Of a published secret: so few digits may match by chance. */
  readonly probable?: boolean;
  /** The transforms that lead to it, first to last. */
  readonly steps?: readonly TransformCode[];
  /** Some of them were applied and some undone. */
  readonly mixed?: boolean;
  readonly length?: number;
  readonly position?: number;
  readonly character?: string;
  /** So many comparisons were made that so few digits may match by chance; `alternatives` match, too. */
  readonly probably?: boolean;
  readonly tried?: number;
  readonly alternatives?: readonly string[];
};

/**
 * The fingerprint of a secret that may be in use instead of the right one. The caller that holds the bytes computes
 * it, so that a rule can name the cause without seeing a secret.
 */
export interface CandidateFingerprint {
  /** The code of the finding that it proves. */
  readonly code: CandidateCode;
  /** The participant whose secret it was made from; `null` for other origins, such as a published default. */
  readonly of: string | null;
  /** `true`: a distortion of that secret was undone, so that the secret that was read may be the distorted one. */
  readonly undone: boolean;
  /** A description that follows a name: `with "\\n" appended`, `version 6`, `knownFallbacks[0]`. */
  readonly text: string;
  readonly fingerprint: Fingerprint;
  /** Other facts, such as the number of a version. */
  readonly facts: CandidateFacts;
  /** A shell pipe that applies the same change, if it is harmless. Empty: `$(…)` already applies it. */
  readonly filter?: string;
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

export type AttemptResult = 'accepted' | 'rejected' | 'inconclusive';

/**
 * The content of an answer, reduced to what two answers can be compared by, without the presented token. Values that
 * vary between answers, such as ids and times, are ignored in a comparison. All texts are redacted.
 */
export interface Said {
  /**
   * Its texts in the order of the answer: JSON members, text, a page, `WWW-Authenticate`, a close reason, a message.
   */
  readonly words: readonly string[];
  /** The format of the body. */
  readonly form: 'json' | 'html' | 'text' | 'stream' | 'none';
  /**
   * JSON Pointers (RFC 6901) of the members of a JSON body, up to depth 4. The value is kept if it is a boolean, a
   * number, `null` or a short identifier; otherwise it is the type in angle brackets, such as `<string>`.
   */
  readonly members: { readonly [pointer: string]: string | number | boolean | null };
  /**
   * The layer that answered, derived from headers and the format of the answer. Equal texts mean the same layer, as
   * far as is known.
   */
  readonly layer: string | null;
  /** The target of a redirect: scheme, host and path, without query. */
  readonly location: string | null;
}

/**
 * Why an answer that is clear by itself is inconclusive in view of other answers: the body contradicts the status, or
 * reports a rejection for every token; a socket received no request; the answers changed during the check; a lock-out
 * or rate limit was in force before; a slow clock may explain it; there is no answer to a forged token to compare with.
 */
export const attemptDoubts = [
  'told-apart',
  'rejected-in-body',
  'nothing-asked',
  'changed-meanwhile',
  'locked-out',
  'clock-unknown',
  'not-compared',
] as const;
export type AttemptDoubt = (typeof attemptDoubts)[number];

/** One token presented to one probe, and the result. */
export interface Attempt {
  readonly participant: string;
  /** The name of the probe, or its kind if it has no name. */
  readonly probe: string;
  /** The participant whose secret signed the token; `null` if none did. */
  readonly minter: string | null;
  readonly token: 'genuine' | Control;
  /** A key of `token.types` in the configuration; `null` for controls without claims. */
  readonly tokenType: string | null;
  /** As in an attempt of the report. */
  readonly version?: string | undefined;
  /** As in an attempt of the report. */
  readonly backdated?: boolean | undefined;
  readonly expected: 'accepted' | 'rejected';
  readonly result: AttemptResult;
  /** HTTP status of the answer or of the WebSocket handshake. */
  readonly status: number | null;
  /** WebSocket close code (RFC 6455 §7.4). */
  readonly closeCode: number | null;
  readonly detail: string;
  /** Milliseconds. */
  readonly latencyMs: number;
  /** Why it is inconclusive, if the transport or the `misconfigured` matcher determines it. */
  readonly reason: ReadErrorCode | 'misconfigured' | 'not-minted' | AttemptDoubt | null;
  /**
   * Milliseconds by which the service's clock is ahead of the local clock, if the answer has a `Date` (RFC 9110
   * §6.6.1).
   */
  readonly clockOffsetMs?: number | undefined;
  /** The content of the answer for comparisons; absent without an answer. */
  readonly said?: Said | undefined;
  /** The position in the order of presentation, counted over attempts and follow-ups. */
  readonly sequence?: number | undefined;
  /** Presented before any token that must be rejected. */
  readonly isFirst?: boolean | undefined;
  /** As in an attempt of the report. */
  readonly observedAt?: string | undefined;
  /** The presented token, if a service signed it. */
  readonly minted?: MintedToken | undefined;
}

/** How a claim of a token compares with the configuration. `unset`: the configuration has no value. */
export type ClaimComparison = 'same' | 'different' | 'absent' | 'unset';

/**
 * A token that a participant signed or received, verified by jwtcheck. Its text is not kept: only times, the
 * algorithm, and how its issuer and audience compare with the configuration.
 */
export interface MintedToken {
  readonly participant: string;
  /** Fingerprint of the key that signed it; `null` if none of the tried keys did. */
  readonly signer: Fingerprint | null;
  /** `alg` of its header (RFC 7515 §4.1.1), an HMAC algorithm. */
  readonly algorithm: Algorithm;
  /** NumericDate (RFC 7519 §2), if the claim is a number. */
  readonly issuedAt: number | null;
  readonly notBefore: number | null;
  readonly expiresAt: number | null;
  /** Time of receipt by the local clock, in seconds. */
  readonly receivedAt: number;
  /** Whether it was issued on request; `null` if unknown. A configured token is not. */
  readonly isFresh: boolean | null;
  readonly issuer: ClaimComparison;
  readonly audience: ClaimComparison;
  /** Only for a proof of possession: the other keys that it proves to accept. */
  readonly accepts?: readonly Fingerprint[];
  /** Only for a proof of possession: the name that the replica reports. */
  readonly instance?: string | null;
}

/** The rejected token again, or a control to compare with. */
export interface UnchangedToken {
  readonly what: 'nothing';
  readonly token: Attempt['token'];
  readonly tokenType?: string;
  /** Milliseconds that a socket was given to decide, if longer than configured. */
  readonly settleMs?: number;
  /** For the control `retired`. */
  readonly backdated?: boolean;
  /** Expired a year ago. */
  readonly yearAgo?: boolean;
  /** Expired in 1970. */
  readonly in1970?: boolean;
}

/** The change of one claim, or of several at once. */
export interface ChangedClaim {
  readonly what: 'claim';
  /** `null`: several claims. */
  readonly claim: string | null;
  readonly claims?: readonly string[];
  readonly absent?: boolean;
  /** It has a value that no service expects. */
  readonly otherValue?: boolean;
  /** The lifetime of the token. */
  readonly seconds?: number;
}

/** The one change of a variant. */
export type FollowUpChange =
  | UnchangedToken
  | ChangedClaim
  | { readonly what: 'algorithm'; readonly algorithm: Algorithm }
  | { readonly what: 'key-encoding'; readonly encoding: string }
  | { readonly what: 'key' }
  /** `measured`: by the `Date` header of the service. */
  | { readonly what: 'issued-at'; readonly seconds: number; readonly measured: boolean }
  /** `value`: `null` if the field was omitted. */
  | { readonly what: 'header'; readonly field: 'kid' | 'typ'; readonly value: string | null }
  | { readonly what: 'placement'; readonly headers: { readonly [name: string]: string } };

/** One variant of a rejected valid token, with one change, and its result. */
export interface FollowUpResult {
  readonly participant: string;
  readonly probe: string;
  readonly changed: FollowUpChange;
  /** The new value in words: `HS512`, `base64`, `version 6`, `iss left out`. */
  readonly text: string;
  /** The key that signed it, if the key was changed. */
  readonly form: CandidateFingerprint | null;
  /**
   * `accepted` only if it proves something: accepted twice, while the unchanged token and a forged one were rejected.
   */
  readonly result: AttemptResult;
  readonly status: number | null;
  readonly closeCode: number | null;
  readonly detail: string;
  readonly said?: Said | undefined;
  /** As in an attempt. Follow-ups come after the whole first round. */
  readonly sequence?: number | undefined;
  /**
   * `true`: rejected, but its answer always differs from that to a token forged in the same way. The signature was
   * therefore verified, and something else is wrong as well.
   */
  readonly signatureVerified?: boolean;
  /** Text of the earlier variant whose change is kept, because its signature was verified. */
  readonly keeps?: string;
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
  /** Why the record of a rotation, which the reference's secret has, could not be read. */
  readonly unreadableRotation?: UnreadableRotation | undefined;
  readonly lastRotation?: LastRotation | undefined;
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
   * Other states in which the rotation may be: the record was read as it was before a write, or the rotation went on during
   * the check. Absent: none.
   */
  readonly otherStates?: readonly RotationState[];
  /** What endpoints list as the keys that they accept, one entry an answer. */
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
