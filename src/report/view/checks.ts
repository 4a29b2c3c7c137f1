import { linesOfSteps } from '../../judge/steps.js';
import type { Finding, Report, ReportAttempt, ReportParticipant } from '../../model.js';
import { bySeverity } from '../pretty/finding-blocks.js';
import { sanitizeAndTruncate } from '../text/sanitize.js';
import { headline } from './headline.js';
import { type ParticipantStatus, participantStatuses } from './participant-status.js';
import { everyAnswer } from './token-answers.js';
import {
  columnKey,
  type TokenColumn,
  type TokenRow,
  type TokenTable,
  tokenTable,
  validAccepted,
} from './token-table.js';

/** `inconclusive`: the check gave no clear result. `skipped`: a result was not required. */
export type Outcome = 'passed' | 'failed' | 'inconclusive' | 'skipped';

/** One thing that was checked, for formats that know tests. Texts are harmless and on one line. */
export interface Check {
  readonly name: string;
  readonly outcome: Outcome;
  /** Why it is not passed; empty where it is. */
  readonly message: string;
  /** What is wrong, in one word: the code of a finding, or of an error. */
  readonly kind: string;
  /** What else is known of it, a line each. */
  readonly details: readonly string[];
  readonly ms: number;
}

/** What was checked of one participant; the first one is of the environment as a whole. */
export interface Suite {
  readonly name: string;
  /** `null` for the environment. */
  readonly participant: ReportParticipant | null;
  readonly checks: readonly Check[];
}

const nameColumns = 120;
const textColumns = 400;
const mostFindings = 50;

/** A finding in lines: what it says, and what to do. */
export function linesOf({ severity, code, message, steps }: Finding): string[] {
  const fix = linesOfSteps(steps).filter((line) => line.trim() !== '');
  return [
    `${severity} ${sanitizeAndTruncate(code, nameColumns)}: ${sanitizeAndTruncate(message, textColumns)}`,
    ...fix.map(
      (line, index) =>
        `${index === 0 ? 'fix:' : '    '} ${sanitizeAndTruncate(line.trimEnd(), 2 * textColumns)}`,
    ),
  ];
}

/** Every check of a report, by participant. */
export function suitesOf(report: Report): Suite[] {
  const points = participantStatuses(report);
  const table = tokenTable(report, points);
  const rows = grouped(table.rows, (row) => [row.participant]);
  const findings = grouped(bySeverity(report.findings), (finding) => finding.participants);
  return [
    {
      name: sanitizeAndTruncate(report.environment, nameColumns),
      participant: null,
      checks: [verdictCheck(report, headline(report, points, table))],
    },
    ...points.map((point) => {
      const { name } = point.participant;
      const tokens = (rows.get(name) ?? []).flatMap((row) => tokenChecks(row, table, point, report));
      const secret =
        point.participant.source === null && tokens.length > 0 ? [] : [secretCheck(point, report)];
      return {
        name: sanitizeAndTruncate(name, nameColumns),
        participant: point.participant,
        checks: explained([...secret, ...tokens], findings.get(name) ?? []),
      };
    }),
  ];
}

function grouped<T>(items: readonly T[], keysOf: (item: T) => readonly string[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    for (const key of new Set(keysOf(item))) {
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [item]);
      else group.push(item);
    }
  }
  return groups;
}

/** Fails wherever the exit code does, so that whoever counts tests comes to the same conclusion. */
function verdictCheck(report: Report, sentence: string): Check {
  const { exitCode, verdict, findings, durationMs } = report;
  const outcome =
    exitCode === 0 ? 'passed' : verdict === 'inconclusive' && exitCode !== 1 ? 'inconclusive' : 'failed';
  const shown = bySeverity(findings).slice(0, mostFindings);
  const rest = findings.length - shown.length;
  return {
    name: 'verdict',
    outcome,
    message: outcome === 'passed' ? '' : sentence,
    kind: verdict,
    details: [...shown.flatMap(linesOf), ...(rest === 0 ? [] : [`and ${rest} more findings`])],
    ms: durationMs,
  };
}

function secretCheck({ participant, status, word }: ParticipantStatus, report: Report): Check {
  const { fingerprint, error, required, source } = participant;
  const check = (outcome: Outcome, kind: string, message: string): Check => ({
    name: source === null ? 'agrees' : 'fingerprint',
    outcome,
    kind,
    message: sanitizeAndTruncate(message, textColumns),
    details: [],
    ms: participant.latencyMs ?? 0,
  });
  if (status === 'ok') return check('passed', word, '');
  const holds = fingerprint === null ? 'it holds another secret' : `fingerprint ${fingerprint}`;
  const right = report.reference?.fingerprint ?? null;
  if (status === 'bad') {
    if (word === 'SPLIT') return check('failed', 'replicas-disagree', 'its replicas hold different secrets');
    if (word === 'OTHER KEY')
      return check('failed', 'fingerprint-not-in-use', 'it signs tokens with another key than it shows');
    const instead = right === null ? ', unlike the majority' : `, not ${right}`;
    return check('failed', 'fingerprint-mismatch', `${holds}${instead}`);
  }
  const why = error === null ? 'it is unknown whether it agrees' : error.message;
  const kind = error === null ? 'unknown' : error.code;
  return required ? check('inconclusive', kind, why) : check('skipped', kind, `${why}; it is optional`);
}

