import * as z from 'zod';
import { UsageError } from '../errors.js';
import { type OpenRotationState, type RotationState, rotationModes, rotationStates } from '../model.js';

export { type RotationState, rotationStates };

/** Annotation of the secret that keeps the record. */
export const rotationAnnotation = 'jwtcheck-rotation';

/** The format that this version writes, and the only one that it reads. */
const format = 1;

/** Bytes. All annotations of a secret share 16 KiB (https://cloud.google.com/secret-manager/quotas). */
const longestRecord = 8 * 1024;

const version = z.int().min(1);
const instant = z.iso.datetime();
const hex64 = z.string().regex(/^[0-9a-f]{16}$/);
const ms = z.int().min(0);

const record = z.strictObject({
  format: z.literal(format),
  id: z.string().min(1).max(64),
  /** `overlap`: both keys are accepted for a time. The other two have no such time. */
  mode: z.enum(rotationModes),
  state: z.enum(rotationStates),
  /** The version that is replaced. */
  from: version,
  /** The new version, once it is known to be there. */
  to: version.nullable(),
  /** When each state was entered last. */
  times: z.strictObject({
    opened: instant,
    staged: instant.optional(),
    promoted: instant.optional(),
    revoked: instant.optional(),
    finished: instant.optional(),
    rolledBack: instant.optional(),
  }),
  /**
   * Written before the version is added, since AddSecretVersion has no request id: a version after `newest` whose key has
   * one of the hashes belongs to this rotation. Hashes of interrupted runs stay: their call may arrive late.
   */
  intent: z.strictObject({
    newest: z.int().min(0),
    salt: hex64,
    hashes: z.array(hex64).min(1).max(16),
    at: instant,
  }),
  /** Since when every issuer has been seen to sign with the right key, without a later sighting of the other. */
  movedAt: instant.nullable(),
  /** Hooks and rollouts of the present state that have run, such as `hook:0` and `rollout:auth_service`. */
  done: z.array(z.string().max(300)).max(400),
  /** Participants that were trusted without proof. */
  trusts: z.array(z.string().max(300)).max(100),
  /** Settings as they were at the start: a change in the configuration does not shorten a drain that is under way. */
  terms: z.strictObject({
    drain: z.record(z.string().max(200), z.union([ms, z.literal('reauthenticate')])),
    skew: ms,
    settle: ms,
    patience: ms,
    aliases: z.strictObject({ current: z.string(), next: z.string(), previous: z.string() }),
  }),
});

/** The record of a rotation, kept with the secret itself; it holds no key. */
export type RotationRecord = Readonly<z.output<typeof record>>;
export type RotationMode = RotationRecord['mode'];
export type RotationTerms = Readonly<RotationRecord['terms']>;

/** The settings that a rotation keeps from its start to its end. */
export function termsOf({ drain, skew, settle, patience, aliases }: RotationTerms): RotationTerms {
  return { drain, skew, settle, patience, aliases };
}

export type OpenRecord = RotationRecord & { readonly state: OpenRotationState };

/** Whether services are between two keys. */
export function isOpen(record: RotationRecord | null): record is OpenRecord {
  return record !== null && record.state !== 'idle' && record.state !== 'finished';
}

/** Time of entry into the present state, in milliseconds since the epoch. */
export function enteredAt({ state, times }: Pick<RotationRecord, 'state' | 'times'>): number {
  const entered = state === 'idle' ? (times.rolledBack ?? times.opened) : times[state];
  return Date.parse(entered ?? times.opened);
}

/** The value of the annotation. */
export function serializeRecord(value: RotationRecord): string {
  const text = JSON.stringify(record.parse(value));
  if (Buffer.byteLength(text) <= longestRecord) return text;
  throw new UsageError(
    `The record of the rotation would be longer than ${longestRecord} bytes`,
    'It lists every --trust, rollout and token type: use fewer or shorter names.',
  );
}

/** A record that was read, or why it cannot be used. */
export type ParsedRecord =
  | { readonly ok: true; readonly record: RotationRecord }
  | { readonly ok: false; readonly message: string; readonly hint: string };

/** Reads the value of the annotation. Anyone who may update the secret may have written it, so it is checked in full. */
export function parseRecord(text: string): ParsedRecord {
  const value = Buffer.byteLength(text) > longestRecord ? undefined : jsonOf(text);
  const later = z.object({ format: z.int().min(format + 1) }).safeParse(value);
  if (later.success)
    return {
      ok: false,
      message: `The annotation ${rotationAnnotation} has format ${later.data.format}; this version of jwtcheck reads format ${format} only`,
      hint: 'A later version of jwtcheck is rotating this secret: use that version.',
    };
  const parsed = record.safeParse(value);
  const problem = parsed.success ? incoherence(parsed.data) : placeOf(parsed.error);
  if (parsed.success && problem === null) return { ok: true, record: parsed.data };
  return {
    ok: false,
    message: `The annotation ${rotationAnnotation} is not a rotation record: ${problem}`,
    hint: 'It was changed by hand or by another program. Restore it, or remove the annotation and check the aliases and versions by hand.',
  };
}

/** The first thing wrong, by its place; the value itself is not repeated. */
function placeOf({ issues: [issue] }: z.ZodError): string {
  const place = (issue?.path ?? [])
    .map(String)
    .join('.')
    .replace(/[^\w.-]/g, '?')
    .slice(0, 80);
  return place === '' ? 'it is not a JSON object of the expected form' : `\`${place}\` is not valid`;
}

/** Parts that contradict each other. */
function incoherence({ state, to, from, times }: RotationRecord): string | null {
  if (state === 'idle') return null;
  if (to === null) return `it is ${state} without a new version`;
  if (to <= from) return 'the new version is not newer than the old one';
  return times[state] === undefined ? `it has no time for ${state}` : null;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * The versions that the three aliases stand for in a state of a rotation; `null`: there is no such alias.
 *
 * While both keys are accepted, `next` and `previous` stay put and only `current` moves: a service that reads each alias by
 * a call of its own may see some as they were before a change and some as they are after it, and still gets both keys.
 */
export function aliasesIn(
  state: RotationState,
  from: number,
  to: number | null,
): { readonly current: number; readonly next: number | null; readonly previous: number | null } {
  const isOverlap = state === 'staged' || state === 'promoted';
  const isNew = to !== null && (state === 'promoted' || state === 'revoked' || state === 'finished');
  return {
    current: isNew ? to : from,
    next: isOverlap ? to : null,
    previous: isOverlap ? from : null,
  };
}

/** The versions for which aliases were seen to stand; `null`: there is no such alias; `undefined`: it could not be read. */
export interface SeenAliases {
  readonly current: number | null | undefined;
  readonly previous: number | null | undefined;
}

/** The states of a rotation in which the aliases stand for this; none if something else changed them. */
export function statesShownBy(seen: SeenAliases, from: number, to: number): RotationState[] {
  return rotationStates.filter((state) => {
    const { current, previous } = aliasesIn(state, from, to);
    return (
      (seen.current === undefined || seen.current === current) &&
      (seen.previous === undefined || seen.previous === previous)
    );
  });
}
