import type { MintSettings, TokenSettings } from '../config/schema.js';
import { fingerprintOf, longestFingerprint, sameFingerprint } from '../fingerprint.js';
import type { Fingerprint } from '../model.js';
import type { Secret } from '../secret.js';
import type { Outcome } from './network/network.js';
import type { Plan } from './plan.js';
import { mintToken } from './probes/mint.js';
import { readMinted } from './probes/mint-endpoint.js';
import type { Held } from './sources/source.js';
import type { World } from './world.js';

/** Somebody who can make a genuine token: who holds the secret, or a service with a mint endpoint. */
export interface Minter {
  readonly name: string;
  /** What signs; `null` where the service signs by itself. */
  readonly key: Secret | null;
  /** A fresh token for one attempt. */
  mint(type: string): Promise<Outcome<Secret>>;
}

/** Who can make valid tokens, by whether their tokens must be accepted as far as is known before anything is presented. */
export interface RankedMinters {
  /** The holders of the right secret, and services that sign by themselves. */
  readonly trusted: readonly Minter[];
  /** Holders of other secrets: a service that is right rejects their tokens. */
  readonly others: readonly Minter[];
}

/** Every participant whose source yields the secret, equal secrets once and the reference's first; then the mint endpoints. */
export function mintersOf(plan: Plan, held: ReadonlyMap<string, Held>, world: World): Minter[] {
  const holders = plan.participants
    .map((p) => p.name)
    .sort((a, b) => Number(b === plan.reference) - Number(a === plan.reference));
  const minters: Minter[] = [];
  const seen = new Set<string>();
  for (const name of holders) {
    const key = held.get(name)?.secret;
    if (key === undefined) continue;
    const identity = identityOf(key);
    if (seen.has(identity)) continue;
    seen.add(identity);
    minters.push({ name, key, mint: (type) => mintWith(key, plan.token, type, world) });
  }
  for (const { name, settings } of plan.participants) {
    if (settings.mint !== undefined) minters.push(mintingService(name, settings.mint, world));
  }
  return minters;
}

/**
 * Ranks minters before anything is presented. The right secret is the reference's, or has the fingerprint that it shows;
 * without a reference it is the one that most participants hold. Where that decides nothing, all are trusted.
 * @param shown fingerprints that a reference shows whose secret is not at hand
 */
export function rankMinters(
  minters: readonly Minter[],
  held: ReadonlyMap<string, Held>,
  reference: string | null,
  shown: readonly Fingerprint[],
): RankedMinters {
  const counts = new Map<string, number>();
  for (const { secret } of held.values()) {
    const identity = identityOf(secret);
    counts.set(identity, (counts.get(identity) ?? 0) + 1);
  }
  const most = Math.max(0, ...counts.values());
  const isTrusted = ({ name, key }: Minter): boolean => {
    if (key === null) return true;
    if (reference !== null && held.has(reference)) return name === reference;
    const identity = identityOf(key);
    if (shown.length > 0) return shown.some((fingerprint) => sameFingerprint(fingerprint, identity));
    return counts.get(identity) === most;
  };
  const trusted = minters.filter(isTrusted);
  if (!trusted.some((minter) => minter.key !== null)) return { trusted: minters, others: [] };
  return { trusted, others: minters.filter((minter) => !trusted.includes(minter)) };
}

const identityOf = (secret: Secret): string => fingerprintOf(secret, longestFingerprint);

async function mintWith(
  key: Secret,
  settings: TokenSettings,
  type: string,
  world: World,
): Promise<Outcome<Secret>> {
  return { ok: true, value: await mintToken({ key, settings, type, now: world.now() }) };
}

/** A service that signs by itself. Once it has failed it is not asked again: a fleet would wait for it a thousand times. */
function mintingService(name: string, settings: MintSettings, world: World): Minter {
  let failure: Outcome<Secret> | null = null;
  return {
    name,
    key: null,
    async mint() {
      if (failure !== null) return failure;
      const minted = await readMinted(settings, world);
      if (!minted.ok) failure = minted;
      return minted;
    },
  };
}
