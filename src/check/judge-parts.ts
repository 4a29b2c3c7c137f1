import type { Loaded } from '../config/load.js';
import { selectionFlags } from '../config/selection-flags.js';
import { groupByParticipant } from '../judge/participants.js';
import type { MintedToken, Observation, Observations, UnverifiedProof } from '../model.js';
import type { ObserveContext } from '../observe/context.js';
import { type Observed, observe } from '../observe/observe.js';
import type { PartName, Plan, PlannedParticipant, Progress } from '../observe/plan.js';
import { expectedName, missingProof, outcomeOfUnverified } from '../observe/proofs.js';
import { readingOfTokens } from '../observe/readings.js';
import { yieldsSecret } from '../observe/sources/reader.js';
import { ProofDigest } from '../observe/tokens/proof-of-key.js';
import type { Merged } from '../parts/merge.js';
import { type Part, partOf } from '../parts/part.js';
import { hasUnsetVariables } from '../schema/variables.js';
import { fingerprintOf, sameFingerprint } from '../secret/fingerprint.js';
import type { Secret } from '../secret/secret.js';
import { emulatorsOf } from './emulators.js';
import { planOf } from './selection.js';
import { digestsOf } from './share.js';
import { withNetwork } from './with-network.js';

// With it, so that all is loaded at once.
export { loadConfig } from '../config/load.js';
export { configurationDigest } from './share.js';

/** Context of judging with secrets. */
export interface JudgeContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
  readonly signal: AbortSignal;
  readonly progress: Progress;
  /** The reference of the parts. */
  readonly reference: string | null;
}

/**
 * Merges parts where secrets can be read: the reference, and all participants whose source yields a secret. With them,
 * it verifies proofs that no part could verify, and finds causes that a part without access to the secrets could not find.
 * No service is asked.
 * @param merge merges the parts with what was read here
 */
export function mergeWithSecrets(
  merge: (here: Part) => Merged,
  loaded: Loaded,
  { env, now, signal, progress, reference }: JudgeContext,
): Promise<Merged> {
  const { label } = loaded;
  const plan = planOfSecrets(loaded, reference);
  const { concurrency } = plan;
  return withNetwork(loaded, { concurrency }, { env, now, signal }, async (context) => {
    const observed = await observe(plan, context, progress);
    const here = partOf(observed.observations, plan, {
      ...digestsOf(loaded, plan),
      emulators: emulatorsOf(plan, env, label),
      label,
    });
    const merged = merge(here);
    const usable = withoutOtherSecrets(observed, merged.observations, context);
    const verified = withVerifiedProofs(merged.observations, usable, plan, context);
    const { crossChecks } = verified;
    const { diagnose } = await import('../diagnose/diagnose.js');
    const diagnosed = await diagnose(Promise.resolve({ ...usable, observations: verified }), plan, context, {
      progress,
      expanded: loaded.secrets,
    });
    const commandFlags = selectionFlags(loaded, { environment: loaded.environment, allowEmulator: false });
    return { ...merged, observations: { ...diagnosed, crossChecks, commandFlags } };
  });
}

/** No part of the environment: only secrets are read. */
export const nothing: PartName = { shard: null, reach: [] };

/** The plan that reads secrets and asks nothing else. */
function planOfSecrets({ settings, environment, leftOut }: Loaded, reference: string | null): Plan {
  const plan = planOf(settings, environment, { probes: false, controls: 'none', followUp: false, leftOut });
  const participants = plan.participants.filter(isReadable).map(withoutMint);
  return {
    ...plan,
    reference: participants.some(({ name }) => name === reference) ? reference : null,
    participants,
    crossReferences: [],
    share: { part: nothing, observed: new Set(), all: plan.participants },
  };
}

/** Whether it yields a secret, as far as its variables are set. */
const isReadable = ({ settings: { source } }: PlannedParticipant): boolean =>
  yieldsSecret(source) && !hasUnsetVariables(source);

function withoutMint({ settings, ...participant }: PlannedParticipant): PlannedParticipant {
  const { mint: _, ...rest } = settings;
  return { ...participant, settings: rest };
}

/** Without the secrets of participants that have another one where they were observed. */
function withoutOtherSecrets(
  observed: Observed,
  { participants }: Observations,
  { fingerprintLength }: ObserveContext,
): Observed {
  const shown = new Map(participants.map(({ name, reading }) => [name, reading?.fingerprint]));
  const held = [...observed.held].filter(([name, { secret }]) => {
    const fingerprint = shown.get(name);
    return (
      fingerprint !== undefined && sameFingerprint(fingerprint, fingerprintOf(secret, fingerprintLength))
    );
  });
  return { ...observed, held: new Map(held) };
}

function withVerifiedProofs(
  observations: Observations,
  { held, minting }: Observed,
  plan: Plan,
  context: ObserveContext,
): Observations {
  const right = held.get(plan.reference ?? '')?.secret ?? null;
  const { unverifiedProofs = [], ...rest } = observations;
  if (right === null || unverifiedProofs.length === 0) return observations;
  const settings = new Map((plan.share?.all ?? []).map((one) => [one.name, one]));
  const answers = groupByParticipant(unverifiedProofs);
  const verified = rest.participants.map((one) => {
    const configured = settings.get(one.name);
    const own = answers.get(one.name) ?? [];
    if (configured === undefined || own.length === 0) return one;
    const service = expectedName(one.name, configured.settings);
    const [beside, only] = [
      own.filter((a) => a.fingerprint !== null),
      own.filter((a) => a.fingerprint === null),
    ];
    const tokens = only.flatMap((answer) =>
      answer.proof === null
        ? []
        : [minting.tokens.add(one.name, new ProofDigest(service, answer.proof, answer), true)],
    );
    for (const answer of beside)
      if (answer.proof !== null) minting.tokens.keepProof(new ProofDigest(service, answer.proof, answer));
    const proved = withProofs(one, beside, service, right);
    const reading = proved.reading ?? readingOfTokens(tokens);
    return {
      ...proved,
      reading,
      error: proved.error ?? missingProof(plan, configured, reading, right, context),
    };
  });
  const known = new Set((rest.mintedTokens ?? []).map(({ participant }) => participant));
  const added: MintedToken[] = minting.tokens.observed.filter(({ participant }) => !known.has(participant));
  return { ...rest, participants: verified, mintedTokens: [...(rest.mintedTokens ?? []), ...added] };
}

function withProofs(
  participant: Observation,
  answers: readonly UnverifiedProof[],
  service: string,
  right: Secret,
): Observation {
  const { reading } = participant;
  if (reading === null || answers.length === 0) return participant;
  const proofs = answers.flatMap((answer) =>
    answer.fingerprint === null
      ? []
      : [
          {
            instance: answer.instance,
            fingerprint: answer.fingerprint,
            ...outcomeOfUnverified(answer, service, right),
          },
        ],
  );
  return { ...participant, reading: { ...reading, proofs: [...(reading.proofs ?? []), ...proofs] } };
}
