import type { AttemptResult } from '../model.js';
import type { Instant, KeyName, KeyUse } from '../rotation/key-use.js';

/** What one participant was seen to do with one key, and since when it has done so without a break. */
export interface Evidence {
  readonly participant: string;
  /** Of a verifier. */
  readonly probe: string | null;
  /** The replica, where it is known. */
  readonly instance: string | null;
  /** `null`: it signs with a key that no version of the secret holds. */
  readonly key: KeyName | null;
  readonly isBackdated: boolean;
  readonly did: AttemptResult | 'signed';
  /** How many tokens of the latest check show it. */
  readonly tokens: number;
  /** Start of the earliest check of an unbroken run that shows it. */
  readonly since: Instant;
}

/** What the latest check showed, each with the time since which every check showed it. */
export function evidenceOf(uses: readonly KeyUse[]): Evidence[] {
  const [latest, ...earlier] = uses.map(actsOf).reverse();
  if (latest === undefined) return [];
  return [...latest].map(([key, act]) => {
    let { since } = act;
    for (const acts of earlier) {
      const same = acts.get(key);
      if (same === undefined) break;
      since = same.since;
    }
    return { ...act, since };
  });
}

/** The acts of each check: a rotation evaluates the same checks again and again. */
const known = new WeakMap<KeyUse, ReadonlyMap<string, Evidence>>();

function actsOf(use: KeyUse): ReadonlyMap<string, Evidence> {
  const acts = known.get(use) ?? readActs(use);
  known.set(use, acts);
  return acts;
}

function readActs({ startedAt, presented, signed }: KeyUse): Map<string, Evidence> {
  const acts = new Map<string, Evidence>();
  const add = (act: Omit<Evidence, 'tokens' | 'since'>): void => {
    const key = JSON.stringify(Object.values(act));
    acts.set(key, { ...act, tokens: (acts.get(key)?.tokens ?? 0) + 1, since: startedAt });
  };
  for (const { participant, probe, instance, key, isBackdated, outcome } of presented)
    add({ participant, probe, instance, key, isBackdated, did: outcome });
  for (const { participant, instance, key } of signed)
    add({ participant, probe: null, instance, key, isBackdated: false, did: 'signed' });
  return acts;
}

/** What is known of when the last token of a key can have been signed. */
export interface Moved {
  /** No issuer can have signed with another key after it; `null`: one may still. */
  readonly at: Instant | null;
  /** The last time another key was seen to sign. */
  readonly lastSighting: Instant | null;
}

/**
 * Since when all issuers sign with a key. A replica that the first good check missed can have signed with the old key
 * until the second one saw it, so the second counts. A later sighting of another key starts it all over.
 */
export function movedSince(
  uses: readonly KeyUse[],
  version: number,
  from: { readonly remembered: Instant | null; readonly earliest: Instant; readonly settle: number },
  isGood: (use: KeyUse) => boolean,
): Moved {
  let at = from.remembered;
  let first: KeyUse | null = null;
  let lastSighting: Instant | null = null;
  for (const use of uses) {
    if (from.remembered !== null && use.endedAt <= from.remembered) continue;
    if (hasOtherSigner(use, version)) {
      at = null;
      first = null;
      lastSighting = use.endedAt;
    } else if (!isGood(use)) first = null;
    else if (use.startedAt >= from.earliest) {
      first ??= use;
      if (at === null && use !== first && use.startedAt - first.endedAt >= from.settle) at = use.endedAt;
    }
  }
  return { at, lastSighting };
}

/** Whether an issuer signed with another key. */
function hasOtherSigner({ participants, signed }: KeyUse, version: number): boolean {
  const issuers = new Set(participants.filter((one) => one.isIssuer).map((one) => one.name));
  return signed.some((token) => issuers.has(token.participant) && token.key !== version);
}
