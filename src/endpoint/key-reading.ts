import type { Key } from './key.js';
import { equal, KeyError, presentKey } from './key.js';

/** The result of one reading of the keys, with their roles. */
export interface KeyReading {
  /** The key that signs. It is always accepted, too. A missing or empty key makes the reading fail. */
  readonly sign: Key | null | undefined;
  /**
   * Keys that are accepted in addition, such as the next and the previous one; those that do not exist are `null` or
   * missing. A loader that cannot know any other key leaves this out, and sets `drain`.
   */
  readonly accept?: readonly (Key | null | undefined)[] | undefined;
  /** The version of the signing key, if the store counts versions. */
  readonly version?: string | undefined;
}

/** A reading that states the keys of all roles. */
export interface RoleReading extends KeyReading {
  readonly accept: readonly (Key | null | undefined)[];
}

/** The checked keys of one reading. */
export interface ReadKeys {
  /** Each key once, the signing key first. */
  readonly keys: readonly [Uint8Array<ArrayBuffer>, ...Uint8Array<ArrayBuffer>[]];
  /** Whether the loader stated which other keys are accepted. */
  readonly hasRoles: boolean;
  readonly version: string | undefined;
}

/** jwtcheck does not read more. */
export const mostKeys = 64;

const members: ReadonlySet<string> = new Set<keyof KeyReading>(['sign', 'accept', 'version']);

/** @throws KeyError for a result that is not a reading; the text contains no secret */
export function checkReading(reading: unknown): ReadKeys {
  if (typeof reading !== 'object' || reading === null || !('sign' in reading))
    throw new KeyError('`load` must return an object with the member `sign`');
  // A misspelt member would lose keys.
  const unknown = Object.keys(reading).find((name) => !members.has(name));
  if (unknown !== undefined)
    throw new KeyError(`\`load\` returned \`${unknown}\`; the members are ${[...members].join(', ')}`);
  const accept = 'accept' in reading ? reading.accept : undefined;
  const version = 'version' in reading ? reading.version : undefined;
  if (accept !== undefined && !Array.isArray(accept))
    throw new KeyError('`load` returned an `accept` that is not a list');
  if (version !== undefined && typeof version !== 'string')
    throw new KeyError('`load` returned a `version` that is not a string');
  const others: readonly unknown[] = accept ?? [];
  const given = others.filter((key) => key !== null && key !== undefined);
  const sign = presentKey(reading.sign, 'load().sign');
  const keys = [sign, ...given.map((key) => presentKey(key, 'load().accept'))];
  const [, ...accepted] = distinctKeys(keys);
  if (accepted.length >= mostKeys) throw new KeyError(`\`load\` returned more than ${mostKeys} keys`);
  return { keys: [sign, ...accepted], hasRoles: accept !== undefined, version };
}

/** Each key once, at its first place. */
export function distinctKeys<Bytes extends Uint8Array>(keys: readonly Bytes[]): Bytes[] {
  return keys.filter((key, index) => keys.findIndex((other) => equal(other, key)) === index);
}
