import type { ParticipantSettings } from '../config/schema.js';
import type { Verdict } from '../model.js';
import { probesOf } from '../observe/attempts.js';
import type { ObserveContext } from '../observe/context.js';
import type { Plan, PlannedParticipant } from '../observe/plan.js';
import { present } from '../observe/probes/presenter.js';
import { isService } from '../observe/sources/reader.js';
import type { SourceResult } from '../observe/sources/source.js';
import { TaskPool } from '../observe/task-pool.js';
import { backdatedToken, forgedToken, mintToken } from '../observe/tokens/mint.js';
import type { Instant, KeyName, KeyUse, PresentedToken, RotationParticipant } from '../rotation/key-use.js';
import type { Secret } from '../secret/secret.js';
import { isIssuer, type Shown, shownBy, signedBy, statedBy, versionFinder } from './shown-keys.js';

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

/** A running service without a role may verify tokens, whether or not it has probes. */
const isVerifier = ({ role, probes = [], source }: ParticipantSettings): boolean =>
  probes.length > 0 || role === 'verifier' || (role === undefined && isService(source));

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
  if (source !== undefined && 'version' in source) return source.version;
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
