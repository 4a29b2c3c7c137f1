import type { Instant, KeyUse } from '../rotation/key-use.js';

/** The time of a cutover in which valid tokens were rejected, as far as the checks show. */
export interface CutoverWindow {
  /** Start of the first check and end of the last one in which a valid token was rejected; `null`: none was. */
  readonly from: Instant | null;
  readonly until: Instant | null;
  /** Tokens that were presented with a key that an issuer signed with at that time. */
  readonly presented: number;
  readonly rejected: number;
}

/** A cutover that was carried out. */
export interface Cutover {
  readonly window: CutoverWindow;
  /** Every service uses the new key. Otherwise the old one was brought back. */
  readonly converged: boolean;
}

/** Finds the window in the checks of a cutover, oldest first. */
export function cutoverWindow(uses: readonly KeyUse[]): CutoverWindow {
  let from: Instant | null = null;
  let until: Instant | null = null;
  let presented = 0;
  let rejected = 0;
  for (const use of uses) {
    const keys = keysInUse(use);
    const valid = use.presented.filter(({ key }) => key !== 'forged' && keys.has(key));
    const bad = valid.filter(({ outcome }) => outcome === 'rejected').length;
    presented += valid.length;
    rejected += bad;
    if (bad === 0) continue;
    from ??= use.startedAt;
    until = use.endedAt;
  }
  return { from, until, presented, rejected };
}

/** What issuers were seen to sign with; where that cannot be seen, every key that a verifier accepts. */
function keysInUse({ signed, presented }: KeyUse): ReadonlySet<number> {
  const signing = signed.flatMap(({ key }) => key ?? []);
  if (signing.length > 0) return new Set(signing);
  return new Set(
    presented.flatMap(({ key, outcome }) => (key !== 'forged' && outcome === 'accepted' ? [key] : [])),
  );
}
