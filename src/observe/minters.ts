import type { MintSettings, TokenSettings } from '../config/schema.js';
import { fingerprintOf, longestFingerprint } from '../fingerprint.js';
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

/** Everybody whose source yields the secret, equal secrets once and the reference's first; then the mint endpoints. */
export function mintersOf(plan: Plan, held: ReadonlyMap<string, Held>, world: World): Minter[] {
  const holders = plan.participants
    .map((p) => p.name)
    .sort((a, b) => Number(b === plan.reference) - Number(a === plan.reference));
  const minters: Minter[] = [];
  const seen = new Set<string>();
  for (const name of holders) {
    const key = held.get(name)?.secret;
    if (key === undefined) continue;
    const identity = fingerprintOf(key, longestFingerprint);
    if (seen.has(identity)) continue;
    seen.add(identity);
    minters.push({ name, key, mint: (type) => mintWith(key, plan.token, type, world) });
  }
  for (const { name, settings } of plan.participants) {
    if (settings.mint !== undefined) minters.push(mintingService(name, settings.mint, world));
  }
  return minters;
}

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