function tokenChecks(row: TokenRow, table: TokenTable, point: ParticipantStatus, report: Report): Check[] {
  // Most rows are as they should be, and need no words.
  const isOdd = (attempt: ReportAttempt): boolean => attempt.result !== attempt.expected;
  const answers = row.attempts.some(isOdd) ? everyAnswer(row, table) : [];
  const told = validAccepted(table.columns, row.cells);
  return table.columns.flatMap((column): Check[] => {
    const cell = row.cells.get(column.key);
    if (cell === undefined) return [];
    const presented = row.attempts.flatMap((attempt, index) =>
      columnKey(attempt) === column.key ? [{ attempt, answer: answers[index] ?? '' }] : [],
    );
    const attempts = presented.map(({ attempt }) => attempt);
    const odd = presented.filter(({ attempt }) => isOdd(attempt));
    const outcome = tokenOutcome(cell.status, column, attempts, { told, point, report });
    return [
      {
        name: named(row.probe, column),
        outcome: outcome.is,
        message:
          outcome.is === 'passed'
            ? ''
            : outcome.because || sanitizeAndTruncate(odd[0]?.answer ?? cell.word, textColumns),
        kind: outcome.is === 'failed' ? wrongToken(column) : cell.word,
        details: odd.slice(0, 20).map(({ answer }) => answer),
        ms: attempts.reduce((sum, attempt) => sum + attempt.latencyMs, 0),
      },
    ];
  });
}

const wrongToken = ({ kind, name }: TokenColumn): string =>
  kind === 'genuine' ? 'rejects-valid-token' : `accepts-${name}-token`;

function named(probe: string, { kind, name }: TokenColumn): string {
  const what =
    kind === 'genuine'
      ? `accepts tokens of ${sanitizeAndTruncate(name, nameColumns)}`
      : `rejects ${name} tokens`;
  return `${sanitizeAndTruncate(probe, nameColumns)}: ${what}`;
}

function tokenOutcome(
  status: ParticipantStatus['status'],
  column: TokenColumn,
  attempts: readonly ReportAttempt[],
  { told, point, report }: { told: boolean; point: ParticipantStatus; report: Report },
): { is: Outcome; because: string } {
  if (status === 'bad') return { is: 'failed', because: '' };
  if (
    column.kind === 'genuine' &&
    (column.right === false || attempts.every((a) => a.expected === 'rejected'))
  )
    return { is: 'skipped', because: 'signed with another secret: any answer may be right' };
  if (status === 'ok') return { is: 'passed', because: '' };
  if (column.kind === 'control' && told)
    return {
      is: 'skipped',
      because: 'no clear answer: counts as rejected, because the valid token was accepted',
    };
  const away = attempts.every((attempt) => attempt.status === null && attempt.closeCode === null);
  return !point.participant.required && (away || report.verdict === 'consistent')
    ? { is: 'skipped', because: 'no answer, but it is optional' }
    : { is: 'inconclusive', because: '' };
}

/**
 * The findings that name a participant go with the first of its checks that is not as it should be, and every check that
 * failed for a reason of its secret names the cause, where one is proved.
 */
function explained(checks: readonly Check[], findings: readonly Finding[]): Check[] {
  const first = checks.findIndex(({ outcome }) => outcome === 'failed' || outcome === 'inconclusive');
  const cause = findings.find(({ code, severity }) => isBad(severity) && !isNoCause(code));
  return checks.map((check, index) => {
    const caused =
      cause !== undefined && check.outcome === 'failed' && generalKinds.has(check.kind)
        ? {
            ...check,
            kind: sanitizeAndTruncate(cause.code, nameColumns),
            message: sanitizeAndTruncate(cause.message, textColumns),
            details: [check.message, ...check.details],
          }
        : check;
    return index === first
      ? { ...caused, details: [...caused.details, ...findings.slice(0, mostFindings).flatMap(linesOf)] }
      : caused;
  });
}

/** What is said where no cause is looked for. */
const generalKinds: ReadonlySet<string> = new Set([
  'fingerprint-mismatch',
  'rejects-valid-token',
  'replicas-disagree',
]);

const isBad = (severity: Finding['severity']): boolean => severity === 'error' || severity === 'critical';

/** Bad in itself and no reason for anything else, or a general code. */
const isNoCause = (code: string): boolean =>
  code.startsWith('accepts-') ||
  generalKinds.has(code) ||
  ['weak-secret', 'shared-across-environments', 'secret-exposed'].includes(code);
