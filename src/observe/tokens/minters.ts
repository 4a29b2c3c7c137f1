import type { TokenSettings } from '../../config/schema.js';
import type { Fingerprint, MintedToken } from '../../model.js';
import { distinctBySecret, fullFingerprintOf, sameFingerprint } from '../../secret/fingerprint.js';
import type { Secret } from '../../secret/secret.js';
import type { ObserveContext } from '../context.js';
import type { Outcome } from '../network/network.js';
import type { Plan } from '../plan.js';
import type { SecretReading } from '../sources/source.js';
import { mintToken } from './mint.js';
import { MintEndpoint } from './mint-endpoint.js';
import type { MintedTokens } from './minted-tokens.js';
import { timeProblem, unusable } from './verify.js';

/** A token to present; `null` is no token. */
export interface ReadyToken {
  readonly secret: Secret | null;
  /** The result of verifying it, if a service signed it. */
  readonly minted?: MintedToken | undefined;
}

/** A source of valid tokens: a secret, or a service with a mint endpoint. */
export interface Minter {
  readonly name: string;
  /** The key that signs; `null` if the service signs. */
  readonly key: Secret | null;
  /** Mints a fresh token for one attempt. */
  mint(type: string): Promise<Outcome<ReadyToken>>;
}

/** State of the mint endpoints of one check. */
export interface Minting {
  /** By participant. */
  readonly endpoints: ReadonlyMap<string, MintEndpoint>;
  readonly tokens: MintedTokens;
}

/** The mint endpoints of participants. */
export function mintEndpointsOf(plan: Plan, context: ObserveContext): Map<string, MintEndpoint> {
  return new Map(
    plan.participants.flatMap(({ name, settings }): [string, MintEndpoint][] =>
      settings.mint === undefined ? [] : [[name, new MintEndpoint(settings.mint, context)]],
    ),
  );
}

/** Minters by whether their tokens must be accepted, as far as is known before tokens are presented. */
export interface RankedMinters {
  /** The holders of the right secret, and services that sign their own tokens. */
  readonly trusted: readonly Minter[];
  /** Holders of other secrets: a correct service rejects their tokens. */
  readonly others: readonly Minter[];
}

/**
 * Every participant whose source yields the secret, equal secrets once and the reference's first; then the mint
 * endpoints.
 */
export function mintersOf(
  plan: Plan,
  held: ReadonlyMap<string, SecretReading>,
  minting: Minting,
  context: ObserveContext,
): Minter[] {
  return [
    ...distinctSecrets(plan, held).map(
      ({ name, key }): Minter => ({ name, key, mint: (type) => mintWith(key, plan.token, type, context) }),
    ),
    ...[...minting.endpoints].map(([name, endpoint]) =>
      mintingService(name, endpoint, minting.tokens, context),
    ),
  ];
}

/** The secrets that were read, each once, the reference's first. */
export function distinctSecrets(
  plan: Plan,
  held: ReadonlyMap<string, SecretReading>,
): { readonly name: string; readonly key: Secret }[] {
  const holders = plan.participants
    .map((p) => p.name)
    .sort((a, b) => Number(b === plan.reference) - Number(a === plan.reference))
    .flatMap((name) => {
      const secret = held.get(name)?.secret;
      return secret === undefined ? [] : [{ name, secret }];
    });
  return distinctBySecret(holders).map(({ name, secret }) => ({ name, key: secret }));
}

/**
 * Ranks minters before tokens are presented. The right secret is the reference's, or has the fingerprint that the
 * reference reports; without a reference, it is the one that most participants hold. If that decides nothing, all are
 * trusted.
 * @param shown fingerprints of a reference whose secret is not available
 */
export function rankMinters(
  minters: readonly Minter[],
  held: ReadonlyMap<string, SecretReading>,
  reference: string | null,
  shown: readonly Fingerprint[],
): RankedMinters {
  const counts = new Map<string, number>();
  for (const { secret } of held.values()) {
    const identity = fullFingerprintOf(secret);
    counts.set(identity, (counts.get(identity) ?? 0) + 1);
  }
  const most = Math.max(0, ...counts.values());
  const isTrusted = ({ name, key }: Minter): boolean => {
    if (key === null) return true;
    if (reference !== null && held.has(reference)) return name === reference;
    const identity = fullFingerprintOf(key);
    if (shown.length > 0) return shown.some((fingerprint) => sameFingerprint(fingerprint, identity));
    return counts.get(identity) === most;
  };
  const trusted = minters.filter(isTrusted);
  if (!trusted.some((minter) => minter.key !== null)) return { trusted: minters, others: [] };
  return { trusted, others: minters.filter((minter) => !trusted.includes(minter)) };
}

async function mintWith(
  key: Secret,
  settings: TokenSettings,
  type: string,
  context: ObserveContext,
): Promise<Outcome<ReadyToken>> {
  return { ok: true, value: { secret: await mintToken({ key, settings, type, now: context.now() }) } };
}

/**
 * A service that signs its own tokens. They are verified first; a token that no service would accept is not
 * presented.
 */
function mintingService(
  name: string,
  endpoint: MintEndpoint,
  tokens: MintedTokens,
  context: ObserveContext,
): Minter {
  return {
    name,
    key: null,
    async mint() {
      const taken = await endpoint.take();
      if (!taken.ok) return taken;
      const minted = tokens.add(name, taken.value, null);
      const problem = timeProblem(taken.value, context.now().getTime() / 1000);
      if (problem !== null) return { ok: false, error: unusable(problem) };
      return { ok: true, value: { secret: taken.value.secret, minted } };
    },
  };
}
