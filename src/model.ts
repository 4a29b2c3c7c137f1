import type { CandidateCode, FindingCode } from './finding-codes.js';

/**
 * The vocabulary of the whole program. It imports only the codes of findings, and everything may import it.
 * The shapes of `Report` and what it contains are public: later versions only add to them.
 */

/** How the secrets of one environment stand to each other. */
export type Verdict = 'consistent' | 'inconsistent' | 'inconclusive';

/** How bad a finding is, mildest first. */
export const severities = ['info', 'warning', 'error', 'critical'] as const;
export type Severity = (typeof severities)[number];

/** How urgent the whole result is, mildest first. */
export const levels = ['INFO', 'WARNING', 'CRITICAL', 'EMERGENCY'] as const;
export type Level = (typeof levels)[number];

/** What a participant does with tokens. */
export const roles = ['issuer', 'verifier', 'reference', 'other'] as const;
export type Role = (typeof roles)[number];

/** HMAC algorithms of RFC 7518 §3.2. */
export const algorithms = ['HS256', 'HS384', 'HS512'] as const;
export type Algorithm = (typeof algorithms)[number];

/** Tokens that must be rejected. */
export const controls = ['forged', 'missing', 'expired', 'unsigned', 'tampered'] as const;
export type Control = (typeof controls)[number];

/** The first hex digits, lower case, of SHA-256 over the exact bytes used as the HMAC key; at least 8 of them. */
export type Fingerprint = string;

export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** Why something could not be read. */
export const readErrorCodes = [
  'timeout',
  'dns',
  'connection',
  'tls',
  'http-status',
  'redirect',
  'too-large',
  'invalid-response',
  'permission-denied',
  'unauthenticated',
  'not-found',
  'version-disabled',
  'version-destroyed',
  'checksum',
  'command-failed',
  'unset',
  'no-proof',
] as const;
export type ReadErrorCode = (typeof readErrorCodes)[number];

/** A failure as data: what went wrong, where, and what to do about it. */
export interface ReadError {
  readonly code: ReadErrorCode;
  readonly message: string;
  /** What to do: where there is one, a command to type. */
  readonly hint?: string;
}

/** One replica of a participant, as far as replicas could be told apart. */
export interface Instance {
  /** What it calls itself, or the address it answered on. */
  readonly instance: string | null;
  readonly fingerprint: Fingerprint;
  /** How many answers came from it. */
  readonly samples: number;
}

/** What came of a challenge to prove that the reference's secret is held (docs/endpoint.md). */
export const proofOutcomes = ['verified', 'failed', 'absent'] as const;
export type ProofOutcome = (typeof proofOutcomes)[number];

/** One challenged answer. */
export interface ShownProof {
  readonly instance: string | null;
  /** What was shown beside it. */
  readonly fingerprint: Fingerprint;
  readonly outcome: ProofOutcome;
  /** The other name that a good proof was made in: it then counts as absent. */
  readonly inNameOf: string | null;
}

/**
 * The fingerprint of a secret that somebody could be using instead of the right one, computed by whoever holds the
 * bytes, so that a rule can name the cause without ever seeing a secret.
 */
export interface CandidateFingerprint {
  /** The code of the finding that it proves. */
  readonly code: CandidateCode;
  /** The participant whose secret it was made from; `null` for one that is known otherwise, such as a published default. */
  readonly of: string | null;
  /** `true`: a distortion was undone from that secret, so that the one that was read may be the distorted one. */
  readonly undone: boolean;
  /** What it is, in words that go after a name: `with "\\n" appended`, `version 6`, `knownFallbacks[0]`. */
  readonly text: string;
  readonly fingerprint: Fingerprint;
  /** What else is known of it, such as a version's number. */
  readonly facts: { readonly [key: string]: JsonValue };
  /** A shell pipe that does the same where that is harmless; empty: `$(…)` does it by itself. */
  readonly filter?: string;
}

