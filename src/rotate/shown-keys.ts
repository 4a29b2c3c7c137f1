import type { ParticipantSettings } from '../config/schema.js';
import type { Fingerprint } from '../model.js';
import type { ObserveContext } from '../observe/context.js';
import type { Plan, PlannedParticipant } from '../observe/plan.js';
import { withChallenges } from '../observe/proofs.js';
import { read } from '../observe/readings.js';
import type { SourceResult } from '../observe/sources/source.js';
import { CompactToken } from '../observe/tokens/compact-token.js';
import { MintEndpoint } from '../observe/tokens/mint-endpoint.js';
import type { Verifiable } from '../observe/tokens/verifiable.js';
import type { SignedToken, StatedKeys } from '../rotation/key-use.js';
import { lifeMsOf } from '../rotation/key-use.js';
import { fullFingerprintOf, sameFingerprint } from '../secret/fingerprint.js';
import type { Secret } from '../secret/secret.js';

/** What one participant shows of its keys by itself. */
export interface Shown {
  readonly name: string;
  readonly isIssuer: boolean;
  readonly results: readonly SourceResult[];
}

/** Whether a participant signs tokens. */
export const isIssuer = ({ role, mint }: ParticipantSettings): boolean =>
  role === 'issuer' || mint !== undefined;

/** Reads a participant's source, and as many tokens as it is configured to mint. */
export async function shownBy(
  plan: Plan,
  participant: PlannedParticipant,
  context: ObserveContext,
): Promise<Shown> {
  const { name, settings } = participant;
  const challenging = withChallenges(plan, context);
  const endpoint = settings.mint === undefined ? null : new MintEndpoint(settings.mint, context);
  const endpoints = new Map(endpoint === null ? [] : [[name, endpoint]]);
  const [shown, minted] = await Promise.all([
    read(participant, endpoints, challenging),
    // Without another source, the tokens are what was just read.
    settings.source === undefined || endpoint === null ? [] : endpoint.read(),
  ]);
  const tokens = minted.flatMap((outcome) => (outcome.ok ? [outcome.value] : []));
  return {
    name,
    isIssuer: isIssuer(settings),
    results: [
      ...(shown === null ? [] : [shown.result]),
      ...(tokens.length === 0 ? [] : [{ is: 'tokens' as const, tokens, isFresh: null }]),
    ],
  };
}

/** The version of a key that is shown in some way; `null`: of no known key. */
export interface VersionFinder {
  ofFingerprint(fingerprint: Fingerprint): number | null;
  ofSigned(token: Pick<Verifiable, 'isSignedWith'>): number | null;
  ofSecret(secret: Secret): number | null;
}

/** The newest version whose key fits; equal keys under several numbers are the same key. */
export function versionFinder(keys: ReadonlyMap<number, Secret>): VersionFinder {
  const newestFirst = [...keys].sort(([a], [b]) => b - a);
  const identities = newestFirst.map(([version, key]) => ({ version, identity: fullFingerprintOf(key) }));
  return {
    ofFingerprint: (fingerprint) =>
      identities.find(({ identity }) => sameFingerprint(fingerprint, identity))?.version ?? null,
    ofSigned: (token) => newestFirst.find(([, key]) => token.isSignedWith(key))?.[0] ?? null,
    ofSecret: (secret) => newestFirst.find(([, key]) => key.equals(secret))?.[0] ?? null,
  };
}

/** The tokens that an issuer signed, and otherwise the keys of its fingerprints. */
export function signedBy(
  { name, isIssuer, results }: Shown,
  plan: Plan,
  versions: VersionFinder,
): SignedToken[] {
  if (!isIssuer) return [];
  const byFingerprint = { participant: name, tokenType: null, lifeMs: null, proof: 'fingerprint' as const };
  const shownIn = (result: SourceResult): SignedToken[] => {
    switch (result.is) {
      case 'error':
      case 'proofs':
        return [];
      case 'secret':
        return [{ ...byFingerprint, instance: null, key: versions.ofSecret(result.secret) }];
      case 'fingerprint':
        return result.instances.map(({ instance, fingerprint }) => ({
          ...byFingerprint,
          instance,
          key: versions.ofFingerprint(fingerprint),
        }));
      case 'tokens':
        return result.tokens.map((token) => ({
          participant: name,
          instance: token.instance ?? null,
          tokenType: token instanceof CompactToken ? typeOf(token, plan) : null,
          key: versions.ofSigned(token),
          lifeMs: lifeMsOf(token.time('iat'), token.time('exp')),
          proof: token instanceof CompactToken ? 'token' : 'fingerprint',
        }));
    }
  };
  return results.flatMap(shownIn);
}

/** The configured type whose claims the token has; of several the one with most claims. */
function typeOf(token: CompactToken, { token: { types } }: Plan): string | null {
  const names = Object.keys(types);
  if (names.length === 1) return names[0] ?? null;
  const fitting = names
    .filter((name) => token.hasClaims(types[name] ?? {}))
    .sort((a, b) => Object.keys(types[b] ?? {}).length - Object.keys(types[a] ?? {}).length);
  return fitting[0] ?? null;
}

/** The keys that a participant says it accepts. */
export function statedBy({ name, results }: Shown, versions: VersionFinder): StatedKeys[] {
  return results.flatMap((result): StatedKeys[] => {
    if (result.is === 'fingerprint')
      return (result.stated ?? []).map(({ instance, accepts }) => ({
        participant: name,
        instance,
        accepts: numbersIn(accepts.map((fingerprint) => versions.ofFingerprint(fingerprint))),
      }));
    if (result.is !== 'tokens') return [];
    return result.tokens.flatMap((token) =>
      // Without further proofs it cannot be distinguished from an endpoint that has none.
      token.others === undefined || token.others.length === 0
        ? []
        : [
            {
              participant: name,
              instance: token.instance ?? null,
              accepts: numbersIn([token, ...token.others].map((one) => versions.ofSigned(one))),
            },
          ],
    );
  });
}

const numbersIn = (versions: readonly (number | null)[]): number[] => [
  ...new Set(versions.filter((version) => version !== null)),
];
