import { KeyHolders, type KnownKey } from './key-holders.js';
import type { HistoryRecord, KeyRecord, KeysRecord } from './record.js';
import { keyId } from './report-records.js';

/** What a history knows of keys while it is written: it repeats nothing that stands in the file. */
export interface KeyLog {
  /** What of a complete record is new; `null`: nothing. It counts as written until it is lost. */
  changes(record: KeysRecord): KeysRecord | null;
  /** All that is known, for the beginning of a file. */
  all(): KeysRecord[];
  /** A record was not written: what it contained is written again. */
  lost(record: HistoryRecord): void;
}

interface Environment {
  readonly known: KeyHolders;
  at: string;
  unread: readonly string[];
  /** Whether the next record repeats everything. */
  repeats: boolean;
}

export function createKeyLog(): KeyLog {
  const environments = new Map<string, Environment>();

  const allOf = (environment: string, { known, at, unread }: Environment): KeysRecord => {
    const keys = new Map<string, KnownKey & { readonly participants: string[] }>();
    for (const [id, key] of known.keys) keys.set(id, { ...key, participants: [] });
    for (const [name, id] of known.holders) keys.get(id)?.participants.push(name);
    return {
      type: 'keys',
      at,
      environment,
      reference: known.reference,
      complete: true,
      keys: [...keys.values()],
      unread: unread.filter((name) => !known.holders.has(name)),
    };
  };

  return {
    changes(record) {
      const { environment, at, unread } = record;
      const before = environments.get(environment);
      const own = before ?? { known: new KeyHolders(), at, unread, repeats: true };
      environments.set(environment, own);
      const { known } = own;
      const repeats = own.repeats || known.reference !== record.reference;
      const old = new Map(known.keys);
      const changed = known.add(withStableVersions(record, old));
      own.at = at;
      own.unread = unread;
      own.repeats = false;
      const held = new Set(known.holders.values());
      for (const id of known.keys.keys()) if (!held.has(id)) known.keys.delete(id);
      if (repeats || changed.some(({ to }) => to === null)) return allOf(environment, own);
      const moved = new Set(changed.map(({ name }) => name));
      const keys = record.keys.flatMap(({ fingerprint, participants }): KeyRecord[] => {
        const key = known.keys.get(keyId(fingerprint));
        if (key === undefined) return [];
        const names = participants.filter((name) => moved.has(name));
        return names.length === 0 && isSame(old.get(keyId(fingerprint)), key)
          ? []
          : [{ ...key, participants: names }];
      });
      return keys.length === 0 ? null : { ...record, complete: false, keys, unread: [] };
    },
    all: () => [...environments].map(([name, environment]) => allOf(name, environment)),
    lost({ type, environment }) {
      const own = environments.get(environment);
      if (type === 'keys' && own !== undefined) own.repeats = true;
    },
  };
}

const isSame = (before: KnownKey | undefined, { version, createdAt }: KnownKey): boolean =>
  before !== undefined && before.version === version && before.createdAt === createdAt;

/** A version that a service claims may change with every answer; one that the reference says is right. */
function withStableVersions(record: KeysRecord, known: ReadonlyMap<string, KnownKey>): KeysRecord {
  const { reference } = record;
  const keys = record.keys.map((key) => {
    if (reference !== null && key.participants.includes(reference)) return key;
    return { ...key, version: known.get(keyId(key.fingerprint))?.version ?? key.version };
  });
  return { ...record, keys };
}
