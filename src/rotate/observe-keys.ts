import type { ParticipantSettings } from '../config/schema.js';
import type { Fingerprint, Verdict } from '../model.js';
import { probesOf } from '../observe/attempts.js';
import type { ObserveContext } from '../observe/context.js';
import type { Plan, PlannedParticipant } from '../observe/plan.js';
import { present } from '../observe/probes/presenter.js';
import { withChallenges } from '../observe/proofs.js';
import { read } from '../observe/readings.js';
import type { SourceResult } from '../observe/sources/source.js';
import { TaskPool } from '../observe/task-pool.js';
import { CompactToken } from '../observe/tokens/compact-token.js';
import { backdatedToken, forgedToken, mintToken } from '../observe/tokens/mint.js';
import { MintEndpoint } from '../observe/tokens/mint-endpoint.js';
import { identityOf } from '../observe/tokens/minters.js';
import type { Verifiable } from '../observe/tokens/verifiable.js';
import type {
  Instant,
  KeyName,
  KeyUse,
  PresentedToken,
  RotationParticipant,
  SignedToken,
  StatedKeys,
} from '../rotation/key-use.js';
import { sameFingerprint } from '../secret/fingerprint.js';
import type { Secret } from '../secret/secret.js';

/** What one check of a rotation asks. */
export interface KeyQuestions {
  /** Keys that signatures and fingerprints are compared with, by version. */
  readonly keys: ReadonlyMap<number, Secret>;
  /** Versions whose tokens are presented as valid ones; each is among the keys. */
  readonly valid: readonly number[];
  /** A version whose tokens are presented last: since it was replaced, where that is known, backdated ones too. */
  readonly retired: { readonly version: number; readonly replacedAt: Instant | null } | null;
  /** The verdict of the check as a whole, which runs meanwhile. */
  readonly verdict: Promise<Verdict>;
}

/** A token that is presented once, not yet minted. */
interface Presentation extends Omit<PresentedToken, 'instance' | 'outcome'> {
  readonly settings: Parameters<typeof present>[0];
  mint(): Promise<Secret>;
}

/** What one participant shows of its keys by itself. */
interface Shown {
  readonly name: string;
  readonly isIssuer: boolean;
  readonly results: readonly SourceResult[];
}

/**
 * Asks every participant which keys it accepts and signs with. Tokens that must be rejected wait for the answers to the
 * valid ones: a service may count rejected tokens and then reject everything.
 */
export async function observeKeys(
  plan: Plan,
  questions: KeyQuestions,
  context: ObserveContext,
): Promise<KeyUse> {
  const startedAt = context.now().getTime();
  const participants = plan.participants.filter(({ name }) => !isReference(plan, name));
  const pool = new TaskPool(plan.concurrency);
  const showing = pool.all(participants, (participant) => shownBy(plan, participant, context));
  const planned = participants.flatMap((one) => presentationsOf(plan, one, questions, context));
  const presentAll = (those: readonly Presentation[]) => pool.all(those, (one) => presentOnce(one, context));
  const [shown, presented, verdict] = await Promise.all([
    showing,
    presentAll(planned.filter(({ key }) => isValid(key, questions))).then(async (valid) => [
      ...valid,
      ...(await presentAll(planned.filter(({ key }) => !isValid(key, questions)))),
    ]),
    questions.verdict,
  ]);
  const versionOf = versionFinder(questions.keys);
  return {
    startedAt,
    endedAt: context.now().getTime(),
    verdict,
    participants: participants.map((one) => participantOf(one, shown, context)),
    presented,
    signed: shown.flatMap((one) => signedBy(one, plan, versionOf)),
    stated: shown.flatMap((one) => statedBy(one, versionOf)),
  };
}

const isReference = ({ reference, configuredReference }: Plan, name: string): boolean =>
  name === reference || name === configuredReference;

const isValid = (key: KeyName, { valid }: KeyQuestions): boolean => key !== 'forged' && valid.includes(key);

const isIssuer = ({ role, mint }: ParticipantSettings): boolean => role === 'issuer' || mint !== undefined;

/** A running service without a role may verify tokens, whether or not it has probes. */
const isVerifier = ({ role, probes = [], source }: ParticipantSettings): boolean =>
  probes.length > 0 || role === 'verifier' || (role === undefined && source?.kind === 'http');

