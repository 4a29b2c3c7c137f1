import type { RotationSettings } from '../config/rotation-schema.js';
import type { ExitCode } from '../model.js';
import type { SecretPermission } from '../observe/sources/google/permissions.js';
import type { KeyUse } from '../rotation/key-use.js';
import type { RotationRecord } from '../rotation/rotation-record.js';
import type { Secret } from '../secret/secret.js';
import type { Stop, TaskEnd } from './carry-out.js';
import type { Cutover } from './cutover-window.js';
import type { GateResult } from './gate.js';
import type { KeyQuestions } from './observe-keys.js';
import type { SecretState } from './read-secret.js';
import type { Plan, RotateCommand } from './rotation-plan.js';
import type { RotationStore } from './rotation-store.js';
import type { Rollout, Step, Task } from './steps.js';
import type { SecretView } from './transitions.js';

/** What is to be done. */
export interface RotationRun {
  readonly command: RotateCommand;
  /** Write and run; otherwise only say what would be written and run. */
  readonly apply: boolean;
  /** Maximum milliseconds of checking until the gate holds; `null`: no longer than a second check takes. */
  readonly waitMs: number | null;
  /** Milliseconds between two checks. */
  readonly intervalMs: number;
  readonly trusts: readonly string[];
  readonly isCutover: boolean;
}

/** What one check is to see, beside the verdict on the whole. */
export interface Asked extends Omit<KeyQuestions, 'verdict'> {
  /** The version that the reference has to have for a check as a whole; `null`: no verdict is needed. */
  readonly checkedVersion: number | null;
}

/** Everything around a rotation. */
export interface RotationContext {
  readonly store: RotationStore;
  readonly settings: RotationSettings;
  /** Random bytes of a new key. */
  readonly bytes: number;
  readonly rollouts: readonly Rollout[];
  readonly tokenTypes: readonly string[];
  readonly now: () => Date;
  /** Aborted by an interruption. */
  readonly signal: AbortSignal;
  /** The version that the reference shows; `null` where it cannot be read. */
  inUse(): Promise<number | null>;
  observe(asked: Asked): Promise<KeyUse>;
  /** @param keys those that the program may print */
  runTask(task: Task, keys: readonly Secret[]): Promise<TaskEnd>;
  onStep(step: Step): Promise<void>;
  /** Called with the secret whenever it was read. */
  onRead(view: SecretView): void;
  /** Called where it will check again. */
  onWaiting(gate: Extract<GateResult, { holds: false }>, until: number): Promise<void>;
}

/** What came of a command. */
export interface RotationResult {
  /** The secret as it is now; `null` where it could not be read. */
  readonly view: SecretView | null;
  /** Of the last check; `null` where none was needed. */
  readonly gate: GateResult | null;
  /** The record that the gate belongs to. */
  readonly gateRecord: RotationRecord | null;
  /** The last check itself. */
  readonly use: KeyUse | null;
  /** The plan; `null` where the secret could not be read. */
  readonly plan: Plan | null;
  /** The steps that would be taken once the gate holds, where it does not yet. */
  readonly foreseen: readonly Step[];
  readonly done: readonly Step[];
  /** Steps that were not carried out, though they should have been. */
  readonly left: readonly Step[];
  readonly stop: Stop | null;
  readonly missing: readonly SecretPermission[];
  /** What a cutover that was carried out led to. */
  readonly cutover: Cutover | null;
  /** Versions whose payload could not be read. */
  readonly unread: SecretState['unread'];
  readonly exitCode: Extract<ExitCode, 0 | 1 | 2 | 3>;
}
