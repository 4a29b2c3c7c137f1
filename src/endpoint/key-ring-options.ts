import { parseDuration } from '../schema/duration.js';
import { errorLog } from './error-log.js';
import type { Awaitable } from './key.js';
import type { KeyReading, RoleReading } from './key-reading.js';
import { refuse, refuseUnknown } from './known-options.js';
import type { Timing } from './timing.js';

/** Settings of a key ring, apart from its loader. */
interface Settings {
  /** Interval between two readings, such as `30s` (default); varied by up to 10 % so that replicas spread. */
  readonly refresh?: string | undefined;
  /** Time limit of one reading, which then counts as failed. Default: `10s`. */
  readonly timeout?: string | undefined;
  /**
   * Receives the error of every reading that failed. Its message may contain a secret. Default: the type of the error
   * and where it was thrown, never its message, are written to standard error, at most once a minute.
   */
  readonly onError?: ((error: unknown) => unknown) | undefined;
}

/** A loader, and for how long an earlier signing key stays accepted after it was replaced. */
type Loading =
  | {
      /**
       * Reads the keys with their roles. `accept` states which keys are accepted in addition, an empty list included.
       * @param signal aborted once the result is no longer waited for
       */
      readonly load: (signal: AbortSignal) => Awaitable<RoleReading>;
      /** Default: `0s`, because the roles say how long a key is accepted, and an emergency must end it at once. */
      readonly drain?: string | undefined;
    }
  | {
      /** Reads the only key that is known, such as a single file or the version `latest`. */
      readonly load: (signal: AbortSignal) => Awaitable<KeyReading>;
      /**
       * For how long the earlier key stays accepted after another one replaced it: at least the longest life of a token.
       * A key that has leaked is accepted for as long, unless the service restarts.
       */
      readonly drain: string;
    };

/** Options of `keyRing`. */
export type KeyRingOptions = Settings & Loading;

/** All options, so that a misspelt option is an error instead of being ignored. */
const known = {
  load: true,
  refresh: true,
  timeout: true,
  drain: true,
  onError: true,
} as const satisfies Record<keyof KeyRingOptions, true>;

const day = 86_400_000;

/** The checked options of a key ring. */
export interface KeyRingParts {
  readonly load: (signal: AbortSignal) => Awaitable<unknown>;
  readonly onError: (error: unknown) => unknown;
  /** Milliseconds; `null`: not stated. */
  readonly drain: number | null;
  readonly refresh: number;
  readonly timeout: number;
  readonly clock: Timing;
}

/** Checks the options, with the given clock and timers. @throws TypeError for invalid options; the text contains no secret */
export function keyRingParts(options: KeyRingOptions, clock: Timing): KeyRingParts {
  refuseUnknown(options, known);
  const { load, onError = errorLog('the keys', clock.now) } = options;
  if (typeof load !== 'function') refuse('`load` must be a function that reads the keys');
  if (typeof onError !== 'function') refuse('`onError` must be a function');
  const drain = options.drain === undefined ? null : milliseconds('drain', options.drain, 0, 400 * day);
  const refresh = milliseconds('refresh', options.refresh ?? '30s', 1, day);
  const timeout = milliseconds('timeout', options.timeout ?? '10s', 1, day);
  return { load, onError, drain, refresh, timeout, clock };
}

function milliseconds(name: string, text: unknown, least: number, most: number): number {
  const ms = typeof text === 'string' ? parseDuration(text) : null;
  if (ms === null || ms < least || ms > most)
    refuse(`\`${name}\` must be a duration such as "30s" or "1h", from ${least}ms to ${most / day}d`);
  return ms;
}
