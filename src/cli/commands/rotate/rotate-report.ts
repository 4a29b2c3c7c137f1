import type { RotationSettings } from '../../../config/rotation-schema.js';
import type { ExitCode, RemedyStep } from '../../../model.js';
import { versionCommand } from '../../../observe/sources/google/stored-secret.js';
import type { Status } from '../../../report/view/status.js';
import { isConsistent } from '../../../rotate/conditions.js';
import { commandLine, describeSteps, type StepText } from '../../../rotate/describe-steps.js';
import type { GateResult } from '../../../rotate/gate.js';
import type { RotationResult, RotationRun } from '../../../rotate/rotation-context.js';
import type { Plan, RotateCommand } from '../../../rotate/rotation-plan.js';
import { type Rollout, type Step, tasksOf } from '../../../rotate/steps.js';
import { aliasesIn, isOpen, type RotationRecord, rotationStates } from '../../../rotation/rotation-record.js';
import { formatDuration } from '../../../schema/duration.js';
import { shellWord } from '../../../schema/shell-quote.js';
import { longestWaitMs } from './actions.js';
import { gateSentence, nextCommand, stateSentence, undoCommand } from './next-step.js';
import { type NotesInput, notesOf } from './notes.js';

/** All that a format of `jwtcheck rotate` shows. */
export interface RotationReport {
  readonly command: RotateCommand;
  readonly isApplied: boolean;
  readonly environment: string;
  /** Name of the secret, fit to be shown. */
  readonly target: string;
  readonly emulators: readonly string[];
  readonly headline: { readonly status: Status; readonly word: string; readonly text: string };
  readonly record: RotationRecord | null;
  /** `false`: the state is not known. */
  readonly isRead: boolean;
  /** The state in words. */
  readonly sentence: string;
  readonly gate: GateResult | null;
  /** What the gate asks for. */
  readonly gateText: string | null;
  readonly steps: {
    readonly done: readonly StepText[];
    /** What a dry run would do, or what was not done. */
    readonly planned: readonly StepText[];
    readonly foreseen: readonly StepText[];
  };
  /** What the later steps of a rotation that has not begun run and write. */
  readonly later: readonly StepText[];
  /** Participants that are trusted without proof. */
  readonly trusted: readonly string[];
  /** The steps whose texts are `steps.planned`. */
  readonly plannedSteps: readonly Step[];
  readonly signsOut: readonly string[];
  readonly undo: string | null;
  readonly notes: readonly RemedyStep[];
  readonly next: { readonly command: string; readonly does: string } | null;
  readonly result: RotationResult;
  readonly exitCode: ExitCode;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** The result of a run, and what it was about. */
interface ReportInput extends NotesInput {
  readonly environment: string;
  /** Flags that select this environment and configuration again, with a space before each; may be empty. */
  readonly selection: string;
  readonly target: string;
  readonly emulators: readonly string[];
  /** The aliases before anything was written. */
  readonly aliases: ReadonlyMap<string, number>;
  readonly settings: RotationSettings;
  readonly rollouts: readonly Rollout[];
}

/** Everything that is shown of a result, put into words once for all formats. */
export function reportOf(input: ReportInput): RotationReport {
  const { run, result, environment, target, emulators, label, now } = input;
  const { view, plan, gate, stop, missing, done } = result;
  const record = view?.record ?? null;
  const isDone = run.apply && stop === null && missing.length === 0 && plan?.outcome.is === 'ready';
  const doneLines = describeSteps(done, input.aliases, label);
  const isDry = !run.apply || missing.length > 0;
  const next = nextOf(input, isDone);
  const planned = plan?.outcome.is !== 'ready' ? [] : isDry ? plan.steps : result.left;
  return {
    command: run.command,
    isApplied: run.apply,
    environment,
    target,
    emulators,
    headline: headlineOf(input),
    record,
    isRead: view !== null,
    sentence: stateSentence(record),
    gate,
    gateText: gate === null ? null : gateSentence(result.gateRecord, run.command === 'rollback'),
    later: isOpen(record) || (run.command !== 'plan' && run.command !== 'start') ? [] : laterLines(input),
    steps: {
      done: doneLines,
      planned: describeSteps(planned, view?.aliases ?? new Map(), label),
      foreseen: describeSteps(result.foreseen, view?.aliases ?? new Map(), label),
    },
    trusted: [...new Set([...(gate?.trusted ?? []), ...(isOpen(record) ? record.trusts : [])])],
    plannedSteps: planned,
    signsOut: plan?.signsOut ?? [],
    undo: selecting(undoOf(input, isDone), input.selection),
    notes: notesOf(input),
    next: next === null ? null : { ...next, command: selecting(next.command, input.selection) },
    result,
    exitCode: result.exitCode,
    now,
  };
}

/** A command of jwtcheck with the flags by which the present environment was selected: without them, it may mean another one. */
function selecting<Command extends string | null>(command: Command, selection: string): Command | string {
  return command?.startsWith('jwtcheck ') === true ? `${command}${selection}` : command;
}

function nextOf(
  { run, result: { plan, view, gate, stop, left }, now }: ReportInput,
  isDone: boolean,
): RotationReport['next'] {
  const record = view?.record ?? null;
  if (plan === null || stop?.is === 'conflict')
    return { command: 'jwtcheck rotate status', does: 'shows where the rotation stands' };
  const isCutShort = stop?.is === 'interrupted' && left.length > 0 && isOpen(record);
  if (stop?.is === 'program' || isCutShort || isUnfinished(run, plan))
    return { command: 'jwtcheck rotate next --apply', does: 'runs what is left of this step' };
  if (!isDone && stop === null && plan.outcome.is === 'ready') return applyCommand(run);
  if (isDone && run.command === 'rollback' && isOpen(record))
    return { command: 'jwtcheck rotate status', does: 'shows where the rotation stands' };
  if (plan.outcome.is === 'waiting' && isOpen(record) && gate !== null && !gate.holds && !gate.refuted)
    return laterStep(run.command === 'rollback' ? 'rollback' : 'next', gate, now);
  if (plan.outcome.is === 'waiting' && !isOpen(record)) return beforeStart(run, gate);
  return nextCommand(record);
}

/** A check explains only what a check found; what is missing in the configuration is already named. */
function beforeStart(run: RotationRun, gate: GateResult | null): { command: string; does: string } {
  const isForCheck =
    gate === null || gate.holds || gate.waitingFor.some(({ condition }) => condition === isConsistent.name);
  return isForCheck
    ? { command: 'jwtcheck check', does: 'says more about what is wrong' }
    : {
        command: rotateCommand(run, 'plan'),
        does: 'shows whether the rotation may begin, once what the gate names is done',
      };
}

/** The same step, with a wait that is long enough for what only takes time; a longer one than `--wait` allows is left to the reader. */
function laterStep(
  command: 'next' | 'rollback',
  { waitingFor }: Extract<GateResult, { holds: false }>,
  now: number,
): { command: string; does: string } {
  const left = Math.max(0, ...waitingFor.map(({ until = now }) => until - now));
  const line = `jwtcheck rotate ${command} --apply`;
  if (left >= longestWaitMs) return { command: line, does: `is possible in ${formatDuration(left)}` };
  return {
    command: `${line} --wait ${Math.floor(left / 3_600_000) + 1}h`,
    does: 'keeps checking, and takes the step as soon as the gate holds',
  };
}

/** Whether programs of the last step are left to run, which `status` says. */
const isUnfinished = (run: RotationRun, { outcome, exitCode }: Plan): boolean =>
  run.command === 'status' && outcome.is === 'done' && exitCode === 3;

/** What the steps after the next one do, so that a team can read all of it before it begins. */
function laterLines({ settings, rollouts, result: { plan }, label }: ReportInput): StepText[] {
  const record = plan?.steps.findLast((step) => step.do === 'update')?.record;
  if (record === undefined || record.to === null) return [];
  const states = rotationStates.slice(rotationStates.indexOf(record.state) + 1);
  return states.map((state) => {
    const { current, next, previous } = aliasesIn(state, record.from, record.to);
    const names = record.terms.aliases;
    const aliases = [
      [names.current, current],
      [names.next, next],
      [names.previous, previous],
    ].flatMap(([name, version]) => (version === null ? [] : [`${name} = ${version}`]));
    const programs = tasksOf({ ...record, state }, settings, rollouts).map(
      ({ argv }) => `run ${commandLine(argv, label)}`,
    );
    const disabled = state === 'finished' ? [`disable version ${record.from}`] : [];
    return {
      title: `Enter the state ${state}`,
      details: [`aliases: ${aliases.join(', ')}`, ...disabled, ...programs],
    };
  });
}

const applyCommand = (run: RotationRun): { command: string; does: string } => ({
  command: rotateCommand(run, run.command === 'plan' ? 'start' : run.command, ' --apply'),
  does: 'carries this out',
});

/** A command of `jwtcheck rotate` with the choices of this run. */
const rotateCommand = ({ isCutover, trusts }: RotationRun, command: RotateCommand, apply = ''): string =>
  [
    `jwtcheck rotate ${command}${isCutover ? ' --cutover' : ''}${apply}`,
    ...trusts.map((name) => `--trust ${shellWord(name) ?? 'NAME'}`),
  ].join(' ');

function headlineOf({ run, result }: ReportInput): RotationReport['headline'] {
  const { stop, missing, plan, view } = result;
  const unknown = (word: string, text: string) => ({ status: 'unknown' as const, word, text });
  const bad = (word: string, text: string) => ({ status: 'bad' as const, word, text });
  const ok = (word: string, text: string) => ({ status: 'ok' as const, word, text });
  if (missing.length > 0)
    return bad(
      'STOPPED',
      `nothing was written: missing ${missing.length === 1 ? 'permission' : 'permissions'} ${missing.join(', ')}`,
    );
  if (stop !== null)
    return stop.is === 'not-read' ? unknown('UNKNOWN', stop.message) : bad('STOPPED', stop.message);
  if (plan === null) return unknown('UNKNOWN', 'the secret could not be read');
  const { outcome } = plan;
  const state = view?.record?.state ?? 'idle';
  switch (outcome.is) {
    case 'refused':
      return plan.exitCode === 3 ? unknown('NOT YET', outcome.message) : bad('REFUSED', outcome.message);
    case 'waiting':
      return outcome.gate.refuted
        ? bad('REFUTED', `${state}: the next step is not possible`)
        : unknown('NOT YET', `${state}: the next step is not possible yet`);
    case 'done':
      if (run.command !== 'status') return ok('DONE', outcome.message);
      if (isUnfinished(run, plan)) return unknown('NOT YET', outcome.message);
      return ok(
        state.toUpperCase(),
        isOpen(view?.record ?? null) ? 'the next step may be taken' : stateSentence(view?.record ?? null),
      );
    case 'ready':
      return run.apply
        ? ok('DONE', `the rotation ${state === 'idle' ? 'was rolled back' : `is ${state}`}`)
        : ok('READY', `${outcome.message} is possible; nothing was written (dry run)`);
  }
}

function undoOf({ run, result, source, label }: ReportInput, isDone: boolean): string | null {
  const { view, plan, missing } = result;
  const record = view?.record ?? null;
  // One step further back does not undo a step back.
  if (run.command === 'rollback') return null;
  const stored = { enable: versionCommand('enable', record?.from ?? 0, source, label) };
  if (isDone || run.command === 'status') return undoCommand(record, stored);
  const after = plan?.steps.findLast((step) => step.do === 'update')?.record ?? null;
  return plan?.outcome.is === 'ready' && missing.length === 0 ? undoCommand(after, stored) : null;
}
