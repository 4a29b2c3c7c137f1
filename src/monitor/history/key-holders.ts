import type { Fingerprint } from '../../model.js';
import type { KeyRecord, KeysRecord } from './record.js';
import { keyId } from './report-records.js';

/** A key, as far as records describe it. */
export interface KnownKey {
  readonly fingerprint: Fingerprint;
  readonly version: string | null;
  readonly createdAt: string | null;
}

/** A participant that holds another key than before: by identity of the keys; `null` is none, or unknown. */
export interface KeyChange {
  readonly name: string;
  readonly from: string | null;
  readonly to: string | null;
}

/** Who holds which key in one environment, record after record. */
export class KeyHolders {
  reference: string | null = null;
  /** By identity (`keyId`). */
  readonly keys = new Map<string, KnownKey>();
  /** By participant: the identity of its key. */
  readonly holders = new Map<string, string>();

  /** Takes in a record. @returns what changed, participants that are no longer checked included */
  add({ reference, complete, keys, unread }: KeysRecord): KeyChange[] {
    this.reference = reference;
    const changes: KeyChange[] = [];
    for (const key of keys) {
      const id = keyId(key.fingerprint);
      this.keys.set(id, learned(this.keys.get(id), key));
      for (const name of key.participants) {
        const from = this.holders.get(name) ?? null;
        if (from === id) continue;
        this.holders.set(name, id);
        changes.push({ name, from, to: id });
      }
    }
    if (!complete) return changes;
    const named = new Set([...keys.flatMap(({ participants }) => participants), ...unread]);
    for (const [name, from] of this.holders) {
      if (named.has(name)) continue;
      this.holders.delete(name);
      changes.push({ name, from, to: null });
    }
    return changes;
  }
}

/** What is known is not forgotten where a later record does not know it. */
function learned(before: KnownKey | undefined, key: KeyRecord): KnownKey {
  const { fingerprint, version, createdAt } = key;
  if (before === undefined) return { fingerprint, version, createdAt };
  return {
    fingerprint: before.fingerprint.length >= fingerprint.length ? before.fingerprint : fingerprint,
    version: version ?? before.version,
    // The same bytes as a new version have been in use since the old one was created.
    createdAt: before.createdAt ?? createdAt,
  };
}
