import { type Comparison, compare } from '../judge/compare.js';
import { withoutRotation } from '../judge/rotation/separate.js';
import { settled } from '../judge/second-look/settle.js';
import type { Observations } from '../model.js';
import type { ObserveContext } from '../observe/context.js';
import { type Known, withoutExposed } from '../observe/exposed.js';
import type { Observed } from '../observe/observe.js';
import { type Plan, type Progress, withoutProbesOf } from '../observe/plan.js';
import { redact } from '../observe/redact.js';
import type { Secret } from '../secret/secret.js';
import { type AlwaysChecked, checkAlways } from './always-checked.js';
import { findCauses, hasDifference } from './find-causes.js';
import { lookAgain } from './second-look.js';

/** Options of a diagnosis. */
export interface DiagnoseOptions {
  readonly progress: Progress;
  /** Values of variables in the configuration, which must not appear in any output. */
  readonly expanded: readonly Secret[];
  /** Receives the secrets that were read. */
  readonly onSecrets?: (secrets: readonly Secret[]) => void;
}

/**
 * Completes observations for the judge: looks up weak secrets, repeats doubtful answers and, where something differs,
 * gathers possible causes and follows up rejected tokens.
 * @param observing the observation, which may still be in progress
 * @returns observations without any secret
 */
export async function diagnose(
  observing: Promise<Observed>,
  plan: Plan,
  context: ObserveContext,
  { progress, expanded, onSecrets }: DiagnoseOptions,
): Promise<Observations> {
  const observed = await checkAlways(plan, context, observing);
  const known = knownSecrets(observed);
  const shown = withoutExposed(observed.observations, known, observed.unusable);

  const presenting = withoutProbesOf(plan, observed.kept);
  const looked = await lookAgain({ ...observed, observations: withoutRotation(shown) }, presenting, context);
  const seen = { ...shown, followUps: [...shown.followUps, ...looked] };

  const sound = settled(seen);
  const comparison = neutral(compare(sound), plan);
  const { observations, secrets } = hasDifference(comparison)
    ? await findCauses(
        { ...observed, observations: withoutRotation(sound) },
        comparison,
        presenting,
        context,
        progress,
      )
    : { observations: seen, secrets: [] };

  const everyKnown = [...known, ...secrets.map((secret) => ({ of: null, secret }))];
  const everySecret = everyKnown.map(({ secret }) => secret);
  onSecrets?.(everySecret);
  const hidden =
    secrets.length === 0 ? observations : withoutExposed(observations, everyKnown, observed.unusable);
  return redact(
    { ...hidden, attempts: shown.attempts },
    {
      secrets: [...everySecret, ...observed.minting.tokens.secrets],
      expanded,
      fallbacks: plan.fallbacks.map(({ secret }) => secret),
    },
  );
}

/**
 * Without a reference the majority of all participants is right, and a part does not know it. There every secret may be
 * the right one, regardless of which participants agree with it here, and the causes are needed even if all of them agree.
 */
function neutral(comparison: Comparison, { share, reference }: Plan): Comparison {
  if (share === undefined || reference !== null) return comparison;
  const agrees = new Map([...comparison.agrees.keys()].map((name) => [name, true]));
  return { ...comparison, divided: true, agrees };
}

/** The secrets of this environment, an earlier one that signed tokens, and those of the environments that must not share them. */
function knownSecrets({ held, references, retired, rotating }: AlwaysChecked): Known[] {
  return [
    ...[...held].map(([of, { secret }]) => ({ of, secret })),
    ...rotating.map((secret) => ({ of: null, secret })),
    ...(retired === null ? [] : [{ of: null, secret: retired.key }]),
    ...references.flatMap(({ result }) =>
      result.is === 'secret' ? [{ of: null, secret: result.secret }] : [],
    ),
  ];
}