/** What a source showed. */
export interface Reading {
  /** The key it signs and verifies with; of replicas that differ, the one that most answers showed. */
  readonly fingerprint: Fingerprint;
  /** Every key it verifies with. */
  readonly accepts: readonly Fingerprint[];
  readonly version: string | null;
  /** Which of several places it came from, such as the name of an environment variable, or `fallback`. */
  readonly provenance: string | null;
  readonly instances: readonly Instance[];
  /** Length of the key in bytes, where the source yields the secret itself. */
  readonly keyBytes: number | null;
  /** Of every answer that was challenged and could be verified. */
  readonly proofs?: readonly ShownProof[];
}

/** Money that depends on a participant, in the configuration's currency per month. */
export interface Impact {
  readonly mrr: number;
  readonly note: string | null;
}

/** A secret that jwtcheck holds, shown by a participant in the place of something else. */
export interface Exposure {
  /** The participant whose secret it is; `null` where it is an older version, or another environment's. */
  readonly of: string | null;
  /** What it should have been. */
  readonly where: 'fingerprint' | 'accepts' | 'instance' | 'version';
}

/** All that was seen of one participant apart from tokens. */
export interface Observation {
  readonly name: string;
  readonly role: Role;
  /** The kind of its source, or `null` where probes alone judge it. */
  readonly source: string | null;
  /** Where it was read from, fit to be shown: a URL without credentials, a variable's name, a resource name. */
  readonly target: string | null;
  /** `false` where it is optional or allowed to be unreachable. */
  readonly required: boolean;
  readonly impact: Impact | null;
  /** Names of its probes with the transport of each. */
  readonly probes: readonly ProbeSummary[];
  readonly reading: Reading | null;
  /** Beside a reading: some of its replicas could not be read. */
  readonly error: ReadError | null;
  /** Why its mint endpoint gave no token, where it has one beside its source. */
  readonly mintError?: ReadError | undefined;
  /** Milliseconds. */
  readonly latencyMs: number | null;
  /** Secrets that it shows to whoever asks; what showed them is taken out of the reading. */
  readonly exposes?: readonly Exposure[] | undefined;
}

export interface ProbeSummary {
  readonly name: string;
  readonly kind: string;
  readonly target: string;
}

export type AttemptResult = 'accepted' | 'rejected' | 'inconclusive';

/**
 * What a service said to one token, reduced to what two answers can be compared by, without the presented token. What
 * varies from answer to answer (ids, times) is left out when two are compared; it is redacted like every text of a service.
 */
export interface Said {
  /** What it says in words, in the order of the answer: JSON members, text, a page, `WWW-Authenticate`, a close reason, a message. */
  readonly words: readonly string[];
  /** The form of the body. */
  readonly form: 'json' | 'html' | 'text' | 'stream' | 'none';
  /**
   * JSON Pointers (RFC 6901) of the members of a JSON body, up to depth 4: the value where it is a boolean, a number,
   * `null` or a short identifier, and otherwise the type in angle brackets, such as `<string>`.
   */
  readonly members: { readonly [pointer: string]: string | number | boolean | null };
  /** Which layer answered, as far as headers and the form of the answer show; equal texts: the same layer as far as that is known. */
  readonly layer: string | null;
  /** Where a redirect leads: scheme, host and path, without query. */
  readonly location: string | null;
}

/**
 * Why an answer that was clear by itself is not, in the light of others: the body tells what the status does not, or
 * tells of a rejection for every token; a socket was asked nothing; the answers changed during the check; a lock-out or rate
 * limit was in force before it; a clock that
 * is behind may explain it.
 */
export type AttemptDoubt =
  | 'told-apart'
  | 'rejected-in-body'
  | 'nothing-asked'
  | 'changed-meanwhile'
  | 'locked-out'
  | 'clock-unknown';

