import { isServiceName } from '../secret/proof-protocol.js';

/** An HMAC key as the service uses it. A string stands for its UTF-8 bytes; nothing is trimmed or decoded. */
export type Key = string | Uint8Array;

/** Something at hand, or something to wait for. */
type Awaitable<T> = T | Promise<T>;

/** One value, or several while one replaces the other. */
type OneOrMore = string | readonly string[] | undefined;

/** What the endpoint tells. */
export interface Told {
  /**
   * The key that signs and verifies now. Asked at each request, so that the endpoint tells the key in use and not the
   * one at start: return the very object that the verifier uses. Nothing, an empty key or an exception is answered 503.
   */
  readonly secret: () => Awaitable<Key | null | undefined>;
  /** Other keys that verify too, in the middle of a rotation. At most 63 of them. */
  readonly accepts?: () => Awaitable<readonly Key[]>;
  /** The service's name. Proofs are bound to it: jwtcheck expects the participant's name, or `service` of its source. */
  readonly service: string;
  readonly environment?: string | undefined;
  /** The replica, such as the host's name. */
  readonly instance?: string | undefined;
  /** Of the secret, where its store counts them. */
  readonly version?: string | undefined | (() => string | undefined);
  /** When the secret was loaded. */
  readonly loadedAt?: Date | undefined | (() => Date | undefined);
  /** Of the tokens, such as `HS256`. */
  readonly algorithm?: string | undefined;
  /** Hex digits of a fingerprint, 8 to 64; default 8. */
  readonly length?: number | undefined;
  /**
   * `fingerprint` (default): fingerprints, and a proof where a challenge asks for one. `proof`: proofs alone, which is
   * recommended for production. The fingerprint of a key that is published, or shorter than its hash (RFC 7518 §3.2), is
   * never shown, whatever this says: it could be looked up or guessed.
   */
  readonly reveal?: 'fingerprint' | 'proof' | undefined;
}

/** How much is answered, and where errors go. */
export interface Limits {
  /** At most this many requests of one caller in this many seconds, refilled evenly; default 120 in 60. `false`: no limit. */
  readonly rateLimit?: { readonly requests: number; readonly seconds: number } | false | undefined;
  /**
   * The caller that a request counts for, such as the address that a trusted proxy states. Default: the token or key
   * that was sent where it is right, and otherwise the address of the connection, where the framework shows it.
   */
  readonly caller?: ((request: Request) => string) | undefined;
  /**
   * Receives the error where a secret could not be read: no answer ever says it, and its message may hold the secret.
   * Default: the kind of the error and where it was thrown, never its message, are written to standard error.
   */
  readonly onError?: ((error: unknown) => unknown) | undefined;
  /** Milliseconds since any moment that does not change; default `performance.now()`. */
  readonly clock?: (() => number) | undefined;
}

/** Who may ask. Exactly one of these, for without any the endpoint refuses to start. */
export type Access =
  | {
      /** `Authorization: Bearer` with this token, or any of these; at least 16 characters. */
      readonly token: OneOrMore;
      readonly sharedKey?: never;
      readonly authorize?: never;
      readonly unauthenticated?: never;
    }
  | {
      /** A header of any name with this key, or any of these; at least 16 characters. */
      readonly sharedKey: { readonly header: string; readonly key: OneOrMore };
      readonly token?: never;
      readonly authorize?: never;
      readonly unauthenticated?: never;
    }
  | {
      /** A decision of your own: anything but `true` is answered 403. */
      readonly authorize: (request: Request) => Awaitable<boolean>;
      readonly token?: never;
      readonly sharedKey?: never;
      readonly unauthenticated?: never;
    }
  | {
      /** Whoever reaches the endpoint may ask. Only where the network itself keeps others away. */
      readonly unauthenticated: true;
      readonly token?: never;
      readonly sharedKey?: never;
      readonly authorize?: never;
    };

export type FingerprintOptions = Told & Limits & Access;

/** Every option, so that a misspelt one is an error instead of a setting that is not there. */
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

/** @throws TypeError where the endpoint could not do what it is for; the text holds no secret */
export function checkOptions(options: FingerprintOptions): void {
  const { secret, accepts, service, length = 8, reveal = 'fingerprint', rateLimit } = options;
  const wrong = (problem: string): never => {
    throw new TypeError(`jwtcheck/endpoint: ${problem}`);
  };
  // The name alone: the value of a misspelt option may be a secret.
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
    wrong('`rateLimit` must let at least one request through');
}
