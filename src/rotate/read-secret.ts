import type { ReadError } from '../model.js';
import { parseRecord, type RotationRecord, rotationAnnotation } from '../rotation/rotation-record.js';
import { saltedHashOf } from '../secret/fingerprint.js';
import type { Secret } from '../secret/secret.js';
import { saltFor } from './adopt.js';
import { type Refusal, refuse } from './refusal.js';
import type { RotationSecret, RotationStore } from './rotation-store.js';
import type { SecretView } from './transitions.js';

/** The secret as it was read: for planning, for writing, and its keys. */
export interface SecretState {
  readonly view: SecretView;
  readonly secret: RotationSecret;
  /** By version: those that could be read. */
  readonly keys: ReadonlyMap<number, Secret>;
  /** Why a version that matters could not be read. */
  readonly unread: readonly { readonly version: number; readonly error: ReadError }[];
}

export type ReadState =
  | { readonly is: 'read'; readonly state: SecretState }
  | { readonly is: 'failed'; readonly error: ReadError }
  | Refusal;

/** Maximum number of versions to read: those in use, and the newest ones, so that a key of another program has a name. */
const mostKeys = 10;

/** Reads the secret repeatedly; each key once, since the payload of a version never changes. */
export class SecretReader {
  readonly #store: RotationStore;
  readonly #salt: string;
  readonly #keys = new Map<number, Secret>();

  /** @param salt for the hashes of a rotation that has none yet */
  constructor(store: RotationStore, salt: string) {
    this.#store = store;
    this.#salt = salt;
  }

  /** @param known the record as this process wrote it last, where the one that is read may be older */
  async read(known?: { readonly record: RotationRecord | null }): Promise<ReadState> {
    const read = await this.#store.readRotationSecret();
    if (!read.ok) return { is: 'failed', error: read.error };
    const secret = read.value;
    const written = secret.annotations.get(rotationAnnotation);
    const parsed = written === undefined || known !== undefined ? null : parseRecord(written);
    if (parsed !== null && !parsed.ok) return refuse('unreadable-record', parsed.message, parsed.hint);
    const record = known === undefined ? (parsed?.record ?? null) : known.record;
    const wanted = wantedOf(secret, record);
    const unread = (
      await Promise.all(
        wanted.map(async (version) => {
          const error = await this.#load(version);
          return error === null ? [] : [{ version, error }];
        }),
      )
    ).flat();
    const keys = new Map(
      wanted.flatMap((version): [number, Secret][] => {
        const key = this.#keys.get(version);
        return key === undefined ? [] : [[version, key]];
      }),
    );
    const salt = saltFor(record, this.#salt);
    const versions = secret.versions.map(({ number, state }) => {
      const key = keys.get(number);
      return { number, state, hash: key === undefined ? null : saltedHashOf(key, salt) };
    });
    const view = { record, aliases: secret.versionAliases, versions };
    return { is: 'read', state: { view, secret, keys, unread } };
  }

  async #load(version: number): Promise<ReadError | null> {
    if (this.#keys.has(version)) return null;
    const key = await this.#store.accessByNumber(version);
    if (!key.ok) return key.error;
    this.#keys.set(version, key.value);
    return null;
  }
}

function wantedOf({ versions }: RotationSecret, record: RotationRecord | null): number[] {
  const inUse = [record?.from, record?.to];
  const later = (number: number): boolean => record !== null && number > record.intent.newest;
  return versions
    .filter(({ state }) => state === 'ENABLED')
    .map(({ number }) => number)
    .filter((number, index) => index < mostKeys || inUse.includes(number) || later(number));
}