/** One token, one probe, one result. */
export interface Attempt {
  readonly participant: string;
  /** The probe's name, or its kind where it has none. */
  readonly probe: string;
  /** The participant whose secret signed the token; `null` where none did. */
  readonly minter: string | null;
  readonly token: 'genuine' | Control;
  /** A key of the configuration's `token.types`; `null` for controls without claims. */
  readonly tokenType: string | null;
  readonly expected: 'accepted' | 'rejected';
  readonly result: AttemptResult;
  /** HTTP status of the answer or of the WebSocket handshake. */
  readonly status: number | null;
  /** WebSocket close code (RFC 6455 §7.4). */
  readonly closeCode: number | null;
  readonly detail: string;
  /** Milliseconds. */
  readonly latencyMs: number;
  /** Why it is inconclusive, where the transport or the `misconfigured` matcher tells. */
  readonly reason: ReadErrorCode | 'misconfigured' | 'not-minted' | AttemptDoubt | null;
  /** Milliseconds by which the clock of whoever answered is ahead of ours (`Date`, RFC 9110 §6.6.1), where it was told. */
  readonly clockOffsetMs?: number | undefined;
  /** What came back, for comparing; left out where nothing did. */
  readonly said?: Said | undefined;
  /** The place in the order in which the tokens of a check were presented, attempts and follow-ups together. */
  readonly sequence?: number | undefined;
  /** Presented before any token that must be rejected. */
  readonly isFirst?: boolean | undefined;
  /** As of a report's attempt. */
  readonly observedAt?: string | undefined;
  /** The token that was presented, where a service signed it by itself. */
  readonly minted?: MintedToken | undefined;
}

/** How a claim of a token compares with the configuration; `unset`: the configuration names no value. */
export type ClaimComparison = 'same' | 'different' | 'absent' | 'unset';

/**
 * A token that a participant signed or was given, verified here. No text of it is kept: only times, the algorithm, and
 * how its issuer and audience compare with the configuration.
 */
export interface MintedToken {
  readonly participant: string;
  /** Fingerprint of the key that signed it; `null`: none of the keys that were tried. */
  readonly signer: Fingerprint | null;
  /** `alg` of its header (RFC 7515 §4.1.1), an HMAC algorithm. */
  readonly algorithm: Algorithm;
  /** NumericDate (RFC 7519 §2), where the claim is a number. */
  readonly issuedAt: number | null;
  readonly notBefore: number | null;
  readonly expiresAt: number | null;
  /** When it was received, by our clock, in seconds. */
  readonly receivedAt: number;
  /** Whether it was issued on request; `null` where that cannot be told. A finished token is not. */
  readonly isFresh: boolean | null;
  readonly issuer: ClaimComparison;
  readonly audience: ClaimComparison;
  /** Only of a proof of possession, which is no token: the other keys that it proves to accept. */
  readonly accepts?: readonly Fingerprint[];
  /** Only of a proof of possession: what the replica calls itself. */
  readonly instance?: string | null;
}

/** One experiment after a valid token was refused: one thing about the token changed, and what came of it. */
export interface FollowUpResult {
  readonly participant: string;
  readonly probe: string;
  /**
   * What was changed: the algorithm, how the key's text is read, the key itself, one claim, the time of issue, a field of
   * the header, or where the token travels. `nothing`: the refused token once more, or a control to compare with.
   */
  readonly vary:
    | 'nothing'
    | 'algorithm'
    | 'key-encoding'
    | 'key'
    | 'claim'
    | 'issued-at'
    | 'header'
    | 'placement';
  /** To what, in words: `HS512`, `base64`, `version 6`, `iss left out`. */
  readonly text: string;
  /** The key that signed it, where that was changed. */
  readonly form: CandidateFingerprint | null;
  readonly facts: { readonly [key: string]: JsonValue };
  /** `accepted` only where it proves something: taken twice, while the unchanged token and a forged one were refused. */
  readonly result: AttemptResult;
  readonly status: number | null;
  readonly closeCode: number | null;
  readonly detail: string;
  readonly said?: Said | undefined;
  /** As of an attempt; those of a follow-up come after the whole first round. */
  readonly sequence?: number | undefined;
  /**
   * `true`: rejected, but its answer differs every time from that to a token that was forged in the same way. So its
   * signature was verified, and something else is wrong with it as well.
   */
  readonly signatureVerified?: boolean;
  /** Text of the earlier experiment whose change this one keeps, since that one's signature was verified. */
  readonly keeps?: string;
}

