import type { Instant, KeyUse } from '../rotation/key-use.js';

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
