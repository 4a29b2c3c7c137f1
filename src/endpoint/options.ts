import { isServiceName } from '../secret/proof-protocol.js';

/** An HMAC key as the service uses it. A string stands for its UTF-8 bytes; nothing is trimmed or decoded. */
export type Key = string | Uint8Array;

/** A value, or a promise of it. */
type Awaitable<T> = T | Promise<T>;

/** One value, or several during a rotation. */
type OneOrMore = string | readonly string[] | undefined;

/** Content of the answers. */
export interface Told {
  /**
   * Returns the current key for signing and verifying. It is called for each request, so that the endpoint reports
   * the key in use instead of the one at start: return the same object that the verifier uses. A missing or empty
   * key, or an exception, is answered with 503.
   */
  readonly secret: () => Awaitable<Key | null | undefined>;
  /** Returns other keys that are accepted for verifying during a rotation, at most 63. */
  readonly accepts?: () => Awaitable<readonly Key[]>;
  /**
   * Name of the service. Proofs are bound to it: jwtcheck expects the name of the participant, or `service` of its
   * source.
   */
  readonly service: string;
  readonly environment?: string | undefined;
  /** Name of the replica, such as the host name. */
  readonly instance?: string | undefined;
  /** Version of the secret, if its store counts versions. */
  readonly version?: string | undefined | (() => string | undefined);
  /** Time at which the secret was loaded. */
  readonly loadedAt?: Date | undefined | (() => Date | undefined);
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

export type FingerprintOptions = Told & Limits & Access;

/** All options, so that a misspelt option is an error instead of being ignored. */
const known: Readonly<
  Record<keyof Told | keyof Limits | 'token' | 'sharedKey' | 'authorize' | 'unauthenticated', true>
> = {
  secret: true,
  accepts: true,
  service: true,
  environment: true,
  instance: true,
  version: true,
  loadedAt: true,
  algorithm: true,
  length: true,
  reveal: true,
  rateLimit: true,
  caller: true,
  onError: true,
  clock: true,
  token: true,
  sharedKey: true,
  authorize: true,
  unauthenticated: true,
};

/** @throws TypeError for invalid options; the text contains no secret */
export function checkOptions(options: FingerprintOptions): void {
  const { secret, accepts, service, length = 8, reveal = 'fingerprint', rateLimit } = options;
  const wrong = (problem: string): never => {
    throw new TypeError(`jwtcheck/endpoint: ${problem}`);
  };
  // Only the name: the value of a misspelt option may be a secret.
  const refuseUnknown = (given: object, names: Readonly<Record<string, true>>, of = ''): void => {
    const unknown = Object.keys(given).find((name) => !Object.hasOwn(names, name));
    if (unknown !== undefined)
      wrong(
        `\`${of}${unknown}\` is not an option; the options are ${Object.keys(names)
          .map((name) => `${of}${name}`)
          .join(', ')}`,
      );
  };
  refuseUnknown(options, known);
  if (typeof rateLimit === 'object')
    refuseUnknown(rateLimit, { requests: true, seconds: true }, 'rateLimit.');
  if (typeof options.sharedKey === 'object')
    refuseUnknown(options.sharedKey, { header: true, key: true }, 'sharedKey.');
  if (reveal !== 'fingerprint' && reveal !== 'proof') wrong('`reveal` must be "fingerprint" or "proof"');
  if (typeof secret !== 'function')
    wrong('`secret` must be a function, asked at each request: `secret: () => config.jwtSecret`');
  if (accepts !== undefined && typeof accepts !== 'function')
    wrong('`accepts` must be a function that returns the other keys');
  if (typeof service !== 'string' || !isServiceName(service))
    wrong('`service` must name the service in 1 to 128 bytes without control characters');
  if (!Number.isInteger(length) || length < 8 || length > 64) wrong('`length` must be from 8 to 64');
  if (rateLimit && !(rateLimit.requests >= 1 && rateLimit.seconds > 0))
    wrong('`rateLimit` must allow at least one request');
}
