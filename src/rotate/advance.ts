import type { RotationSettings } from '../config/rotation-schema.js';
import type { ExitCode } from '../model.js';
import { adopt, cameLater, type NewKey } from './adopt.js';
import { type Aim, aimOf, type Move } from './aim.js';
import { exitCodeOfGate, type Gate, type GateResult, gateAfter, gateBefore, startGate } from './gates.js';
import type { Instant } from './key-use.js';
import { isOpen, type RotationRecord, type RotationState, termsOf } from './model.js';
import { type Refusal, refusals, refuse } from './refusal.js';
import { pendingTasks, type Rollout, type Step } from './steps.js';
import { aliasesAfter, aliasesIn, changedAliases, entered, type SecretView } from './transitions.js';

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
export interface Waiting {
  readonly is: 'waiting';
  readonly gate: Extract<GateResult, { holds: false }>;
}

/** The gate that a command needs the result of; `null`: none. */
export function gateFor(command: RotateCommand, record: RotationRecord | null): Gate | null {
  switch (command) {
    case 'start':
      return startGate();
    case 'plan':
    case 'next':
    case 'status':
      return isOpen(record) ? gateAfter(record) : command === 'next' ? null : startGate();
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
  const { command, view, gate, runs } = situation;
  const { record } = view;
  const none = { steps: [], reaches: null, signsOut: [] };
  const refused = (refusal: Refusal): Plan => ({
    ...none,
    outcome: refusal,
    exitCode: refusals[refusal.reason],
  });
  if (runs !== null && record?.id !== runs)
    return refused(
      refuse(
        'other-rotation',
        `This run has worked on rotation ${runs}, and the secret now shows ${record === null ? 'none' : record.id}`,
        'Another process took over: see `jwtcheck rotate status`.',
      ),
    );
  if (command === 'status') {
    if (gate !== null && !gate.holds)
      return { ...none, outcome: { is: 'waiting', gate }, exitCode: exitCodeOfGate(gate) };
    return { ...none, outcome: { is: 'done', message: 'The next step may be taken' }, exitCode: 0 };
  }
  const move = command === 'plan' ? (isOpen(record) ? 'next' : 'start') : command;
  const inUse = inUseOf(situation);
  const isPending = record !== null && hasPending(record, situation);
  const aim = aimOf({ move, view, isCutover: situation.isCutover, isPending, inUse });
  if (aim.is === 'refused') return refused(aim);
  if (aim.is === 'done') return { ...none, outcome: aim, exitCode: 0 };
  const changed = move === 'emergency' ? null : aliasRefusal(aim, view);
  if (changed !== null) return refused(changed);
  if (aim.needsGate && gate === null && gateFor(command, record) !== null)
    return refused(refuse('not-checked', 'The gate was not checked', 'See `jwtcheck rotate status`.'));
  if (aim.needsGate && gate !== null && !gate.holds)
    return {
      ...none,
      steps: rememberMoved(aim, situation),
      outcome: { is: 'waiting', gate },
      exitCode: exitCodeOfGate(gate),
    };
  return unfold(aim, inUse, situation);
}

/**
 * The version in use. Without an alias, the reference may follow `latest`, which an interrupted start has moved: then the
 * record knows better.
 */
function inUseOf({ view: { record, aliases }, settings, inUse }: Situation): number | null {
  const names = isOpen(record) ? record.terms.aliases : settings.aliases;
  return aliases.get(names.current) ?? (record?.state === 'idle' ? record.from : inUse);
}

/** At most so many steps: more than any plan has. */
const mostSteps = 1000;

/** The steps to an aim, each from what the one before leaves behind. */
function unfold(aim: Aim, inUse: number | null, situation: Situation): Plan {
  const steps: Step[] = [];
  let { view } = situation;
  let { record } = aim;
  while (steps.length < mostSteps) {
    const next = stage({ ...aim, record }, { ...situation, view }, inUse);
    if ('is' in next)
      return {
        steps: [],
        outcome: next,
        exitCode: refusals[next.reason],
        reaches: null,
        signsOut: [],
      };
    if (next.length === 0) break;
    for (const step of next) {
      steps.push(step);
      view = viewAfter(view, step, situation.key);
      if (step.do === 'update') record = step.record;
    }
  }
  return {
    steps,
    outcome:
      steps.length === 0
        ? { is: 'done', message: `The rotation is ${aim.state} already` }
        : { is: 'ready', message: `${situation.view.record?.state ?? 'idle'} to ${aim.state}` },
    exitCode: 0,
    reaches: aim.state,
    signsOut: signedOut(aim, situation),
  };
}

/** Where both keys are accepted for a time, only tokens that are not waited for are rejected once it is over. */
function signedOut({ state, mode, isBack }: Aim, { tokenTypes, settings }: Situation): readonly string[] {
  if (isBack && mode !== 'cutover') return [];
  if (mode !== 'overlap') return tokenTypes;
  return state === 'revoked' ? tokenTypes.filter((type) => settings.drain[type] === 'reauthenticate') : [];
}

/** The next few steps; none where the aim is reached. */
function stage(aim: Aim, situation: Situation, inUse: number | null): readonly Step[] | Refusal {
  const { view, settings, key, trusts } = situation;
  const { record } = aim;
  const now = new Date(situation.now).toISOString();
  if (record !== null && record.state === aim.state) return finish(record, situation);
  const allTrusts = [...new Set([...(record?.trusts ?? []), ...trusts])];
  if (record === null || record.to === null || (record.state === 'idle' && !aim.isBack)) {
    const adopted = adopt({
      record,
      versions: view.versions,
      aliases: view.aliases,
      mode: aim.mode,
      inUse,
      key,
      trusts: allTrusts,
      terms: termsOf(settings),
      now: situation.now,
    });
    if (adopted.is !== 'version') return adopted.is === 'steps' ? adopted.steps : adopted;
    const { to, surplus } = adopted;
    // The version of a rotation that was undone is used again; its times are not.
    const times = { opened: adopted.record.times.opened };
    const ready: RotationRecord = { ...adopted.record, to, times, terms: termsOf(settings) };
    return after(surplus, enter(ready, aim, view, now, allTrusts));
  }
  // Going back and an emergency are not held up by versions that others add.
  const later = aim.isBack || aim.mode === 'emergency' ? [] : cameLater(record, view.versions);
  return 'is' in later ? later : after(later, enter(record, aim, view, now, allTrusts));
}

const after = (first: readonly Step[], then: readonly Step[] | Refusal): readonly Step[] | Refusal =>
  'is' in then ? then : [...first, ...then];

/** State and aliases move together, in one write. */
function enter(
  record: RotationRecord,
  { state, mode, isBack }: Aim,
  view: SecretView,
  now: string,
  trusts: readonly string[],
): readonly Step[] | Refusal {
  const { current, next, previous } = aliasesIn(state, record.from, record.to);
  for (const needed of [current, next, previous]) {
    const found = view.versions.find(({ number }) => number === needed)?.state;
    if (needed !== null && found !== 'ENABLED')
      return refuse(
        'disabled-version',
        `Version ${needed} is ${found === undefined ? 'gone' : found.toLowerCase()}, and services have to read it in the state ${state}`,
        found === 'DISABLED'
          ? `Enable version ${needed}, then run the command again.`
          : 'Undo the rotation with `jwtcheck rotate rollback`, or start another one.',
      );
  }
  const after = entered(record, state, now, { mode, trusts: [...trusts], isBack });
  return [{ do: 'update', why: 'state', record: after, aliases: aliasesAfter(view.aliases, state, after) }];
}

/** What is left within a state: at the end the old version is disabled, then programs run, each noted once it has run. */
function finish(record: RotationRecord, { view, settings, rollouts }: Situation): readonly Step[] | Refusal {
  if (isStillEnabled(record, view)) {
    const alias = [...view.aliases].find(([, version]) => version === record.from)?.[0];
    if (alias !== undefined)
      return refuse(
        'alias-on-retired-version',
        `The alias ${alias} stands for version ${record.from}: a service that follows it could not start once that is disabled`,
        `Move the alias ${alias} to version ${record.to}, or remove it, then run the command again.`,
      );
    return [{ do: 'disable-version', version: record.from, why: 'retired' }];
  }
  const [task] = pendingTasks(record, settings, rollouts);
  if (task === undefined) return [];
  const noted = { ...record, done: [...record.done, task.task] };
  return [
    { do: 'run', ...task },
    { do: 'update', why: 'progress', record: noted, aliases: view.aliases },
  ];
}

const isStillEnabled = ({ state, from }: RotationRecord, { versions }: SecretView): boolean =>
  state === 'finished' && versions.some(({ number, state }) => number === from && state === 'ENABLED');

const hasPending = (record: RotationRecord, { settings, rollouts, view }: Situation): boolean =>
  isStillEnabled(record, view) || pendingTasks(record, settings, rollouts).length > 0;

/** The secret after a step, as far as planning goes by it. */
export function viewAfter(view: SecretView, step: Step, key: Pick<NewKey, 'hash'>): SecretView {
  switch (step.do) {
    case 'update':
      return { ...view, record: step.record, aliases: step.aliases };
    case 'add-version':
      return {
        ...view,
        versions: [...view.versions, { number: step.expected, state: 'ENABLED', hash: key.hash }],
      };
    case 'disable-version':
      return {
        ...view,
        versions: view.versions.map((one) =>
          one.number === step.version ? { ...one, state: 'DISABLED' } : one,
        ),
      };
    case 'run':
      return view;
  }
}

/** Aliases that were moved by hand: what services read is not what the record says. */
function aliasRefusal({ record }: Aim, { aliases }: SecretView): Refusal | null {
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
