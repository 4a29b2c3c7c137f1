import type { RotationMode, RotationRecord, RotationState } from '../rotation/rotation-record.js';
import { isOpen } from '../rotation/rotation-record.js';
import { type Refusal, refuse } from './refusal.js';
import { isRolledBack, type SecretView } from './transitions.js';

/** Commands of `jwtcheck rotate` that change something; `plan` is what `start` or `next` would do. */
export type Move = 'start' | 'next' | 'rollback' | 'emergency';

/** What a command has to reach. */
export interface Aim {
  readonly is: 'aim';
  readonly state: RotationState;
  readonly mode: RotationMode;
  /** It takes a step, so the gate has to hold; otherwise it finishes one that was begun. */
  readonly needsGate: boolean;
  readonly isBack: boolean;
  /** The record to continue; `null`: a new rotation begins. */
  readonly record: RotationRecord | null;
}

export interface AimInput {
  readonly move: Move;
  readonly view: SecretView;
  readonly isCutover: boolean;
  /** Something in the present state was begun and is not done: hooks, rollouts, the disabling at the end. */
  readonly isPending: boolean;
  /** The version in use; `null` where that is not known. */
  readonly inUse: number | null;
}

/** Nothing is left to do. */
export interface Nothing {
  readonly is: 'done';
  readonly message: string;
}

/** What a command aims at in this state. */
export function aimOf(input: AimInput): Aim | Refusal | Nothing {
  switch (input.move) {
    case 'start':
      return startAim(input);
    case 'next':
      return nextAim(input);
    case 'rollback':
      return rollbackAim(input);
    case 'emergency':
      return emergencyAim(input);
  }
}

const aim = (
  record: RotationRecord | null,
  state: RotationState,
  mode: RotationMode,
  more: Partial<Aim> = {},
): Aim => ({ is: 'aim', record, state, mode, needsGate: true, isBack: false, ...more });

/** A rotation that was begun and did not get as far as `staged`, or was undone: its version is used again. */
const resumable = ({ view: { record }, inUse }: AimInput): RotationRecord | null =>
  record?.state === 'idle' && record.from === inUse ? record : null;

function startAim(input: AimInput): Aim | Refusal {
  const { record } = input.view;
  // The same command again, after an interruption, finishes what it began.
  const first = input.isCutover ? 'promoted' : 'staged';
  if (isOpen(record) && input.isPending && record.state === first && !isRolledBack(record))
    return aim(record, record.state, record.mode, { needsGate: false });
  if (isOpen(record))
    return refuse(
      'open-rotation',
      `Rotation ${record.id} is open: it is ${record.state}, from version ${record.from} to version ${record.to}`,
      'Continue with `jwtcheck rotate next`, or undo a step with `jwtcheck rotate rollback`.',
    );
  return input.isCutover
    ? aim(resumable(input), 'promoted', 'cutover')
    : aim(resumable(input), 'staged', 'overlap');
}

const following = {
  staged: 'promoted',
  promoted: 'revoked',
  revoked: 'finished',
  finished: 'finished',
} as const satisfies Record<Exclude<RotationState, 'idle'>, RotationState>;

function nextAim({ view: { record }, isPending, isCutover }: AimInput): Aim | Refusal | Nothing {
  if (record === null || (record.state === 'idle' && !isPending))
    return refuse('no-rotation', 'No rotation is open', 'Begin one with `jwtcheck rotate start`.');
  const { state, mode } = record;
  if (isCutover && mode !== 'cutover')
    return refuse(
      'wrong-mode',
      `Rotation ${record.id} was not started with --cutover`,
      'Leave the flag out, or undo the rotation with `jwtcheck rotate rollback` and start again.',
    );
  if (isPending) return aim(record, state, mode, { needsGate: false });
  if (state === 'idle' || state === 'finished')
    return { is: 'done', message: `Rotation ${record.id} is finished: nothing is left to do` };
  return aim(record, following[state], mode);
}

function rollbackAim({ view: { record, versions }, isPending }: AimInput): Aim | Refusal {
  if (record === null || (record.state === 'idle' && !isPending))
    return refuse(
      'nothing-to-undo',
      'No rotation is open, so there is nothing to undo',
      'See `jwtcheck rotate plan`.',
    );
  const { state, mode, from } = record;
  if (mode === 'emergency')
    return refuse(
      'key-has-leaked',
      `Version ${from} has leaked: it is not brought back`,
      'If the new key is bad as well, run `jwtcheck rotate next` until the rotation is finished, then `jwtcheck rotate emergency` again.',
    );
  if (isPending && isRolledBack(record)) return aim(record, state, mode, { needsGate: false, isBack: true });
  const old = versions.find(({ number }) => number === from)?.state;
  if (old !== 'ENABLED')
    return refuse(
      'already-disabled',
      `Version ${from} is ${old === undefined ? 'gone' : old.toLowerCase()}: services could not read it again`,
      old === 'DISABLED'
        ? `To use that key again, enable version ${from}, then run the command again.`
        : 'Start another rotation with `jwtcheck rotate start`.',
    );
  const before = {
    idle: 'idle',
    staged: 'idle',
    promoted: mode === 'cutover' ? 'idle' : 'staged',
    revoked: 'promoted',
    finished: 'revoked',
  } as const;
  return aim(record, before[state], mode, { isBack: true });
}

function emergencyAim(input: AimInput): Aim | Nothing {
  const { record } = input.view;
  const state = 'revoked';
  const isUnderWay = record?.mode === 'emergency' && record.state === state;
  if (isUnderWay && !input.isPending)
    return {
      is: 'done',
      message: `Version ${record.from} is revoked already; \`jwtcheck rotate next\` finishes once no service accepts it`,
    };
  const isBetween = record?.state === 'staged' || record?.state === 'promoted';
  const goesOn = isUnderWay || isBetween ? record : resumable(input);
  return aim(goesOn, state, 'emergency', { needsGate: false });
}
