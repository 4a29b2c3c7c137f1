import type { Instant } from '../rotation/key-use.js';
import {
  isOpen,
  type RotationMode,
  type RotationRecord,
  type RotationTerms,
} from '../rotation/rotation-record.js';
import { type Refusal, refuse } from './refusal.js';
import type { Step } from './steps.js';
import { opened, type SecretView, type VersionView } from './transitions.js';

/** The key that this run would add. */
export interface NewKey {
  /** Id of a rotation that begins with it. */
  readonly id: string;
  /** Of `saltFor`; 16 hex digits. */
  readonly salt: string;
  /** `saltedHashOf` the key with that salt. */
  readonly hash: string;
  /** Random bytes in it. */
  readonly bytes: number;
}

/** The salt of all hashes: that of the intent which is there, otherwise a new one. */
export const saltFor = (record: RotationRecord | null, fresh: string): string =>
  record === null || record.state === 'finished' ? fresh : record.intent.salt;

/**
 * For this long after an intent was written, another process may still be adding its version; milliseconds. Only its own
 * process continues at once.
 */
export const intentLease = 10_000;

/** The maximum of keys of interrupted runs that an intent remembers. */
const mostHashes = 16;

export interface AdoptInput {
  readonly record: RotationRecord | null;
  readonly versions: readonly VersionView[];
  readonly aliases: ReadonlyMap<string, number>;
  readonly mode: RotationMode;
  readonly inUse: number | null;
  readonly key: NewKey;
  readonly trusts: readonly string[];
  readonly terms: RotationTerms;
  readonly now: Instant;
}

type Adopted =
  | { readonly is: 'steps'; readonly steps: readonly Step[] }
  | {
      readonly is: 'version';
      readonly record: RotationRecord;
      readonly to: number;
      /** Versions of this rotation that arrived late, from a run that was presumed dead. */
      readonly surplus: readonly Step[];
    }
  | Refusal;

/** Intent, then version: what is missing of the two, or the version that belongs to the intent. */
export function adopt(input: AdoptInput): Adopted {
  const { record, versions, inUse, key } = input;
  if (record === null) return begin(input);
  const { intent, from } = record;
  const sorted = sortOut(record, versions, inUse ?? from);
  if (sorted.is === 'refused') return sorted;
  const [ours, ...surplus] = sorted.ours;
  if (ours !== undefined) return { is: 'version', record, to: ours, surplus: disableSurplus(surplus) };
  if (!intent.hashes.includes(key.hash)) return takeOver(record, input);
  const expected = Math.max(intent.newest, ...versions.map(({ number }) => number)) + 1;
  return { is: 'steps', steps: [{ do: 'add-version', expected, bytes: key.bytes }] };
}

/** Versions that came in the middle of a rotation whose own version is known: late ones of its own, or one of another program. */
export function cameLater(
  record: RotationRecord,
  versions: readonly VersionView[],
): readonly Step[] | Refusal {
  const sorted = sortOut(record, versions, record.from);
  if (sorted.is === 'refused') return sorted;
  return disableSurplus(sorted.ours.filter((number) => number !== record.to));
}

/** A version that another program added while a rotation is open: the next step is refused because of it. */
export function foreignVersionIn({ record, versions }: SecretView): Refusal | null {
  if (!isOpen(record) || record.to === null) return null;
  const later = cameLater(record, versions);
  return 'is' in later ? later : null;
}

const disableSurplus = (versions: readonly number[]): Step[] =>
  versions.map((version) => ({ do: 'disable-version', version, why: 'surplus' }));

/** The enabled versions after the intent, oldest first, if all of them belong to it. */
function sortOut(
  { intent, to }: RotationRecord,
  versions: readonly VersionView[],
  inUse: number,
): { readonly is: 'ours'; readonly ours: readonly number[] } | Refusal {
  const newer = versions.filter(({ number, state }) => number > intent.newest && state === 'ENABLED');
  const unknown = newer.filter(
    ({ number, hash }) => number !== to && !(hash !== null && intent.hashes.includes(hash)),
  );
  const unread = unknown.find(({ hash }) => hash === null);
  if (unread !== undefined)
    return refuse(
      'unreadable-version',
      `Version ${unread.number} could not be read, so it is unknown whether this rotation added it`,
      'Check the permission secretmanager.versions.access, then run the command again.',
    );
  const [foreign] = unknown;
  if (foreign !== undefined) return foreignVersion(foreign.number, inUse);
  return { is: 'ours', ours: newer.map(({ number }) => number).sort((a, b) => a - b) };
}

function begin({ versions, aliases, mode, inUse, key, trusts, terms, now }: AdoptInput): Adopted {
  if (inUse === null)
    return refuse(
      'unreadable-version',
      'The version in use is not known: the reference could not be read',
      'See `jwtcheck check`.',
    );
  const newer = versions.find(({ number, state }) => number > inUse && state === 'ENABLED');
  if (newer !== undefined) return foreignVersion(newer.number, inUse);
  const record = opened({
    id: key.id,
    mode,
    from: inUse,
    newest: Math.max(...versions.map(({ number }) => number), inUse),
    salt: key.salt,
    hash: key.hash,
    now: new Date(now).toISOString(),
    trusts,
    terms,
  });
  return { is: 'steps', steps: [{ do: 'update', why: 'intent', record, aliases }] };
}

/** The process that wrote the intent has not added its version: it was interrupted, or is about to. */
function takeOver(record: RotationRecord, { key, mode, now, aliases }: AdoptInput): Adopted {
  const { intent } = record;
  const until = Date.parse(intent.at) + intentLease;
  const { rolledBack } = record.times;
  // After a rotation was undone, no run is adding a version until another intent is written.
  const isUndone = rolledBack !== undefined && Date.parse(rolledBack) >= Date.parse(intent.at);
  if (now < until && !isUndone)
    return refuse(
      'run-in-progress',
      `Another run of rotation ${record.id} wrote its intent at ${intent.at} and may be adding its version`,
      `Run the command again after ${new Date(until).toISOString()}.`,
      until,
    );
  const hashes = [...intent.hashes, key.hash].slice(-mostHashes);
  const at = new Date(now).toISOString();
  const after = { ...record, mode, intent: { ...intent, hashes, at } };
  return { is: 'steps', steps: [{ do: 'update', why: 'intent', record: after, aliases }] };
}

const foreignVersion = (version: number, known: number): Refusal =>
  refuse(
    'strangers-version',
    `Version ${version} is newer than version ${known}, and was not added by this rotation`,
    `If it is not needed, disable version ${version}. If services use it already, move the alias of the version in use to it. Then run the command again.`,
  );
