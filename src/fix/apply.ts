import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { RemedyStep, Report } from '../model.js';
import { type Action, classOf, type FixPlan, keyOfAction } from './action.js';
import { type Progress, progressOf } from './action-progress.js';
import type { Fixer } from './fixer.js';
import { planFix } from './plan-fix.js';

/** How one action ended. */
export interface ActionResult {
  readonly action: Action;
  /**
   * `fixed`: the cause is gone. `not-fixed`: it is carried out, and the cause is still there. `worse`: something else is wrong
   * since. `unknown`: the check is inconclusive since. `failed`: it was not carried out, or not to its end. `not-allowed`: no
   * consent. `not-needed`: the cause was gone before. `not-begun`: an earlier action stopped the run, or what it depends on
   * is not what was planned any more.
   */
  readonly is:
    | 'fixed'
    | 'not-fixed'
    | 'worse'
    | 'unknown'
    | 'failed'
    | 'not-allowed'
    | 'not-needed'
    | 'not-begun'
    | 'interrupted';
  readonly message: string | null;
  readonly hint: string | null;
  /** The way back. */
  readonly undo: readonly RemedyStep[];
}

/** What came of carrying out a plan. */
export interface Applied {
  readonly results: readonly ActionResult[];
  /** The last check. */
  readonly report: Report;
  /** What the last check leaves to do. */
  readonly plan: FixPlan;
}

/** The answer to an action that needs consent. */
export type Consent = 'yes' | 'no' | 'interrupted';

/** What carrying out a plan needs. */
export interface ApplyContext {
  readonly fixer: Pick<Fixer, 'check' | 'readPlanInput' | 'carryOut'>;
  readonly signal: AbortSignal;
  readonly now: () => Date;
  /** How long an action may take to show; milliseconds. */
  readonly waitMs: number;
  /** Between two checks; milliseconds. */
  readonly intervalMs: number;
  /** Asked before each action that needs consent. */
  consents(action: Action): Promise<Consent>;
  onAction(action: Action): Promise<void>;
  /** Called where it will check again. */
  onWaiting(action: Action, progress: Progress['is']): Promise<void>;
}

type Ended = Omit<ActionResult, 'action'>;

/** Results after which no other action is begun. */
export const stopping: ReadonlySet<ActionResult['is']> = new Set([
  'not-fixed',
  'worse',
  'unknown',
  'failed',
  'interrupted',
]);

/**
 * Carries out the actions of a plan, one after the other. After each, the environment is checked again, and the plan is made
 * again: the next action is begun only if nothing got worse, and if it is still part of the plan.
 * @throws JwtcheckError `ERR_INTERRUPTED` if a check is interrupted before anything was done
 */
export async function applyPlan(plan: FixPlan, before: Report, context: ApplyContext): Promise<Applied> {
  const results: ActionResult[] = [];
  let current: Current = { report: before, plan };
  const written = new Set<string>();
  let isStopped = false;
  for (const action of plan.actions) {
    if (isStopped) {
      results.push({ action, is: 'not-begun', message: null, hint: null, undo: [] });
      continue;
    }
    const planned = { action, reference: before.reference, hash: plan.hash ?? '', written };
    const { ended, after } = await one(planned, current, context);
    if (after !== null) current = after;
    results.push({ action, ...ended });
    isStopped = stopping.has(ended.is);
  }
  return { results, ...current };
}

interface Current {
  readonly report: Report;
  readonly plan: FixPlan;
}

/** An action, as the hash of the plan confirmed it. */
interface Planned {
  readonly action: Action;
  /** The reference that the plan was made for. */
  readonly reference: Report['reference'];
  readonly hash: string;
  /** Files that were written since. */
  readonly written: Set<string>;
}

