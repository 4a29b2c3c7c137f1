import { setMaxListeners } from 'node:events';
import { planOf } from '../../../check/selection.js';
import { openSession } from '../../../check/session.js';
import { type TimeLimits, timeLimitsOf, withDeadline } from '../../../check/time-limits.js';
import type { Loaded } from '../../../config/load.js';
import { UsageError } from '../../../errors.js';
import type { Verdict } from '../../../model.js';
import type { ObserveContext } from '../../../observe/context.js';
import { openNetwork } from '../../../observe/network/open.js';
import type { Plan } from '../../../observe/plan.js';
import {
  type GoogleSecret,
  googleSecretManager,
} from '../../../observe/sources/google/google-secret-manager.js';
import { hashBytes } from '../../../observe/tokens/mint.js';
import { observeKeys } from '../../../rotate/observe-keys.js';
import type { Asked, RotationContext } from '../../../rotate/rotation-context.js';
import { runTask } from '../../../rotate/run-task.js';
import type { Rollout } from '../../../rotate/steps.js';
import { isRotatable, openRotationStore } from '../../../rotate/store.js';
import type { KeyUse } from '../../../rotation/key-use.js';
import { quoted } from '../../../schema/path.js';
import { didYouMean } from '../../../schema/suggest.js';
import type { Io } from '../../../system/io.js';

/** How long and how much at once; default: as the configuration says. */
export interface Limits extends TimeLimits {
  readonly concurrency?: number | undefined;
}

/** The context of a rotation, without what only prints. */
export interface OpenedRotation {
  readonly context: Omit<RotationContext, 'onRead' | 'onStep' | 'onWaiting'>;
  readonly plan: Plan;
  readonly source: GoogleSecret;
  close(): Promise<void>;
}

/** How long an idle connection is kept between two checks; milliseconds. */
const keepMs = 90_000;

/**
 * Opens what a rotation reads, checks and writes.
 * @throws UsageError where the reference cannot rotate
 */
export function openRotation(loaded: Loaded, limits: Limits, io: Io): OpenedRotation {
  const { settings, environment, folder, label } = loaded;
  const { env, now } = io;
  const plan = planOf(settings, environment, { concurrency: limits.concurrency });
  const source = rotatable(loaded);
  const { timeoutMs, deadlineMs } = timeLimitsOf(settings, limits);
  const persistent = openNetwork({ env, folder, label, keepMs });
  // A write that is under way at an interruption is completed: what it left behind would be unknown otherwise.
  const whole = new AbortController();
  setMaxListeners(0, whole.signal);
  const contextUntil = (signal: AbortSignal): ObserveContext => ({
    env,
    now,
    network: persistent.forCheck(signal, plan.concurrency),
    folder,
    signal,
    timeoutMs,
    fingerprintLength: settings.fingerprint.length,
    label,
  });
  const lastingContext = contextUntil(whole.signal);
  const store = openRotationStore(source, lastingContext);
  if (!store.ok) throw new UsageError(store.error.message, store.error.hint);

  const observe = ({ checkedVersion, ...asked }: Asked): Promise<KeyUse> =>
    withDeadline(io.signal, deadlineMs, (signal) => {
      const verdict =
        checkedVersion === null
          ? Promise.resolve<Verdict>('inconclusive')
          : verdictOf(withVersion(loaded, checkedVersion), { ...limits, deadlineMs }, io);
      return observeKeys(plan, { ...asked, verdict }, contextUntil(signal));
    });

  return {
    plan,
    source,
    context: {
      store: store.value,
      settings: settings.rotation,
      bytes: Math.max(settings.rotation.bytes, hashBytes[settings.token.algorithm]),
      rollouts: rolloutsOf(loaded),
      tokenTypes: Object.keys(settings.token.types),
      now,
      signal: io.signal,
      observe,
      inUse: async () => {
        const read = await googleSecretManager.read(source, lastingContext);
        return read.is === 'secret' ? Number(read.version) : null;
      },
      runTask: (task, keys) => {
        loaded.addSecrets(keys);
        return runTask(task, loaded, io);
      },
    },
    close: async () => {
      whole.abort();
      await persistent.close();
    },
  };
}

/** The reference, which a rotation writes to. @throws UsageError where it is another kind of source, or there is none */
function rotatable({ settings, environment }: Loaded): GoogleSecret {
  const configured = settings.environments[environment];
  const { reference } = configured ?? {};
  if (reference === undefined)
    throw new UsageError(
      `the environment ${environment} has no reference, so there is nothing to rotate`,
      'Set `reference` to the participant that holds the right secret.',
    );
  const source = configured?.participants[reference]?.source;
  if (isRotatable(source)) return source;
  throw new UsageError(
    `Only a google-secret-manager reference can rotate: the source of ${quoted(reference)} is ${source === undefined ? 'not configured' : `of kind ${source.kind}`}`,
    'jwtcheck rotate writes new versions to Google Secret Manager. For another store, rotate by hand and check each step with jwtcheck.',
  );
}

function rolloutsOf({ settings, environment }: Loaded): Rollout[] {
  return Object.entries(settings.environments[environment]?.participants ?? {}).flatMap(
    ([participant, { rollout }]) => (rollout === undefined ? [] : [{ participant, ...rollout }]),
  );
}

/** @throws UsageError for a name that is no participant */
export function checkTrusts(trusts: readonly string[], { settings, environment }: Loaded): void {
  const names = Object.keys(settings.environments[environment]?.participants ?? {});
  for (const name of trusts)
    if (!names.includes(name))
      throw new UsageError(
        `--trust: there is no participant ${quoted(name)}${didYouMean(name, names)}`,
        `Participants: ${names.join(', ')}.`,
      );
}

/** The same configuration whose reference is a version by its number: only such reads are strongly consistent. */
function withVersion(loaded: Loaded, version: number): Loaded {
  const { settings, environment } = loaded;
  const configured = settings.environments[environment];
  const { reference = '' } = configured ?? {};
  const participant = configured?.participants[reference];
  if (configured === undefined || !isRotatable(participant?.source)) return loaded;
  const source = { ...participant.source, version: String(version) };
  const participants = { ...configured.participants, [reference]: { ...participant, source } };
  return {
    ...loaded,
    settings: {
      ...settings,
      environments: { ...settings.environments, [environment]: { ...configured, participants } },
    },
  };
}

/** The verdict of a whole check. */
async function verdictOf(loaded: Loaded, limits: Limits, io: Io): Promise<Verdict> {
  const { env, now, signal } = io;
  const session = openSession(loaded, { env });
  try {
    const report = await session.check({ ...limits, followUp: false }, { now, signal, progress: () => {} });
    return report.verdict;
  } finally {
    await session.close();
  }
}
