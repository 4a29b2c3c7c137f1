import type { ExitCode } from '../model.js';
import { isOpen, type RotationRecord } from '../rotation/rotation-record.js';
import { type Aim, aimOf } from './aim.js';
import type { Gate } from './gate.js';
import { exitCodeOfGate, gateAfter, gateBefore, startGate } from './gates.js';
import { type Refusal, refusals, refuse } from './refusal.js';
import type { Plan, RotateCommand, Situation } from './rotation-plan.js';
import { hasPending, stepsTo } from './stages.js';
import type { Step } from './steps.js';
import { changedAliases, type SecretView } from './transitions.js';

/** The gate that a command needs the result of; `null`: none. */
export function gateFor(command: RotateCommand, record: RotationRecord | null): Gate | null {
  switch (command) {
    case 'start':
      return startGate();
    case 'plan':
    case 'next':
    case 'status':
      if (isOpen(record)) return gateAfter(record);
      return command === 'next' || (command === 'status' && record?.state === 'finished')
        ? null
        : startGate();
    case 'rollback':
      return record === null ? null : gateBefore(record);
    case 'emergency':
      return null;
  }
}

/**
 * What a command does next. Pure; applied from wherever an earlier run was interrupted, it leads to the same end: it looks
 * only at what the secret shows.
 */
export function planFor(situation: Situation): Plan {
  const { command, view, runs } = situation;
  const { record } = view;
  if (runs !== null && record?.id !== runs)
    return refused(
      refuse(
        'other-rotation',
        `This run has worked on rotation ${runs}, and the secret now shows ${record === null ? 'none' : record.id}`,
        'Another process took over: see `jwtcheck rotate status`.',
      ),
    );
  const isPending = record !== null && hasPending(record, situation);
  if (command === 'status') return status(situation, isPending);
  const move = command === 'plan' ? (isOpen(record) ? 'next' : 'start') : command;
  const inUse = inUseOf(situation);
  const aim = aimOf({ move, view, isCutover: situation.isCutover, isPending, inUse });
  if (aim.is === 'refused') return refused(aim);
  // Services would read a key that the record calls replaced: nothing is done as long as they do.
  if (aim.is === 'done') {
    const moved = aliasRefusal(record, view);
    return moved === null ? done(aim.message) : refused(moved);
  }
  const changed = move === 'emergency' ? null : aliasRefusal(aim.record, view);
  if (changed !== null) return refused(changed);
  const stopped = aim.needsGate ? waiting(situation, aim) : null;
  if (stopped !== null) return stopped;
  const steps = stepsTo(aim, inUse, situation);
  if ('is' in steps) return refused(steps);
  if (steps.length === 0) return done(`The rotation is ${aim.state} already`);
  const message = `${record?.state ?? 'idle'} to ${aim.state}`;
  const outcome = { is: 'ready', message } as const;
  return { steps, outcome, exitCode: 0, reaches: aim.state, signsOut: signedOut(aim, situation) };
}

/** Where a rotation stands. */
function status(situation: Situation, isPending: boolean): Plan {
  const { record } = situation.view;
  if (isPending)
    return {
      ...done(`The step to ${record?.state} is not finished: \`jwtcheck rotate next\` runs what is left`),
      exitCode: 3,
    };
  if (record?.state === 'finished') return done(`Rotation ${record.id} is finished`);
  return waiting(situation) ?? done('The gate holds: the next step may be taken');
}

const none = { steps: [], reaches: null, signsOut: [] };

const done = (message: string): Plan => ({ ...none, outcome: { is: 'done', message }, exitCode: 0 });

const refused = (refusal: Refusal): Plan => ({
  ...none,
  outcome: refusal,
  exitCode: refusals[refusal.reason] satisfies ExitCode,
});

/** The plan where the gate does not hold; `null` where it does. A gate that was not looked at does not hold. */
function waiting(situation: Situation, aim?: Aim): Plan | null {
  const { command, view, gate } = situation;
  if (gate === null)
    return gateFor(command, view.record) === null
      ? null
      : refused(refuse('not-checked', 'The gate was not checked', 'See `jwtcheck rotate status`.'));
  if (gate.holds) return null;
  const steps = aim === undefined ? [] : rememberMoved(aim, situation);
  return { ...none, steps, outcome: { is: 'waiting', gate }, exitCode: exitCodeOfGate(gate) };
}

/** Where both keys are accepted for a time, only tokens that are not waited for are rejected once it is over. */
function signedOut({ state, mode, isBack }: Aim, { tokenTypes, settings }: Situation): readonly string[] {
  // A cutover that is undone from its last state changes no service: they hold the new key until it is idle.
  if (isBack && (mode !== 'cutover' || state !== 'idle')) return [];
  if (mode !== 'overlap') return tokenTypes;
  return state === 'revoked' ? tokenTypes.filter((type) => settings.drain[type] === 'reauthenticate') : [];
}

/**
 * The version in use. Without an alias, the reference may follow `latest`, which an interrupted start has moved: then the
 * record knows better.
 */
function inUseOf({ view: { record, aliases }, settings, inUse }: Situation): number | null {
  const names = isOpen(record) ? record.terms.aliases : settings.aliases;
  return aliases.get(names.current) ?? (record?.state === 'idle' ? record.from : inUse);
}

/** Aliases that were moved by hand: what services read is not what the record says. */
export function aliasRefusal(record: RotationRecord | null, { aliases }: SecretView): Refusal | null {
  if (record === null || record.state === 'finished') return null;
  const changed = changedAliases(aliases, record);
  if (changed.length === 0) return null;
  const each = changed.map(
    ({ alias, actual, expected }) =>
      `${alias} stands for ${actual === null ? 'no version' : `version ${actual}`} instead of ${expected === null ? 'none' : `version ${expected}`}`,
  );
  return refuse(
    'aliases-changed',
    `Aliases were changed during the rotation: ${each.join('; ')}`,
    `Put them back (gcloud secrets update --update-version-aliases or --remove-version-aliases), then run the command again.`,
  );
}

/** Since when the issuers have moved is remembered, so that a drain need not be watched by one process. */
function rememberMoved({ record }: Aim, { gate, view }: Situation): Step[] {
  if (record === null || gate?.moved == null) return [];
  const movedAt = gate.moved.at === null ? null : new Date(gate.moved.at).toISOString();
  if (movedAt === record.movedAt) return [];
  return [{ do: 'update', why: 'progress', record: { ...record, movedAt }, aliases: view.aliases }];
}
