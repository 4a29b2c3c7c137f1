import { bytesOf } from './digest.js';
import type { Key } from './key.js';

/** An error of this program, whose message contains no secret. */
export class KeyError extends TypeError {
  override readonly name = 'KeyError';
}

/**
 * The bytes of a key.
 * @param from the function that returned it
 * @throws KeyError for a missing or empty key: with an empty key anyone could sign
 */
export function presentKey(key: unknown, from: string): Uint8Array<ArrayBuffer> {
  if (!isKey(key))
    throw new KeyError(`\`${from}\` returned neither a string nor bytes: check that its variable is set`);
  if (key.length === 0) throw new KeyError(`\`${from}\` returned an empty key`);
  return bytesOf(key);
}

function isKey(value: unknown): value is Key {
  return typeof value === 'string' || value instanceof Uint8Array;
}