function participantOf(
  participant: PlannedParticipant,
  shown: readonly Shown[],
  context: ObserveContext,
): RotationParticipant {
  const { name, settings } = participant;
  return {
    name,
    isIssuer: isIssuer(settings),
    isVerifier: isVerifier(settings),
    probes: probesOf(participant, context).map(({ probe }) => probe),
    canMint: settings.mint !== undefined,
    binding: bindingOf(settings, shown.find((one) => one.name === name)?.results ?? []),
  };
}

/**
 * A number that a service reports is the version that it read, by whatever name: only a name shows what it follows. A
 * participant that is read from the store is configured with what its deployment names.
 */
function bindingOf({ source }: ParticipantSettings, results: readonly SourceResult[]): string | null {
  if (source?.kind === 'google-secret-manager') return source.version;
  const reported = results.flatMap((result) =>
    result.is === 'fingerprint' && result.version !== null ? [result.version] : [],
  );
  return reported.find((version) => /^[A-Za-z][A-Za-z0-9_-]{0,62}$/.test(version)) ?? null;
}

/** The tokens that one participant is given: each key, type and sample over each of its probes. */
function presentationsOf(
  plan: Plan,
  participant: PlannedParticipant,
  { keys, valid, retired }: KeyQuestions,
  context: ObserveContext,
): Presentation[] {
  const now = () => context.now();
  return probesOf(participant, context).flatMap(({ probe, settings }) => {
    const types = settings.tokenTypes ?? Object.keys(plan.token.types).slice(0, 1);
    const sampled = (one: Omit<Presentation, 'participant' | 'probe' | 'settings'>): Presentation[] =>
      Array.from({ length: settings.samples }, () => ({
        participant: participant.name,
        probe,
        settings,
        ...one,
      }));
    const ofVersion = (version: number, replacedAt: Instant | null): Presentation[] => {
      const key = keys.get(version);
      if (key === undefined) return [];
      return types.flatMap((type) =>
        sampled({
          key: version,
          tokenType: type,
          isBackdated: replacedAt !== null,
          mint: () => {
            const token = { key, settings: plan.token, type, now: now() };
            if (replacedAt === null) return mintToken(token);
            return backdatedToken({ ...token, replacedAt: new Date(replacedAt) });
          },
        }),
      );
    };
    const [first = 'access'] = types;
    return [
      ...valid.flatMap((version) => ofVersion(version, null)),
      ...sampled({
        key: 'forged',
        tokenType: first,
        isBackdated: false,
        mint: () => forgedToken({ settings: plan.token, type: first, now: now() }),
      }),
      ...(retired === null
        ? []
        : [
            ...ofVersion(retired.version, null),
            ...(retired.replacedAt === null ? [] : ofVersion(retired.version, retired.replacedAt)),
          ]),
    ];
  });
}

async function presentOnce(
  { settings, mint, ...token }: Presentation,
  context: ObserveContext,
): Promise<PresentedToken> {
  const { result } = context.signal.aborted
    ? { result: 'inconclusive' as const }
    : await present(settings, await mint(), context);
  return { ...token, instance: null, outcome: result };
}

/** Reads a participant's source, and as many tokens as it is configured to mint. */
async function shownBy(plan: Plan, participant: PlannedParticipant, context: ObserveContext): Promise<Shown> {
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

interface VersionFinder {
  ofFingerprint(fingerprint: Fingerprint): number | null;
  ofSigned(token: Pick<Verifiable, 'isSignedWith'>): number | null;
  ofSecret(secret: Secret): number | null;
}

/** The newest version whose key fits; equal keys under several numbers are the same key. */
function versionFinder(keys: ReadonlyMap<number, Secret>): VersionFinder {
  const newestFirst = [...keys].sort(([a], [b]) => b - a);
  const identities = newestFirst.map(([version, key]) => ({ version, identity: identityOf(key) }));
  return {
    ofFingerprint: (fingerprint) =>
      identities.find(({ identity }) => sameFingerprint(fingerprint, identity))?.version ?? null,
    ofSigned: (token) => newestFirst.find(([, key]) => token.isSignedWith(key))?.[0] ?? null,
    ofSecret: (secret) => newestFirst.find(([, key]) => key.equals(secret))?.[0] ?? null,
  };
}

function signedBy({ name, isIssuer, results }: Shown, plan: Plan, versions: VersionFinder): SignedToken[] {
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
          lifeMs: lifeOf(token),
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

function lifeOf(token: Verifiable): number | null {
  const issuedAt = token.time('iat');
  const expiresAt = token.time('exp');
  return issuedAt === null || expiresAt === null ? null : Math.max(0, (expiresAt - issuedAt) * 1000);
}

function statedBy({ name, results }: Shown, versions: VersionFinder): StatedKeys[] {
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
