import type { Action, FixPlan, FixRefusal, PlannedFinding } from '../../../fix/action.js';
import { type ActionResult, type Applied, stopping } from '../../../fix/apply.js';
import { changedParts } from '../../../fix/plan-hash.js';
import { list } from '../../../judge/phrases.js';
import type { ExitCode, Report } from '../../../model.js';
import type { Status } from '../../../report/view/status.js';

/** All that a format of `jwtcheck fix` shows. */
export interface FixReport {
  readonly environment: string;
  readonly emulators: readonly string[];
  readonly isApplied: boolean;
  readonly headline: { readonly status: Status; readonly word: string; readonly text: string };
  /** Of the plan that is shown, or that was carried out. */
  readonly plan: FixPlan;
  readonly findings: readonly PlannedFinding[];
  readonly actions: readonly Action[];
  /** `null` for a dry run. */
  readonly results: readonly ActionResult[] | null;
  /** The verdict of the last check. */
  readonly verdict: Report['verdict'];
  readonly notes: readonly string[];
  readonly next: { readonly command: string; readonly does: string } | null;
  readonly exitCode: Extract<ExitCode, 0 | 1 | 3>;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

interface FixReportInput {
  readonly plan: FixPlan;
  readonly report: Report;
  /** The hash that was given; `null` for a dry run. */
  readonly given: string | null;
  /** `null`: nothing was begun. */
  readonly applied: Applied | null;
  /** Flags that select this environment and configuration again, with a space before each. */
  readonly selection: string;
  readonly now: number;
}

type Headline = FixReport['headline'];

const ok = (word: string, text: string): Headline => ({ status: 'ok', word, text });
const bad = (word: string, text: string): Headline => ({ status: 'bad', word, text });
const unknown = (word: string, text: string): Headline => ({ status: 'unknown', word, text });

/** Everything that is shown of a plan or its result, put into words once for all formats. */
export function reportOf(input: FixReportInput): FixReport {
  const { plan, report, given, applied, selection, now } = input;
  return {
    environment: plan.environment,
    emulators: [...(report.emulators ?? [])],
    isApplied: given !== null,
    headline: headlineOf(input),
    plan,
    findings: plan.findings,
    actions: plan.actions,
    results: applied?.results ?? null,
    verdict: (applied?.report ?? report).verdict,
    notes: notesOf(input),
    next: nextOf(input, selection),
    exitCode: exitCodeOf(input),
    now,
  };
}

/** Whether the plan of the given hash is not the plan of now. */
const isRefused = ({ given, applied }: FixReportInput): boolean => given !== null && applied === null;

function headlineOf(input: FixReportInput): Headline {
  const { plan, applied, given } = input;
  const { refusal, isClean, actions } = plan;
  if (applied !== null) return appliedHeadline(applied);
  if (given !== null) return bad('REFUSED', refusedText(input));
  if (isClean) return ok('NOTHING TO DO', 'the check is consistent');
  if (refusal !== null)
    return refusal.is === 'inconclusive' || refusal.is === 'rotation-unknown'
      ? unknown('UNKNOWN', refusal.message)
      : bad('REFUSED', refusal.message);
  const fixable = plan.findings.filter((one) => one.actions.length > 0 && one.reasons.length === 0).length;
  const total = fixable + plan.unfixed;
  if (actions.length === 0)
    return bad('NO ACTION', `nothing is fixed automatically: ${count(plan.unfixed, 'finding')}`);
  const would = `${count(actions.length, 'action')} would fix ${fixable} of ${count(total, 'finding')}; nothing was written (dry run)`;
  return plan.unfixed === 0 ? ok('READY', would) : bad('READY', would);
}

function appliedHeadline({ results, plan, report }: Applied): Headline {
  const stopped = results.find(({ is }) => stopping.has(is));
  if (stopped !== undefined) {
    const text = `${stopped.action.participant}: ${stopped.message ?? 'interrupted; nothing is left half done'}`;
    return stopped.is === 'unknown' ? unknown('STOPPED', text) : bad('STOPPED', text);
  }
  const done = results.filter(({ is }) => is === 'fixed').length;
  const text = `${done} of ${count(results.length, 'action')} carried out; the check is ${report.verdict}`;
  return plan.isClean ? ok('DONE', text) : bad('NOT DONE', text);
}

function refusedText({ plan, given }: FixReportInput): string {
  const { hash, refusal, isClean } = plan;
  if (refusal !== null) return `${refusal.message}; nothing was written`;
  if (isClean) return 'the check is consistent now, so there is nothing to do; nothing was written';
  if (hash === null) return 'no action would fix anything now; nothing was written';
  const parts = changedParts(given ?? '', hash);
  const what =
    parts.length === 0 ? 'the plan is another one now' : `${list(parts)} changed since this plan was made`;
  return `${what}; nothing was written`;
}

function notesOf(input: FixReportInput): string[] {
  const { plan, applied } = input;
  const results = applied?.results ?? [];
  const kinds = [...new Set(results.flatMap(({ is, action }) => (is === 'not-allowed' ? [action.do] : [])))];
  return [
    ...(plan.refusal === null || plan.isClean ? [] : [plan.refusal.hint]),
    ...new Set(results.flatMap(({ hint }) => (hint === null ? [] : [hint]))),
    ...(kinds.length === 0
      ? []
      : [
          `Not carried out without consent: ${kinds.join(', ')}. Add ${kinds.map((kind) => `--allow ${kind}`).join(' ')}, or --yes for all.`,
        ]),
  ];
}

const rotationStatus = {
  command: 'jwtcheck rotate status',
  does: 'shows where the rotation stands, and which step is possible next',
};

/** What says more where nothing is planned. */
const nextAfter: Readonly<Record<FixRefusal['is'], FixReport['next']>> = {
  inconclusive: { command: 'jwtcheck check', does: 'shows what could not be read' },
  'no-reference': null,
  'rotation-unknown': rotationStatus,
  'rotation-open': rotationStatus,
};

function nextOf(input: FixReportInput, selection: string): FixReport['next'] {
  const { plan, applied } = input;
  const current = applied?.plan ?? plan;
  if (current.hash === null) {
    const next = current.refusal === null ? null : nextAfter[current.refusal.is];
    return next === null ? null : { ...next, command: `${next.command}${selection}` };
  }
  return isRefused(input) || applied !== null
    ? { command: `jwtcheck fix${selection}`, does: 'shows the plan as it is now' }
    : { command: `jwtcheck fix${selection} --apply ${current.hash}`, does: 'carries out exactly this plan' };
}

function exitCodeOf(input: FixReportInput): FixReport['exitCode'] {
  const { plan, applied, given, report } = input;
  if (applied !== null) {
    if (applied.results.some(({ is }) => is === 'unknown')) return 3;
    if (applied.report.verdict === 'inconclusive') return 3;
    return applied.plan.isClean && applied.results.every(({ is }) => is === 'fixed' || is === 'not-needed')
      ? 0
      : 1;
  }
  if (report.verdict === 'inconclusive' || plan.refusal?.is === 'rotation-unknown') return 3;
  if (given !== null) return 1;
  return plan.isClean || (plan.refusal === null && plan.unfixed === 0) ? 0 : 1;
}

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;
