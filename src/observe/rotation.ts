import type { LastRotation, ObservedRotation, OpenRotation, UnreadableRotation } from '../model.js';
import {
  isOpen,
  type OpenRecord,
  parseRecord,
  type RotationRecord,
  rotationAnnotation,
} from '../rotation/rotation-record.js';
import { fingerprintOf, saltedHashOf, sameFingerprint } from '../secret/fingerprint.js';
import type { Secret } from '../secret/secret.js';
import type { RotatingKeys } from './attempts.js';
import type { ObserveContext } from './context.js';
import type { PlannedParticipant } from './plan.js';
import type { Read } from './readings.js';
import type { RetiredSigner } from './retired-key.js';
import { readerOf } from './sources/reader.js';
import type { SourceResult } from './sources/source.js';
import { identityOf } from './tokens/minters.js';

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
}

/** No rotation is known. */
export const noRotation: RotationRead = { open: null, last: null, unreadable: null };

/**
 * Reads the reference and, at the same time, the record of a rotation of its secret. While one is open, both keys are
 * read by number, because `latest` and aliases may be minutes behind; the reference is then the version that the state
 * wants, unless it is pinned to a number.
 */
export async function readWithRotation(
  { settings }: PlannedParticipant,
  reading: Promise<Read | null>,
  context: ObserveContext,
): Promise<{ readonly read: Read | null; readonly rotation: RotationRead }> {
  const { source } = settings;
  const reader = source === undefined ? undefined : readerOf(source);
  if (source === undefined || reader?.annotations === undefined || reader.atVersion === undefined)
    return { read: await reading, rotation: noRotation };
  const [read, annotations] = await Promise.all([reading, reader.annotations(source, context)]);
  const written = annotations?.get(rotationAnnotation);
  if (read === null || written === undefined) return { read, rotation: noRotation };
  const parsed = parseRecord(written);
  if (!parsed.ok) {
    const { message, hint } = parsed;
    return { read, rotation: { ...noRotation, unreadable: { message, hint } } };
  }
  const { record } = parsed;
  const { atVersion } = reader;
  const readVersion = (version: number): Promise<SourceResult> => {
    const pinned = atVersion(source, version);
    return readerOf(pinned).read(pinned, context);
  };
  const configured = 'version' in source ? source.version : null;
  if (isOpen(record) && record.to !== null)
    return whileOpen(record, record.to, configured, read, readVersion, context);
  const isStaged = configured !== null && !isNumber(configured) && isNotStagedYet(record, read.result);
  return {
    read: isStaged ? { ...read, result: await readVersion(record.from) } : read,
    rotation: { ...noRotation, last: lastOf(record) },
  };
}

async function whileOpen(
  record: OpenRecord,
  to: number,
  configured: string | null,
  read: Read,
  readVersion: (version: number) => Promise<SourceResult>,
  context: ObserveContext,
): Promise<{ readonly read: Read; readonly rotation: RotationRead }> {
  const { from, state, terms } = record;
  const first = read.result;
  const isRead = (version: number): boolean => first.is === 'secret' && first.version === String(version);
  const [old, fresh] = await Promise.all(
    [from, to].map((version) => (isRead(version) ? first : readVersion(version))),
  );
  const results = [
    { version: from, result: old },
    { version: to, result: fresh },
  ];
  const wanted = state === 'staged' ? old : fresh;
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
    one?.is === 'error' ? [{ version, error: one.error }] : [],
  );
  const used = result.is === 'secret' ? result.version : null;
  const reference = used === String(from) ? from : used === String(to) ? to : null;
  const id = context.label(record.id);
  const { mode, times } = record;
  const open = { record: { id, mode, state, from, to, times, terms }, keys, unread, reference };
  return { read: { ...read, result }, rotation: { ...noRotation, open } };
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
export function acceptedKeys({ record, keys }: OpenRotationRead): readonly Secret[] {
  const { mode, state, from, to } = record;
  const versions =
    mode === 'overlap' && state !== 'revoked' ? [from, to] : state === 'staged' ? [from] : [to];
  return versions.flatMap((version) => keys.get(version) ?? []);
}

/** The keys whose tokens are presented as valid ones; `null` if the reference is neither of the two versions. */
export function rotatingKeys({ record, keys, reference }: OpenRotationRead): RotatingKeys | null {
  const { mode, state, from, to } = record;
  if (reference === null) return null;
  // Without a time in which both keys are accepted, tokens of the old one prove nothing.
  const presented = mode === 'overlap' && state !== 'revoked' ? [from, to] : [to];
  const [version] = presented.filter((one) => one !== reference);
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
  fingerprintLength: number,
): ObservedRotation {
  const identities = [...keys].map(([version, key]) => ({ version, identity: identityOf(key) }));
  return {
    record,
    keys: [...keys].map(([version, key]) => ({
      version,
      fingerprint: fingerprintOf(key, fingerprintLength),
    })),
    unread,
    reference,
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
