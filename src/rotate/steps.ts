import type { RolloutSettings, RotationSettings } from '../config/rotation-schema.js';
import type { RotationRecord } from '../rotation/rotation-record.js';

/** One thing that is done, with all that a dry run has to show. Applied in order; each waits for the one before. */
export type Step =
  | {
      /** One UpdateSecret with etag and mask `annotations,version_aliases`; each write gives the etag of the next. */
      readonly do: 'update';
      /** `intent`: before a version is added; `state`: another state; `progress`: within a state. */
      readonly why: 'intent' | 'state' | 'progress';
      readonly record: RotationRecord;
      /** All aliases of the secret, those of other programs included: what is not named is removed. */
      readonly aliases: ReadonlyMap<string, number>;
    }
  | {
      /** Adds the key whose hash the intent has. Plan again afterwards: the number may be another. */
      readonly do: 'add-version';
      /** The number that it gets where no other program adds one meanwhile. */
      readonly expected: number;
      /** Random bytes of the key, which is written as hexadecimal text of twice the length. */
      readonly bytes: number;
    }
  | { readonly do: 'disable-version'; readonly version: number; readonly why: 'retired' | 'surplus' }
  | ({ readonly do: 'run' } & Task);

/** A program that makes services read the secret again. */
export interface Task {
  /** As the record lists it: `hook:promoted:0`, `rollout:auth_service`. */
  readonly task: string;
  /** Program and arguments; no shell. */
  readonly argv: readonly string[];
  readonly timeoutMs: number;
  /** Variables beside those of jwtcheck itself; never a key. */
  readonly env: Readonly<Record<string, string>>;
}

/** The `rollout` of a participant. */
export interface Rollout extends RolloutSettings {
  readonly participant: string;
}

/** Everything that has to run in the present state of a record, in order, whether or not it has run. */
export function tasksOf(
  record: RotationRecord,
  { hooks, hookTimeout }: Pick<RotationSettings, 'hooks' | 'hookTimeout'>,
  rollouts: readonly Rollout[],
): Task[] {
  const { state, mode, times } = record;
  const env = {
    JWTCHECK_ROTATION_STATE: state,
    JWTCHECK_ROTATION_FROM: String(record.from),
    JWTCHECK_ROTATION_TO: record.to === null ? '' : String(record.to),
  };
  const hooksOf = (of: keyof typeof hooks): Task[] =>
    hooks[of].map((argv, index) => ({
      task: `hook:${of}:${index}`,
      argv,
      timeoutMs: hookTimeout,
      env,
    }));
  const all = rollouts.map(
    ({ participant, run, timeout }): Task => ({
      task: `rollout:${participant}`,
      argv: run,
      timeoutMs: timeout,
      env,
    }),
  );
  switch (state) {
    case 'idle':
      // A cutover that is undone: services that read one key when they start have to be started again.
      return mode === 'cutover' && times.rolledBack !== undefined ? all : [];
    case 'promoted':
      return [...hooksOf('promoted'), ...(mode === 'cutover' ? all : [])];
    case 'revoked':
      // In an emergency no state came before in which services would have read the new key.
      return mode === 'emergency'
        ? [...hooksOf('promoted'), ...hooksOf('revoked'), ...all]
        : hooksOf('revoked');
    case 'staged':
    case 'finished':
      return hooksOf(state);
  }
}

/** What still has to run in the present state. */
export function pendingTasks(...of: Parameters<typeof tasksOf>): Task[] {
  const [{ done }] = of;
  return tasksOf(...of).filter(({ task }) => !done.includes(task));
}