async function one(
  planned: Planned,
  current: Current,
  context: ApplyContext,
): Promise<{ ended: Ended; after: Current | null }> {
  const nothing = { message: null, hint: null, undo: [] };
  if (context.signal.aborted) return { ended: { is: 'interrupted', ...nothing }, after: null };
  // As the last check would have it: an action before may have changed what it depends on.
  const key = keyOfAction(planned.action);
  const action = current.plan.actions.find((other) => keyOfAction(other) === key);
  if (action === undefined) return { ended: { is: absent(planned, current), ...nothing }, after: null };
  if (!isAsPlanned(action, planned, current)) {
    const message = 'something else changed since this plan was made';
    return {
      ended: { is: 'not-begun', message, hint: 'Run `jwtcheck fix` again.', undo: [] },
      after: null,
    };
  }
  const consent = classOf[action.do] === 'asks' ? await context.consents(action) : 'yes';
  if (consent === 'no') return { ended: { is: 'not-allowed', ...nothing }, after: null };
  if (consent === 'interrupted' || context.signal.aborted)
    return { ended: { is: 'interrupted', ...nothing }, after: null };
  await context.onAction(action);
  const end = await context.fixer.carryOut(action, planned.hash);
  if (!end.ok) {
    const is = context.signal.aborted ? 'interrupted' : 'failed';
    return { ended: { is, message: end.message, hint: end.hint, undo: [] }, after: null };
  }
  if (action.do === 'file') planned.written.add(action.path);
  const { progress, after } = await settle(action, current.report, context);
  const message = end.wrote === '' ? null : `wrote ${end.wrote}`;
  const ended = endedBy(progress, message);
  // A restart that did what it should leaves nothing to go back to.
  const undo = ended.is === 'fixed' && action.do === 'rollout' ? [] : end.undo;
  return { ended: { ...ended, undo }, after };
}

/** The participants that an action is to bring to the secret of the reference. */
const concernedBy = (action: Action): readonly string[] =>
  action.do === 'new-version' ? action.holders : [action.participant];

/** An action that is not planned any more, because its cause is gone or unknown. */
const absent = ({ action }: Planned, { plan, report }: Current): ActionResult['is'] => {
  const isLeft =
    plan.refusal !== null ||
    report.findings.some(
      ({ code, participants }) =>
        code === action.cause && concernedBy(action).some((name) => participants.includes(name)),
    );
  return isLeft ? 'not-begun' : 'not-needed';
};

/** Whether only what this run wrote itself is different. */
function isAsPlanned(action: Action, { action: planned, reference, written }: Planned, { report }: Current) {
  const { fingerprint, version } = report.reference ?? {};
  if (fingerprint !== reference?.fingerprint || version !== reference?.version) return false;
  const isOwnFile = action.do === 'file' && planned.do === 'file' && written.has(action.path);
  return isDeepStrictEqual(action, isOwnFile ? { ...planned, identity: action.identity } : planned);
}

function endedBy(progress: Progress | null, wrote: string | null): Omit<Ended, 'undo'> {
  const joined = (text: string): string => (wrote === null ? text : `${text}; ${wrote}`);
  switch (progress?.is) {
    case undefined:
      return {
        is: 'interrupted',
        message: joined('interrupted before it was checked again'),
        hint: 'See `jwtcheck check`.',
      };
    case 'fixed':
      return { is: 'fixed', message: wrote, hint: null };
    case 'unchanged':
      return {
        is: 'not-fixed',
        message: joined('the finding is still there'),
        hint: 'See `jwtcheck check`.',
      };
    case 'unknown':
      return {
        is: 'unknown',
        message: joined('the check is inconclusive since'),
        hint: 'See `jwtcheck check`.',
      };
    case 'worse':
      return {
        is: 'worse',
        message: joined(progress?.is === 'worse' ? progress.what : ''),
        hint: 'It got worse: nothing else is done. See `jwtcheck check`, and go back if this action is the cause.',
      };
  }
}

/** Checks until the cause is gone, or the time for that is over. `progress`: `null` if it was interrupted. */
async function settle(
  action: Action,
  before: Report,
  { fixer, signal, now, waitMs, intervalMs, onWaiting }: ApplyContext,
): Promise<{ progress: Progress | null; after: Current | null }> {
  const end = now().getTime() + waitMs;
  for (;;) {
    const report = signal.aborted ? null : await fixer.check().catch(interruptedOnly(signal));
    if (report === null) return { progress: null, after: null };
    const progress = progressOf(before, report, action, concernedBy(action));
    const left = end - now().getTime();
    if (progress.is === 'fixed' || action.do === 'file' || left <= 0) {
      const known = await fixer.readPlanInput(report);
      return { progress, after: { report, plan: planFix(report, known) } };
    }
    await onWaiting(action, progress.is);
    await delay(Math.min(intervalMs, Math.max(1, left)), undefined, { signal }).catch(() => {});
  }
}

const interruptedOnly =
  (signal: AbortSignal) =>
  (error: unknown): null => {
    if (signal.aborted) return null;
    throw error;
  };
