import type { RotationSettings } from '../config/rotation-schema.js';
import type { ExitCode } from '../model.js';
import type { SecretPermission } from '../observe/sources/google/permissions.js';
import type { Instant } from '../rotation/key-use.js';
import type { RotationState } from '../rotation/rotation-record.js';
import type { NewKey } from './adopt.js';
import type { Move } from './aim.js';
import type { GateResult } from './gate.js';
import type { Refusal } from './refusal.js';
import type { Rollout, Step } from './steps.js';
import type { SecretView } from './transitions.js';

export type RotateCommand = 'plan' | 'status' | Move;

/** Everything that decides what a command does. */
export interface Situation {
  readonly command: RotateCommand;
  readonly view: SecretView;
  /** Result of `gateFor`; `null` where that is `null`. */
  readonly gate: GateResult | null;
  readonly settings: RotationSettings;
  /** The rollouts of the environment's participants, in the order of the configuration. */
  readonly rollouts: readonly Rollout[];
  /** The key that this run adds if one is needed. */
  readonly key: NewKey;
  /** The version that the reference shows; it counts where the secret has no alias `current`. */
  readonly inUse: number | null;
  /** Every configured token type. */
  readonly tokenTypes: readonly string[];
  readonly trusts: readonly string[];
  readonly isCutover: boolean;
  /** Id of the rotation that this run has worked on so far. */
  readonly runs: string | null;
  readonly now: Instant;
}

/** What a command would do, or does with `--apply`. */
export interface Plan {
  /** In this order. Where one fails, the plan is made again from what the secret then shows. */
  readonly steps: readonly Step[];
  readonly outcome: { readonly is: 'ready' | 'done'; readonly message: string } | Refusal | Waiting;
  readonly exitCode: Extract<ExitCode, 0 | 1 | 2 | 3>;
  /** The state that the steps lead to; `null` where they lead nowhere. */
  readonly reaches: RotationState | null;
  /** Token types whose users are signed out by it, since the key that signed their tokens is no longer accepted. */
  readonly signsOut: readonly string[];
}

/** The gate does not hold yet. Steps beside it only remember what was seen. */
interface Waiting {
  readonly is: 'waiting';
  readonly gate: Extract<GateResult, { holds: false }>;
}

const reading: readonly SecretPermission[] = [
  'secretmanager.secrets.get',
  'secretmanager.versions.list',
  'secretmanager.versions.access',
];

const continuing: readonly SecretPermission[] = [
  ...reading,
  'secretmanager.secrets.update',
  'secretmanager.versions.disable',
];

const rotating: readonly SecretPermission[] = [...continuing, 'secretmanager.versions.add'];

/**
 * The permissions that a command takes. One that begins or continues a rotation takes those of all later steps as well: a
 * rotation that cannot be finished should not begin.
 */
export const rightsFor: Readonly<Record<RotateCommand, readonly SecretPermission[]>> = {
  plan: rotating,
  start: rotating,
  next: continuing,
  status: reading,
  rollback: [...reading, 'secretmanager.secrets.update'],
  emergency: rotating,
};
