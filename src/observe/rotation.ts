import type { SourceSettings } from '../config/schema.js';
import type {
  LastRotation,
  ObservedRotation,
  OpenRotation,
  ReadError,
  RotationState,
  UnreadableRotation,
} from '../model.js';
import { neededIn } from '../rotation/deviations.js';
import {
  isOpen,
  type OpenRecord,
  parseRecord,
  type RotationRecord,
  rotationAnnotation,
} from '../rotation/rotation-record.js';
import { fingerprintOf, fullFingerprintOf, saltedHashOf, sameFingerprint } from '../secret/fingerprint.js';
import type { Secret } from '../secret/secret.js';
import type { RotatingKeys } from './attempts.js';
import type { ObserveContext } from './context.js';
import type { FollowedAliases } from './plan.js';
import type { Read } from './readings.js';
import type { RetiredSigner } from './retired-key.js';
import { type RotatedSource, rotatedSource, seenAliases, statesSeen } from './rotation-states.js';
import type { SourceResult } from './sources/source.js';

/** The rotation of the reference's secret, as far as it is known. */
export interface RotationRead {
  readonly open: OpenRotationRead | null;
  readonly last: LastRotation | null;
  readonly unreadable: UnreadableRotation | null;
}

/** An open rotation with its keys. */
export interface OpenRotationRead {
  readonly record: OpenRotation;
  /** By version: those that could be read. */
  readonly keys: ReadonlyMap<number, Secret>;
  readonly unread: ObservedRotation['unread'];
  /** The version of the reference's reading, if it is one of the two. */
  readonly reference: number | null;
  /** States other than the record's in which the rotation may be, by the aliases and by another look at the record. */
  readonly otherStates: () => Promise<readonly RotationState[]>;
}

/** No rotation is known. */
export const noRotation: RotationRead = { open: null, last: null, unreadable: null };

/**
 * Reads the reference and, at the same time, the record of a rotation of its secret. While one is open, both keys are
 * read by number, because `latest` and aliases may be minutes behind; the reference is then the version that the state
 * wants, unless it is pinned to a number.
 * @param followed aliases that services follow, where no record names them
 */
export async function readWithRotation(
  source: SourceSettings | undefined,
  reading: Promise<Read | null>,
  followed: FollowedAliases | undefined,
  context: ObserveContext,
): Promise<{ readonly read: Read | null; readonly rotation: RotationRead }> {
  const rotated = source === undefined ? null : rotatedSource(source, context);
  if (source === undefined || rotated === null) return { read: await reading, rotation: noRotation };
  const [read, metadata] = await Promise.all([reading, rotated.metadata()]);
  const written = metadata?.annotations.get(rotationAnnotation);
  const configured = 'version' in source ? source.version : null;
  const inUse = async (first: Read, aliases: FollowedAliases | undefined): Promise<Read> =>
    configured === 'latest' && aliases !== undefined && metadata?.aliases.has(aliases.current) === true
      ? { ...first, result: await beforeStaged(first.result, aliases, rotated) }
      : first;
  if (read === null) return { read, rotation: noRotation };
  if (written === undefined) return { read: await inUse(read, followed), rotation: noRotation };
  const parsed = parseRecord(written);
  if (!parsed.ok) {
    const { message, hint } = parsed;
    return { read, rotation: { ...noRotation, unreadable: { message, hint } } };
  }
  const { record } = parsed;
  if (isOpen(record) && record.to !== null)
    return whileOpen(record, record.to, configured, read, rotated, context);
  const isStaged = configured !== null && !isNumber(configured) && isNotStagedYet(record, read.result);
  return {
    read: isStaged
      ? { ...read, result: await rotated.version(record.from) }
      : await inUse(read, record.terms.aliases),
    rotation: { ...noRotation, last: lastOf(record) },
  };
}

async function whileOpen(
  record: OpenRecord,
  to: number,
  configured: string | null,
  read: Read,
  rotated: RotatedSource,
  context: ObserveContext,
): Promise<{ readonly read: Read; readonly rotation: RotationRead }> {
  const { from, state, terms } = record;
  const first = read.result;
  const isRead = (version: number): boolean => first.is === 'secret' && first.version === String(version);
  const [seen, old, fresh] = await Promise.all([
    seenAliases(terms.aliases, rotated),
    ...[from, to].map((version) => (isRead(version) ? first : rotated.version(version))),
  ]);
  if (typeof seen.current === 'number' && seen.current !== from && seen.current !== to)
    return { read, rotation: { ...noRotation, unreadable: elsewhere(record, seen.current) } };
  const results = [
    { version: from, result: old },
    { version: to, result: fresh },
  ];
  // What is behind is behind: the version that either of the two names is promoted.
  const wanted = state === 'staged' && seen.current !== to ? old : fresh;
  const follows =
    configured === 'latest' ||
    Object.values(terms.aliases).some((alias) => alias === configured) ||
    isRead(from) ||
    isRead(to);
  const isPinned = configured === null || isNumber(configured);
  const result = isPinned || !follows || wanted === undefined ? first : wanted;
  const keys = new Map(
    results.flatMap(({ version, result: one }): [number, Secret][] =>
      one?.is === 'secret' ? [[version, one.secret]] : [],
    ),
  );
  const unread = results.flatMap(({ version, result: one }) =>
    one?.is === 'error' && !isRetired(record, version, one.error.code) ? [{ version, error: one.error }] : [],
  );
  const used = result.is === 'secret' ? result.version : null;
  const reference = used === String(from) ? from : used === String(to) ? to : null;
  const id = context.label(record.id);
  const { mode, times } = record;
  const open = {
    ...{ record: { id, mode, state, from, to, times, terms }, keys, unread, reference },
    otherStates: () => statesSeen(record, to, seen, rotated),
  };
  return { read: { ...read, result }, rotation: { ...noRotation, open } };
}

