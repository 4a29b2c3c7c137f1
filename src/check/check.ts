import type { Loaded } from '../config/load.js';
import { JwtcheckError } from '../errors.js';
import type { FailOn } from '../judge/exit-code.js';
import type { Report } from '../model.js';
import { type Memory, remember } from '../observe/memory.js';
import type { Network } from '../observe/network/network.js';
import { observe } from '../observe/observe.js';
import { type Plan, type Progress, withoutProbesOf } from '../observe/plan.js';
import { emulatorsOf } from './emulators.js';

/** What a check needs beside its plan. */
export interface CheckContext {
  readonly loaded: Loaded;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
  readonly network: Network;
  /** Aborted when somebody interrupts. */
  readonly signal: AbortSignal;
  /** Milliseconds for one request. */
  readonly timeoutMs: number;
  /** Aborted when somebody interrupts and when the time for the whole check is over. */
  readonly deadline: AbortSignal;
  readonly progress: Progress;
  readonly memory?: Memory | undefined;
}

/**
 * Observe, look closer where something differs, judge.
 * @throws JwtcheckError `ERR_INTERRUPTED` where somebody interrupts; nothing else that the world does makes it throw
 */
export async function runCheck(
  plan: Plan,
  policy: { failOn: FailOn },
  context: CheckContext,
): Promise<Report> {
  const { loaded } = context;
  const started = performance.now();
  const observeContext = {
    env: context.env,
    now: context.now,
    network: context.network,
    folder: loaded.folder,
    signal: context.deadline,
    timeoutMs: context.timeoutMs,
    fingerprintLength: loaded.settings.fingerprint.length,
    label: loaded.label,
  };
  const { memory } = context;
  const observing = observe(plan, observeContext, context.progress, memory);
  // What fails before it is waited for is told then.
  observing.catch(() => {});
  const {
    redact,
    compare,
    checkAlways,
    diagnose,
    judge,
    lookAgain,
    needsDiagnosis,
    settled,
    withoutExposed,
  } = await import('./after-observing.js');
  const examined = await checkAlways(plan, observeContext, observing);
  const known = [
    ...[...examined.held].map(([of, { secret }]) => ({ of, secret })),
    ...examined.others.flatMap(({ result }) =>
      result.is === 'secret' ? [{ of: null, secret: result.secret }] : [],
    ),
  ];
  const observed = { ...examined, observations: withoutExposed(examined.observations, known) };
  const asked = withoutProbesOf(plan, observed.kept);
  const looked = await lookAgain(observed, asked, observeContext);
  const { attempts } = observed.observations;
  const seen = { ...observed.observations, followUps: [...observed.observations.followUps, ...looked] };
  const sound = settled(seen);
  const comparison = compare(sound);
  const { observations, secrets: met } = needsDiagnosis(comparison)
    ? await diagnose(
        { ...observed, observations: sound },
        comparison,
        asked,
        observeContext,
        context.progress,
      )
    : { observations: seen, secrets: [] };
  if (context.signal.aborted) throw new JwtcheckError('ERR_INTERRUPTED', 'interrupted');
  const everyKnown = [...known, ...met.map((secret) => ({ of: null, secret }))];
  const durationMs = Math.round(performance.now() - started);
  const hidden = met.length === 0 ? observations : withoutExposed(observations, everyKnown);
  const cleaned = redact(
    { ...hidden, attempts, durationMs },
    {
      secrets: [...everyKnown.map(({ secret }) => secret), ...observed.minting.tokens.secrets],
      expanded: loaded.secrets,
      fallbacks: plan.fallbacks.map(({ secret }) => secret),
    },
  );
  if (memory !== undefined) remember(memory, cleaned, observed.kept);
  const emulators = emulatorsOf(plan, context.env, loaded.label);
  const report = judge(cleaned, policy);
  return emulators.length === 0 ? report : { ...report, emulators };
}
