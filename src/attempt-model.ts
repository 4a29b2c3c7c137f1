import type { CandidateFingerprint } from './candidate-model.js';
import type { Algorithm, Control, Fingerprint, ReadErrorCode } from './vocabulary.js';

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