/** Disabling the old version is the last step; a record from before it is no reason to enable it. */
const isRetired = ({ state, from }: OpenRecord, version: number, code: ReadError['code']): boolean =>
  state === 'revoked' && version === from && (code === 'version-disabled' || code === 'version-destroyed');

/** A record that is not about the version in use. */
function elsewhere({ state, from }: OpenRecord, current: number): UnreadableRotation {
  return {
    message: `It says that the rotation from version ${from} is ${state}, but the alias of the version in use stands for version ${current}`,
    hint: 'Reads of a secret may be some minutes behind a write: check again. If it stays, the alias was changed by hand: see `jwtcheck rotate status`.',
  };
}

/**
 * The version in use instead of `latest` where that is staged: a rotation began, and its record is not seen yet. Without the
 * alias of the next version, `latest` is what it says.
 */
async function beforeStaged(
  latest: SourceResult,
  aliases: FollowedAliases,
  { version }: RotatedSource,
): Promise<SourceResult> {
  if (latest.is !== 'secret') return latest;
  const [current, next] = await Promise.all([version(aliases.current), version(aliases.next)]);
  const isStaged =
    current.is === 'secret' &&
    next.is === 'secret' &&
    next.version === latest.version &&
    Number(current.version) < Number(latest.version);
  return isStaged ? current : latest;
}

const isNumber = (version: string): boolean => /^\d+$/.test(version);

/** A version that belongs to a rotation which was undone, or has not got as far as staging it: no service uses it. */
function isNotStagedYet({ state, intent }: RotationRecord, result: SourceResult): boolean {
  if (state !== 'idle' || result.is !== 'secret') return false;
  if (!(Number(result.version) > intent.newest)) return false;
  return intent.hashes.includes(saltedHashOf(result.secret, intent.salt));
}

function lastOf({ id, mode, state, from, to, times }: RotationRecord): LastRotation | null {
  const ended = state === 'finished' ? times.finished : state === 'idle' ? times.rolledBack : undefined;
  if (ended === undefined) return null;
  const outcome = state === 'finished' ? 'finished' : 'rolled-back';
  return { id, mode, from, to, outcome, openedAt: utc(times.opened), at: utc(ended) };
}

const utc = (instant: string): string => new Date(instant).toISOString();

/** Keys of other versions than the reference's whose tokens services must, or may, still accept. */
export const acceptedKeys = ({ record, keys }: OpenRotationRead): readonly Secret[] =>
  neededIn(record).flatMap((version) => keys.get(version) ?? []);

/** The keys whose tokens are presented as valid ones; `null` if the reference is neither of the two versions. */
export function rotatingKeys({ record, keys, reference }: OpenRotationRead): RotatingKeys | null {
  if (reference === null) return null;
  const version = neededIn(record).find((one) => one !== reference);
  const key = version === undefined ? undefined : keys.get(version);
  const other = version === undefined || key === undefined ? null : { version: String(version), key };
  return { reference: String(reference), other };
}

/** The old key once its tokens must be rejected. */
export function retiredByRotation({ record, keys }: OpenRotationRead): RetiredSigner | null {
  const { state, from, times } = record;
  const key = keys.get(from);
  if (state !== 'revoked' || key === undefined) return null;
  const replacedAt = new Date(times.promoted ?? times.revoked ?? times.opened);
  return { key, version: String(from), replacedAt };
}

/** Whether a secret is one of the two keys. */
export const isRotating = ({ keys }: OpenRotationRead, secret: Secret): boolean =>
  [...keys.values()].some((key) => key.equals(secret));

/** The form for the judge. */
export function observedRotation(
  { record, keys, unread, reference }: OpenRotationRead,
  shown: readonly (readonly [name: string, result: SourceResult | undefined])[],
  otherStates: readonly RotationState[],
  fingerprintLength: number,
): ObservedRotation {
  const identities = [...keys].map(([version, key]) => ({ version, identity: fullFingerprintOf(key) }));
  return {
    record,
    keys: [...keys].map(([version, key]) => ({
      version,
      fingerprint: fingerprintOf(key, fingerprintLength),
    })),
    unread,
    reference,
    ...(otherStates.length === 0 ? {} : { otherStates }),
    stated: shown.flatMap(([participant, result]) =>
      result?.is !== 'fingerprint'
        ? []
        : (result.stated ?? []).map(({ accepts }) => ({
            participant,
            accepts: identities
              .filter(({ identity }) => accepts.some((one) => sameFingerprint(one, identity)))
              .map(({ version }) => version),
          })),
    ),
  };
}
