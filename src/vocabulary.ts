/** The words that every module may use: they import nothing. */

/** How the secrets of one environment compare. */
export type Verdict = 'consistent' | 'inconsistent' | 'inconclusive';

/** Severities of a finding, ascending. */
export const severities = ['info', 'warning', 'error', 'critical'] as const;
export type Severity = (typeof severities)[number];

/** Whether a severity is this one or a more severe one. */
export const isAtLeast = (severity: Severity, least: Severity): boolean =>
  severities.indexOf(severity) >= severities.indexOf(least);

/** Alert levels of a result, ascending. */
export const levels = ['INFO', 'WARNING', 'CRITICAL', 'EMERGENCY'] as const;
export type Level = (typeof levels)[number];

/** The label of participants without `reach`. */
export const defaultReach = 'default';

/** The role of a participant. */
export const roles = ['issuer', 'verifier', 'reference', 'other'] as const;
export type Role = (typeof roles)[number];

/** HMAC algorithms of RFC 7518 §3.2. */
export const algorithms = ['HS256', 'HS384', 'HS512'] as const;
export type Algorithm = (typeof algorithms)[number];

/** Tokens that must always be rejected: the controls that `all` stands for. */
export const standardControls = ['forged', 'missing', 'expired', 'unsigned', 'tampered'] as const;
export type StandardControl = (typeof standardControls)[number];

/**
 * Tokens that must be rejected. `retired` is signed with an earlier key of the reference; during a rotation it may be
 * accepted on purpose, so that it is presented only if it is named.
 */
export const controls = [...standardControls, 'retired'] as const;
export type Control = (typeof controls)[number];

/** A control as the configuration and `--controls` name it: `retired:6` is a token of version 6. */
export type RequestedControl = Control | `retired:${string}`;

/** The first hex digits of the SHA-256 over the exact bytes of the HMAC key: lower case, at least 8 digits. */
export type Fingerprint = string;

export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** The reasons why something could not be read. */
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
  'not-observed',
] as const;
export type ReadErrorCode = (typeof readErrorCodes)[number];

/** A failure as data: what went wrong, where, and what to do about it. */
export interface ReadError {
  readonly code: ReadErrorCode;
  readonly message: string;
  /** What to do, on one line. */
  readonly hint?: string;
  /** The same as `hint` step by step, where commands are among them. */
  readonly steps?: readonly RemedyStep[];
}

/** One step of a remedy: sentences to read, or one line to paste: a shell command, or a line of configuration. */
export type RemedyStep = { readonly text: string } | { readonly command: string };

/** Commands of a secret store, ready for a shell. None of them shows a secret on a terminal by itself. */
export interface StoreCommands {
  /** Prints the secret to standard output. */
  readonly read: string;
  /** The beginning of a command that writes the secret to a file: the path is appended. */
  readonly readToFile: string;
  /** Stores standard input as the new value. */
  readonly write: string;
  /** Flags of `gcloud run services update` that give a service the secret; `null` where Cloud Run cannot read it. */
  readonly cloudRunFlags: string | null;
}

/** How a participant is given another secret, as its source declares it; remedies are written from this. */
export type SecretHolder =
  /** It reads its secret at start, and is restarted to read it again. */
  | { readonly is: 'service' }
  | { readonly is: 'variable'; readonly name: string }
  /** A file as a whole, or one entry of it. */
  | { readonly is: 'file'; readonly path: string; readonly key: string | null }
  | { readonly is: 'command'; readonly program: string }
  /** `commands`: `null` where its names cannot be pasted into a shell. */
  | { readonly is: 'store'; readonly commands: StoreCommands | null }
  /** A fingerprint in the configuration. */
  | { readonly is: 'pin' }
  /** A finished token. */
  | { readonly is: 'token' };