/** Everything that was seen of one environment in one check; the judge needs nothing else. */
export interface Observations {
  readonly environment: string;
  readonly startedAt: Date;
  readonly durationMs: number;
  /** Name of the participant that is right by definition, or `null`. */
  readonly reference: string | null;
  readonly algorithm: Algorithm;
  readonly currency: string;
  readonly participants: readonly Observation[];
  readonly attempts: readonly Attempt[];
  /** Tokens that participants signed by themselves, by mint endpoints and `token` sources. */
  readonly mintedTokens?: readonly MintedToken[] | undefined;
  /**
   * What a wrong secret could be: fallbacks and published defaults always; distortions, versions and the rest only once
   * something differs.
   */
  readonly candidates: readonly CandidateFingerprint[];
  /** Experiments, only after a valid token was refused. */
  readonly followUps: readonly FollowUpResult[];
  /** References of other environments, which must differ from this one's. */
  readonly crossChecks: readonly CrossCheck[];
}

/** What was read of the reference of an environment that must not share this one's secret. */
export interface CrossCheck {
  readonly environment: string;
  /** Name of its reference; `null` where it names none. */
  readonly reference: string | null;
  readonly fingerprints: readonly Fingerprint[];
  readonly error: ReadError | null;
}

/** A named conclusion. */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  readonly participants: readonly string[];
  readonly message: string;
  readonly evidence: { readonly [key: string]: JsonValue };
  readonly remedy: string;
}

export interface Group {
  readonly fingerprint: Fingerprint;
  readonly participants: readonly string[];
  /** Whether it is the reference's group. */
  readonly reference: boolean;
}

export interface ReportParticipant {
  readonly name: string;
  readonly role: Role;
  readonly source: string | null;
  readonly reachable: boolean;
  readonly fingerprint: Fingerprint | null;
  /** `null` where it could not be told. */
  readonly agrees: boolean | null;
  readonly accepts: readonly Fingerprint[];
  readonly version: string | null;
  readonly provenance: string | null;
  readonly latencyMs: number | null;
  readonly instances: readonly Instance[];
  readonly error: { readonly code: ReadErrorCode; readonly message: string } | null;
  /** Whether its failure to answer keeps the verdict from being consistent. */
  readonly required: boolean;
  /** Whether it proved to hold the reference's secret; the worst of several answers. `null` where it was not challenged. */
  readonly proof: ProofOutcome | null;
}

export interface ReportAttempt {
  readonly participant: string;
  readonly probe: string;
  readonly minter: string | null;
  readonly token: 'genuine' | Control;
  readonly tokenType: string | null;
  readonly expected: 'accepted' | 'rejected';
  readonly result: AttemptResult;
  readonly status: number | null;
  readonly closeCode: number | null;
  readonly detail: string;
  readonly latencyMs: number;
  /** RFC 3339, UTC: of the earlier check that presented it, where a monitor goes by what it remembers. */
  readonly observedAt?: string | undefined;
}

export type ExitCode = 0 | 1 | 2 | 3 | 4 | 130 | 143;

/** The result of one check: the JSON document that scripts and dashboards rely on. */
export interface Report {
  readonly schemaVersion: 1;
  readonly tool: { readonly name: 'jwtcheck'; readonly version: string };
  readonly environment: string;
  /** RFC 3339, UTC. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly verdict: Verdict;
  readonly exitCode: ExitCode;
  readonly level: Level;
  readonly reference: {
    readonly participant: string;
    readonly fingerprint: Fingerprint | null;
    readonly version: string | null;
  } | null;
  readonly groups: readonly Group[];
  readonly participants: readonly ReportParticipant[];
  readonly attempts: readonly ReportAttempt[];
  readonly findings: readonly Finding[];
  readonly impact: {
    readonly currency: string;
    readonly mrrAtRisk: number;
    readonly participants: readonly {
      readonly name: string;
      readonly mrr: number;
      readonly note: string | null;
    }[];
  };
  /** Addresses that were asked in the place of Google Secret Manager; left out where there were none. */
  readonly emulators?: readonly string[] | undefined;
}
