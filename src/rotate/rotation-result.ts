import type { ExitCode, ReadError } from '../model.js';
import type { KeyUse } from '../rotation/key-use.js';
import type { RotationRecord } from '../rotation/rotation-record.js';
import type { Stop } from './carry-out.js';
import type { GateResult } from './gate.js';
import type { ReadState, SecretState } from './read-secret.js';
import type { RotationResult } from './rotation-context.js';
import type { Plan } from './rotation-plan.js';
import type { Step } from './steps.js';

/** What one look at the secret and the services led to. */
export interface Looked {
  state: SecretState;
  readonly gate: GateResult | null;
  readonly use: KeyUse | null;
  readonly plan: Plan;
  /** Steps that were not carried out. */
  readonly left?: readonly Step[];
  /** The record before steps were carried out, where some were. */
  readonly gateRecord?: RotationRecord | null;
}

/** How a run ended, beside what was seen last. */
export type ResultMore = Partial<Pick<RotationResult, 'stop' | 'missing' | 'cutover' | 'left'>>;

const exitCodes = {
  'not-read': 3,
  rights: 3,
  conflict: 3,
  write: 3,
  program: 3,
  refused: 1,
  'not-converged': 1,
  interrupted: 3,
} as const satisfies Record<Stop['is'], ExitCode>;

export const notRead = ({ message, hint }: ReadError): Stop => ({
  is: 'not-read',
  message,
  hint: hint ?? null,
});

export const interruptedWhileWaiting: Stop = {
  is: 'interrupted',
  message: 'Interrupted while waiting: nothing was left half done',
  hint: 'Run the command again: it continues from there.',
};

/** The result after the last look, and the exit code. */
export function resultOf(
  looked: Looked,
  more: ResultMore & Pick<RotationResult, 'foreseen' | 'done'>,
): RotationResult {
  const { state, gate, use, plan } = looked;
  const { foreseen, done, stop = null, missing = [], cutover = null, left = looked.left ?? [] } = more;
  return {
    view: state.view,
    gate,
    gateRecord: looked.gateRecord === undefined ? state.view.record : looked.gateRecord,
    use,
    plan,
    foreseen,
    done,
    left,
    stop,
    missing,
    cutover,
    unread: state.unread,
    exitCode: stop !== null || missing.length > 0 ? exitCodes[stop?.is ?? 'rights'] : plan.exitCode,
  };
}

/** The result where the secret could not be read. */
export function unreadableResult(
  read: Exclude<ReadState, { is: 'read' }>,
  done: readonly Step[],
): RotationResult {
  const { message, hint = null } = read.is === 'failed' ? read.error : read;
  return {
    view: null,
    gate: null,
    gateRecord: null,
    use: null,
    plan: null,
    foreseen: [],
    done,
    left: [],
    stop: { is: 'not-read', message, hint },
    missing: [],
    cutover: null,
    unread: [],
    exitCode: 3,
  };
}
