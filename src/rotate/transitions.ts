import {
  aliasesIn,
  type RotationMode,
  type RotationRecord,
  type RotationState,
  type RotationTerms,
} from '../rotation/rotation-record.js';

/** The secret as it was read before planning. */
export interface SecretView {
  readonly record: RotationRecord | null;
  /** Version numbers by alias, all of them. */
  readonly aliases: ReadonlyMap<string, number>;
  /** Every version, in any order. */
  readonly versions: readonly VersionView[];
}

export interface VersionView {
  readonly number: number;
  readonly state: 'ENABLED' | 'DISABLED' | 'DESTROYED';
  /**
   * Salted hash of its key (`saltedHashOf` with `saltFor`); `null` where it could not be read. Needed only of enabled
   * versions that are newer than the newest of the intent.
   */
  readonly hash: string | null;
}

/** All aliases of the secret once a state is entered; aliases of other programs stay as they are. */
export function aliasesAfter(
  before: ReadonlyMap<string, number>,
  state: RotationState,
  { from, to, terms }: Pick<RotationRecord, 'from' | 'to' | 'terms'>,
): ReadonlyMap<string, number> {
  const after = new Map(before);
  const { current, next, previous } = aliasesIn(state, from, to);
  const set = (alias: string, version: number | null): void => {
    if (version === null) after.delete(alias);
    else after.set(alias, version);
  };
  set(terms.aliases.current, current);
  set(terms.aliases.next, next);
  set(terms.aliases.previous, previous);
  return after;
}

/** The aliases that do not stand for what the record says, as `name=version` in the form of gcloud. */
export function changedAliases(
  aliases: ReadonlyMap<string, number>,
  record: RotationRecord,
): { readonly alias: string; readonly expected: number | null; readonly actual: number | null }[] {
  const names = record.terms.aliases;
  const expected = aliasesIn(record.state, record.from, record.to);
  return (['current', 'next', 'previous'] as const).flatMap((key) => {
    const actual = aliases.get(names[key]) ?? null;
    // Before and after a rotation, `next` and `previous` belong to no rotation; `current` need not exist before the first one.
    const isFree = record.state === 'idle' && (key !== 'current' || actual === null);
    return isFree || actual === expected[key] ? [] : [{ alias: names[key], expected: expected[key], actual }];
  });
}

/** The record once another state is entered. */
export function entered(
  record: RotationRecord,
  state: RotationState,
  now: string,
  more: Partial<Pick<RotationRecord, 'to' | 'trusts' | 'mode'>> & { readonly isBack?: boolean } = {},
): RotationRecord {
  const { isBack = false, ...changed } = more;
  const { rolledBack: _, ...past } = record.times;
  const times = {
    ...past,
    ...(isBack ? { rolledBack: now } : {}),
    ...(state === 'idle' ? {} : { [state]: now }),
  };
  return { ...record, ...changed, state, times, done: [], movedAt: null };
}

/** Whether the present state was entered by going back. */
export const isRolledBack = ({ state, times }: RotationRecord): boolean =>
  times.rolledBack !== undefined && (state === 'idle' || times.rolledBack === times[state]);

/** The record of a rotation that is about to begin: the intent. */
export function opened(of: {
  readonly id: string;
  readonly mode: RotationMode;
  readonly from: number;
  readonly newest: number;
  readonly salt: string;
  readonly hash: string;
  readonly now: string;
  readonly trusts: readonly string[];
  readonly terms: RotationTerms;
}): RotationRecord {
  const { id, mode, from, newest, salt, hash, now, trusts, terms } = of;
  return {
    format: 1,
    id,
    mode,
    state: 'idle',
    from,
    to: null,
    times: { opened: now },
    intent: { newest, salt, hashes: [hash], at: now },
    movedAt: null,
    done: [],
    trusts: [...trusts],
    terms,
  };
}
