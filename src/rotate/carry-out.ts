import { rotationAnnotation, serializeRecord } from '../rotation/rotation-record.js';
import type { Secret } from '../secret/secret.js';
import type { SecretReader, SecretState } from './read-secret.js';
import { staleEtag } from './refusal.js';
import type { RotationSecret, RotationStore, WriteError } from './rotation-store.js';
import type { Step, Task } from './steps.js';
import type { SecretView } from './transitions.js';

/** Why the steps were not carried out to the end. */
export interface Stop {
  /**
   * `not-read`: the secret could not be read. `rights`: a permission is missing. `conflict`: another process wrote. `write`: a write failed, or may have
   * been made all the same. `program`: a hook or a rollout failed. `refused`: after a version was added, the plan was made again and refused.
   */
  readonly is:
    | 'not-read'
    | 'rights'
    | 'conflict'
    | 'write'
    | 'program'
    | 'refused'
    | 'not-converged'
    | 'interrupted';
  readonly message: string;
  readonly hint: string | null;
}

/** How a program ended. */
export type TaskEnd =
  | { readonly ok: true }
  | { readonly ok: false; readonly message: string; readonly hint: string | null };

export interface Tools {
  readonly store: RotationStore;
  readonly reader: SecretReader;
  /** The key that is added. */
  readonly key: Secret;
  /** Aborted by an interruption: no further step is begun. */
  readonly signal: AbortSignal;
  /** @param keys those that the program may print */
  runTask(task: Task, keys: readonly Secret[]): Promise<TaskEnd>;
  /** Called before each step. */
  onStep(step: Step): Promise<void>;
}

/** Steps, and what they left behind. */
export interface CarriedOut {
  readonly done: readonly Step[];
  /** The secret as it is now, as far as this process knows. */
  readonly state: SecretState;
  readonly stop: Stop | null;
  /** What was not carried out. */
  readonly left: readonly Step[];
}

/**
 * Carries out steps one by one. Every write names the etag of the one before, so another process that writes in between
 * stops this one before anything is written.
 * @param replan the steps that remain once a version was added, from what the secret then shows
 */
export async function carryOut(
  steps: readonly Step[],
  from: SecretState,
  tools: Tools,
  replan: (view: SecretView) => { readonly steps: readonly Step[] } | Stop,
): Promise<CarriedOut> {
  const done: Step[] = [];
  let state = from;
  let left = [...steps];
  for (;;) {
    const step = left.shift();
    if (step === undefined) return { done, state, stop: null, left };
    if (tools.signal.aborted) return { done, state, stop: interrupted, left: [step, ...left] };
    await tools.onStep(step);
    const taken = await take(step, state, tools);
    if ('is' in taken) return { done, state, stop: taken, left: [step, ...left] };
    state = taken;
    done.push(step);
    if (step.do !== 'add-version') continue;
    const again = replan(state.view);
    if ('is' in again) return { done, state, stop: again, left };
    left = [...again.steps];
  }
}

const interrupted: Stop = {
  is: 'interrupted',
  message: 'Interrupted between two steps: the secret shows how far it got',
  hint: 'Run the command again: it continues from there.',
};

/** The state after a step, or why it was not taken. */
async function take(step: Step, state: SecretState, tools: Tools): Promise<SecretState | Stop> {
  const { store } = tools;
  switch (step.do) {
    case 'update': {
      const annotations = new Map(state.secret.annotations).set(
        rotationAnnotation,
        serializeRecord(step.record),
      );
      const metadata = { annotations, versionAliases: step.aliases };
      const written = await store.update(metadata, state.secret.etag);
      if (!written.ok) return stopOf(written.error);
      return {
        ...state,
        secret: { ...state.secret, ...metadata, etag: written.value.etag },
        view: { ...state.view, record: step.record, aliases: step.aliases },
      };
    }
    case 'add-version': {
      const added = await store.addVersion(tools.key);
      if (!added.ok) return stopOf(added.error);
      // Another program may have added one meanwhile. The metadata may still be read as they were before the last write.
      const read = await tools.reader.read({ record: state.view.record });
      if (read.is === 'failed')
        return { is: 'not-read', message: read.error.message, hint: read.error.hint ?? null };
      if (read.is === 'refused') return { is: 'refused', message: read.message, hint: read.hint };
      return merged(state, read.state);
    }
    case 'disable-version': {
      const etag = state.secret.versions.find(({ number }) => number === step.version)?.etag ?? '';
      const disabled = await store.disable(step.version, etag);
      if (!disabled.ok) return stopOf(disabled.error);
      const isDisabled = ({ number }: { readonly number: number }): boolean => number === step.version;
      return {
        ...state,
        secret: {
          ...state.secret,
          versions: state.secret.versions.map((one) => (isDisabled(one) ? disabled.value : one)),
        },
        view: {
          ...state.view,
          versions: state.view.versions.map((one) => (isDisabled(one) ? { ...one, state: 'DISABLED' } : one)),
        },
      };
    }
    case 'run': {
      const end = await tools.runTask(step, [tools.key, ...state.keys.values()]);
      if (end.ok) return state;
      if (tools.signal.aborted) return interrupted;
      return { is: 'program', message: end.message, hint: end.hint };
    }
  }
}

/** Versions as they were just read, metadata as they were last written: reads of these may be late. */
function merged(before: SecretState, read: SecretState): SecretState {
  const { annotations, versionAliases, etag } = before.secret;
  const secret: RotationSecret = { ...read.secret, annotations, versionAliases, etag };
  const { record, aliases } = before.view;
  return { ...read, secret, view: { record, aliases, versions: read.view.versions } };
}

function stopOf({ reason, message, hint }: WriteError): Stop {
  if (reason === 'stale') return { is: 'conflict', message: staleEtag().message, hint: staleEtag().hint };
  return { is: 'write', message, hint: hint ?? null };
}
