import { isServiceName } from '../secret/proof-protocol.js';
import type { Awaitable, Key } from './key.js';
import type { KeyRing } from './key-ring.js';
import { fits, refuse, refuseUnknown } from './known-options.js';

/** One value, or several during a rotation. */
type OneOrMore = string | readonly string[] | undefined;

/** Where the keys come from: a key ring, or functions. */
export type KeySource =
  | {
      /** The key ring that signs and verifies tokens. `version` and `loadedAt` follow it. */
      readonly keys: Pick<KeyRing, 'accepts' | 'version' | 'loadedAt'>;
      readonly secret?: never;
      readonly accepts?: never;
      readonly version?: never;
      readonly loadedAt?: never;
    }
  | {
      /**
       * Returns the current key for signing and verifying. It is called for each request, so that the endpoint reports
       * the key in use instead of the one at start: return the same object that the verifier uses. A missing or empty
       * key, or an exception, is answered with 503.
       */
      readonly secret: () => Awaitable<Key | null | undefined>;
      /** Returns other keys that are accepted for verifying during a rotation, at most 63. */
      readonly accepts?: () => Awaitable<readonly Key[]>;
      /** Version of the secret, if its store counts versions. */
      readonly version?: string | undefined | (() => string | undefined);
      /** Time at which the secret was loaded. */
      readonly loadedAt?: Date | undefined | (() => Date | undefined);
      readonly keys?: never;
    };

/** Content of the answers. */
export interface Told {
  /**
   * Name of the service. Proofs are bound to it: jwtcheck expects the name of the participant, or `service` of its
   * source.
   */
  readonly service: string;
  readonly environment?: string | undefined;
  /** Name of the replica, such as the host name. */
  readonly instance?: string | undefined;
  /** Algorithm of the tokens, such as `HS256`. */
  readonly algorithm?: string | undefined;
  /** Number of hex digits of a fingerprint, 8 to 64. Default: 8. */
  readonly length?: number | undefined;
  /**
   * `fingerprint` (default): fingerprints, and a proof if a challenge requests one. `proof`: only proofs, which is
   * recommended for production. The fingerprint of a published key, or of a key shorter than its hash (RFC 7518
   * §3.2), is never reported, because it could be looked up or guessed.
   */
  readonly reveal?: 'fingerprint' | 'proof' | undefined;
}

/** Limits and error handling. */
export interface Limits {
  /**
   * Maximum number of requests of one caller per number of seconds, refilled evenly. Default: 120 in 60. `false`: no
   * limit.
   */
  readonly rateLimit?: { readonly requests: number; readonly seconds: number } | false | undefined;
  /**
   * The caller that a request counts for, such as the address that a trusted proxy states. Default: a valid token or
   * key, otherwise the address of the connection if the framework provides it.
   */
  readonly caller?: ((request: Request) => string) | undefined;
  /**
   * Receives the error if a secret could not be read. Answers never contain it, and its message may contain the
   * secret. Default: the type of the error and where it was thrown, never its message, are written to standard error.
   */
  readonly onError?: ((error: unknown) => unknown) | undefined;
  /** Monotonic milliseconds. Default: `performance.now()`. */
  readonly clock?: (() => number) | undefined;
}

/** Access control. Exactly one of these is required; otherwise the endpoint does not start. */
export type Access =
  | {
      /** `Authorization: Bearer` with this token, or one of several; at least 16 characters. */
      readonly token: OneOrMore;
      readonly sharedKey?: never;
      readonly authorize?: never;
      readonly unauthenticated?: never;
    }
  | {
      /** A header of any name with this key, or one of several; at least 16 characters. */
      readonly sharedKey: { readonly header: string; readonly key: OneOrMore };
      readonly token?: never;
      readonly authorize?: never;
      readonly unauthenticated?: never;
    }
  | {
      /** A custom decision: any result except `true` is answered with 403. */
      readonly authorize: (request: Request) => Awaitable<boolean>;
      readonly token?: never;
      readonly sharedKey?: never;
      readonly unauthenticated?: never;
    }
  | {
      /** Every caller that reaches the endpoint is allowed. Use it only if the network itself restricts access. */
      readonly unauthenticated: true;
      readonly token?: never;
      readonly sharedKey?: never;
      readonly authorize?: never;
    };

export type FingerprintOptions = Told & KeySource & Limits & Access;

/**
 * All options with their types, so that a misspelt or wrong one is an error instead of being ignored, or published with all that
 * an object contains.
 */
const known: Readonly<
  Record<
    keyof Told | keyof KeySource | keyof Limits | 'token' | 'sharedKey' | 'authorize' | 'unauthenticated',
    string
  >
> = {
  secret: 'a function, asked at each request: `secret: () => config.jwtSecret`',
  accepts: 'a function that returns the other keys',
  keys: 'an object',
  service: 'a string',
  environment: 'a string',
  instance: 'a string',
  version: 'a string or a function',
  loadedAt: 'a Date object or a function',
  algorithm: 'a string',
  length: 'a number',
  reveal: 'a string',
  rateLimit: 'an object, or the boolean false',
  caller: 'a function',
  onError: 'a function',
  clock: 'a function',
  token: 'a string or an array object',
  sharedKey: 'an object',
  authorize: 'a function',
  unauthenticated: 'a boolean',
};

/** @throws TypeError for invalid options; the text contains no secret */
export function checkOptions(options: FingerprintOptions): void {
  const { service, length = 8, reveal = 'fingerprint', rateLimit, sharedKey } = options;
  refuseUnknown(options, known);
  const given: Readonly<Record<string, unknown>> = { ...options };
  for (const [name, type] of Object.entries(known))
    if (!fits(given[name], type)) refuse(`\`${name}\` must be ${type}`);
  if (rateLimit) refuseUnknown(rateLimit, { requests: true, seconds: true }, 'rateLimit.');
  if (sharedKey) refuseUnknown(sharedKey, { header: true, key: true }, 'sharedKey.');
  if (reveal !== 'fingerprint' && reveal !== 'proof') refuse('`reveal` must be "fingerprint" or "proof"');
  checkSource(options);
  if (!isServiceName(service ?? ''))
    refuse('`service` must name the service in 1 to 128 bytes without control characters');
  if (!Number.isInteger(length) || length < 8 || length > 64) refuse('`length` must be from 8 to 64');
  if (rateLimit && !(rateLimit.requests >= 1 && rateLimit.seconds > 0))
    refuse('`rateLimit` must allow at least one request');
}

function checkSource(source: KeySource): void {
  if (source.keys !== undefined) {
    const given = (['secret', 'accepts', 'version', 'loadedAt'] as const).filter(
      (name) => source[name] !== undefined,
    );
    if (given.length > 0) refuse(`\`keys\` replaces \`${given.join('`, `')}\`: leave out one of them`);
    if (!('accepts' in source.keys)) refuse('`keys` must be a key ring: `keys: keyRing({ … })`');
    return;
  }
  if (source.secret === undefined) refuse(`\`secret\` must be ${known.secret}`);
}
