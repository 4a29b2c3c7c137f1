import { groupByParticipant } from '../judge/participants.js';
import {
  type Attempt,
  controls,
  type Observations,
  type RetiredKey,
  type UnverifiedProof,
} from '../model.js';
import type { RotationState } from '../rotation/rotation-record.js';
import type { Secret } from '../secret/secret.js';
import { probesOf } from './attempts.js';
import { knownFingerprints } from './candidate.js';
import type { ObserveContext } from './context.js';
import type { Plan } from './plan.js';
import { unverifiedProofs } from './proofs.js';
import { observation, type Read } from './readings.js';
import { observedRotation, type RotationRead } from './rotation.js';
import type { Minting } from './tokens/minters.js';

/** The readings and attempts of one check. */
interface Gathered {
  readonly startedAt: Date;
  readonly durationMs: number;
  /** By participant; `null` for one that has nothing to read. */
  readonly reads: ReadonlyMap<string, Read | null>;
  /** The reference's secret, if it is available. */
  readonly right: Secret | null;
  readonly attempts: readonly Attempt[];
  readonly minting: Minting;
  readonly rotation: RotationRead;
  /** States other than the record's in which an open rotation may be. */
  readonly otherStates: readonly RotationState[];
  readonly retiredKey: RetiredKey | undefined;
  /** Whether fingerprint endpoints were asked to prove their key. */
  readonly isChallenged: boolean;
}

/** Puts what was read and presented into the form for the judge, without any secret. */
export async function assembleObservations(
  plan: Plan,
  context: ObserveContext,
  {
    startedAt,
    durationMs,
    reads,
    right,
    attempts,
    minting,
    rotation,
    otherStates,
    retiredKey,
    isChallenged,
  }: Gathered,
): Promise<Observations> {
  const { open, last, unreadable } = rotation;
  const mintedTokens = minting.tokens.observed;
  const minted = groupByParticipant(mintedTokens);
  const others = open === null ? [] : [...open.keys.values()];
  return {
    environment: plan.environment,
    startedAt,
    durationMs,
    reference: plan.reference,
    algorithm: plan.token.algorithm,
    currency: context.label(plan.currency),
    participants: plan.participants.map((p) => {
      const read = reads.get(p.name) ?? null;
      const seen = observation(plan, p, read, right, { minted: minted.get(p.name) ?? [], others }, context);
      const mintError = minting.endpoints.get(p.name)?.error ?? null;
      return mintError === null || p.settings.source === undefined ? seen : { ...seen, mintError };
    }),
    attempts: inOrder(plan, context, attempts),
    mintedTokens,
    candidates: await knownFingerprints(plan.fallbacks, context.fingerprintLength),
    followUps: [],
    crossChecks: [],
    ...(retiredKey === undefined ? {} : { retiredKey }),
    ...(right === null && isChallenged ? { unverifiedProofs: proofsIn(plan, reads) } : {}),
    ...(open === null
      ? {}
      : {
          rotation: observedRotation(
            open,
            [...reads].map(([name, done]) => [name, done?.result] as const),
            otherStates,
            context.fingerprintLength,
          ),
        }),
    ...(unreadable === null ? {} : { unreadableRotation: unreadable }),
    ...(last === null ? {} : { lastRotation: last }),
  };
}

const proofsIn = (plan: Plan, reads: ReadonlyMap<string, Read | null>): UnverifiedProof[] =>
  plan.participants.flatMap((participant) => {
    const done = reads.get(participant.name) ?? null;
    return done === null ? [] : unverifiedProofs(participant, done.result);
  });

/** Sorts attempts by participant and probe as configured, valid tokens before controls, so that the order is stable. */
function inOrder(plan: Plan, context: ObserveContext, attempts: readonly Attempt[]): Attempt[] {
  const kinds: Attempt['token'][] = ['genuine', ...controls];
  const byProbe = new Map<string, Map<string, Attempt[]>>();
  for (const one of attempts) {
    const probes = byProbe.get(one.participant) ?? new Map<string, Attempt[]>();
    byProbe.set(one.participant, probes);
    const same = probes.get(one.probe);
    if (same === undefined) probes.set(one.probe, [one]);
    else same.push(one);
  }
  return plan.participants.flatMap((participant) =>
    probesOf(participant, context).flatMap(({ probe }) =>
      (byProbe.get(participant.name)?.get(probe) ?? []).sort(
        (a, b) => kinds.indexOf(a.token) - kinds.indexOf(b.token),
      ),
    ),
  );
}
