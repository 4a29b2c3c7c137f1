import type { Awaitable, Key } from './key.js';
import type { RoleReading } from './key-reading.js';
import { refuse, refuseUnknown } from './known-options.js';

/** A key that was read by its alias. */
export type AliasedKey =
  | Key
  | { readonly key: Key; readonly version?: string | undefined }
  | null
  | undefined;

/** Names of the aliases or files, as in `rotation.aliases` of jwtcheck. */
export interface AliasNames {
  readonly current?: string | undefined;
  readonly next?: string | undefined;
  readonly previous?: string | undefined;
}

/**
 * A loader that reads three aliases, or three files: `current` signs; `next` and `previous` are accepted, too, as far
 * as they exist. One does not exist if `read` returns nothing, or rejects because there is no such file (`ENOENT`) or no
 * such version (gRPC NOT_FOUND, or FAILED_PRECONDITION for a disabled one; HTTP 404). Other errors make the reading fail.
 *
 * They are read one after the other in the order in which a key moves: `next`, `current`, `previous`. A key that moves
 * on while they are read is met at its new place, so it cannot be missed.
 * @param read reads the key of one alias or file
 */
export function byAlias(
  read: (name: string, signal: AbortSignal) => Awaitable<AliasedKey>,
  names: AliasNames = {},
): (signal: AbortSignal) => Promise<RoleReading> {
  if (typeof read !== 'function') refuse('`byAlias` takes a function that reads the key of one alias');
  refuseUnknown(names, { current: true, next: true, previous: true });
  const { current = 'current', next = 'next', previous = 'previous' } = names;
  const readOther = async (name: string, signal: AbortSignal): Promise<Key | null | undefined> => {
    try {
      return parts(await read(name, signal)).key;
    } catch (error) {
      if (isAbsent(error)) return null;
      throw error;
    }
  };
  return async (signal) => {
    const coming = await readOther(next, signal);
    const { key, version } = parts(await read(current, signal));
    const going = await readOther(previous, signal);
    return { sign: key, accept: [coming, going], version };
  };
}

function parts(read: AliasedKey): {
  readonly key: Key | null | undefined;
  readonly version?: string | undefined;
} {
  if (typeof read === 'string' || read instanceof Uint8Array || read === null || read === undefined)
    return { key: read };
  return { key: read.key, version: read.version };
}

/**
 * Codes of errors by which a key does not exist: of Node; of gRPC, as Google's clients report them, NOT_FOUND, and
 * FAILED_PRECONDITION for a version that is disabled or destroyed; of Google's clients over REST, Not Found.
 */
const absent: ReadonlySet<unknown> = new Set(['ENOENT', 5, 9, 404]);

function isAbsent(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && absent.has(error.code);
}
