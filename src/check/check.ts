import type { Loaded } from '../config/load.js';
import { selectionFlags } from '../config/selection-flags.js';
import { JwtcheckError } from '../errors.js';
import type { FailOn } from '../judge/exit-code.js';
import type { Report } from '../model.js';
import { type Memory, remember } from '../observe/memory.js';
import type { Network } from '../observe/network/network.js';
import { observe } from '../observe/observe.js';
import type { Plan, Progress } from '../observe/plan.js';
import { type Part, partOf } from '../parts/part.js';
import { emulatorsOf } from './emulators.js';
import { digestsOf } from './share.js';

/** Context of one check. */
export interface CheckContext {
  readonly loaded: Loaded;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
  readonly network: Network;
  /** Aborted by an interruption. */
  readonly signal: AbortSignal;
  /** Milliseconds for one request. */
  readonly timeoutMs: number;
  /** Aborted by an interruption, and when the time for the whole check is over. */
  readonly deadline: AbortSignal;
  readonly progress: Progress;
  /** Receives what was observed, as a document. */
  readonly observed?: ((part: Part) => void) | undefined;
  readonly memory?: Memory | undefined;
}

/**
 * Runs one check: observe, diagnose, judge.
 * @throws JwtcheckError `ERR_INTERRUPTED` on an interruption; every other failure is part of the report
 */
export async function runCheck(
  plan: Plan,
  policy: { readonly failOn: FailOn },
  { loaded, env, now, network, signal, timeoutMs, deadline, progress, observed, memory }: CheckContext,
): Promise<Report> {
  const started = performance.now();
  const { settings, folder, label } = loaded;
  const fingerprintLength = settings.fingerprint.length;
  const context = { env, now, network, folder, signal: deadline, timeoutMs, fingerprintLength, label };

  const observing = observe(plan, context, progress, memory);
  // A failure is handled where the result is awaited; until then it must not end the process.
  observing.catch(() => {});
  // Loaded while the participants answer.
  const [{ diagnose }, { judge }] = await Promise.all([
    import('../diagnose/diagnose.js'),
    import('../judge/judge.js'),
  ]);

  const diagnosed = await diagnose(observing, plan, context, {
    progress,
    expanded: loaded.secrets,
    onSecrets: loaded.addSecrets,
  });
  if (signal.aborted) throw new JwtcheckError('ERR_INTERRUPTED', 'interrupted');
  const observations = { ...diagnosed, durationMs: Math.round(performance.now() - started) };
  if (memory !== undefined) remember(memory, observations, (await observing).kept);

  const emulators = emulatorsOf(plan, env, label);
  // In CI, an emulator is used only where that was allowed.
  const allowEmulator = emulators.length > 0 && (env.CI ?? '') !== '';
  const commandFlags = selectionFlags(loaded, { environment: plan.environment, allowEmulator });
  const report = judge({ ...observations, commandFlags }, policy);
  if (observed !== undefined) {
    observed(partOf(observations, plan, { ...digestsOf(loaded, plan), emulators, label }));
  }
  return emulators.length === 0 ? report : { ...report, emulators };
}
