import type { FindingCode } from '../../finding-codes.js';
import { linesOfSteps } from '../../judge/remedy-steps.js';
import type { Finding, Report, ReportAttempt, ReportParticipant } from '../../model.js';
import { sanitizeAndTruncate } from '../text/sanitize.js';
import { toleratedIn } from './open-rotation.js';
import type { ParticipantState, ParticipantStatus } from './participant-status.js';
import { type Status, severityStatus } from './status.js';
import { everyAnswer } from './token-answers.js';
import { columnKey, type TokenColumn, type TokenRow, type TokenTable, validAccepted } from './token-table.js';

/** `inconclusive`: the check gave no clear result. `skipped`: a result was not required. */
export type Outcome = 'passed' | 'failed' | 'inconclusive' | 'skipped';

/** One check, for formats that know tests. Texts are escaped for terminals and on one line. */
export interface Check {
  readonly name: string;
  readonly outcome: Outcome;
  /** Why it did not pass; empty if it did. */
  readonly message: string;
  /** The problem in one word: the code of a finding or of an error, or the state. */
  readonly kind: string;
  /** Further facts, a line each. */
  readonly details: readonly string[];
  readonly ms: number;
}

/** The checks of one participant; the first suite is of the environment as a whole. */
export interface Suite {
  readonly name: string;
  /** `null` for the environment. */
  readonly participant: ReportParticipant | null;
  readonly checks: readonly Check[];
}

const nameColumns = 120;
const textColumns = 400;
const mostFindings = 50;

/** A finding in lines: its message, and its remedy. */
function linesOf({ severity, code, message, steps }: Finding): string[] {
  const fix = linesOfSteps(steps).filter((line) => line.trim() !== '');
  return [
    `${severity} ${sanitizeAndTruncate(code, nameColumns)}: ${sanitizeAndTruncate(message, textColumns)}`,
    ...fix.map(
      (line, index) =>
        `${index === 0 ? 'fix:' : '    '} ${sanitizeAndTruncate(line.trimEnd(), 2 * textColumns)}`,
    ),
  ];
}

/** The parts of a view that the checks are made of. */
export interface CheckedParts {
  readonly report: Report;
  readonly headline: string;
  readonly participants: readonly ParticipantStatus[];
  readonly tokens: TokenTable;
  /** The worst first. */
  readonly findings: readonly Finding[];
}

/** Every check of a report, by participant. */
export function suitesOf(parts: CheckedParts): Suite[] {
  const { report, participants, tokens: table } = parts;
  const rows = grouped(table.rows, (row) => [row.participant]);
  const findings = grouped(parts.findings, (finding) => finding.participants);
  return [
    {
      name: sanitizeAndTruncate(report.environment, nameColumns),
      participant: null,
      checks: [verdictCheck(parts)],
    },
    ...participants.map((point) => {
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

/** Fails whenever the exit code is not 0, so that a consumer that counts tests comes to the same conclusion. */
function verdictCheck({ report, headline, findings }: CheckedParts): Check {
  const { exitCode, verdict, durationMs } = report;
  const outcome =
    exitCode === 0 ? 'passed' : verdict === 'inconclusive' && exitCode !== 1 ? 'inconclusive' : 'failed';
  const shown = findings.slice(0, mostFindings);
  const rest = findings.length - shown.length;
  return {
    name: 'verdict',
    outcome,
    message: outcome === 'passed' ? '' : headline,
    kind: verdict,
    details: [...shown.flatMap(linesOf), ...(rest === 0 ? [] : [`and ${rest} more findings`])],
    ms: durationMs,
  };
}

/** The finding that says why a state is bad, and the message if no finding names a cause. */
const failures: Partial<Readonly<Record<ParticipantState, readonly [code: FindingCode, message: string]>>> = {
  split: ['replicas-disagree', 'its replicas hold different secrets'],
  'other-key': ['fingerprint-not-in-use', 'it signs tokens with another key than it shows'],
  published: ['published-default', 'its secret is published'],
  exposed: ['secret-exposed', 'its secret is exposed'],
  shared: ['shared-across-environments', 'its secret is used in another environment'],
};

function secretCheck({ participant, status, state }: ParticipantStatus, report: Report): Check {
  const { fingerprint, error, required, source } = participant;
  const check = (outcome: Outcome, kind: string, message: string): Check => ({
    name: source === null ? 'agrees' : 'fingerprint',
    outcome,
    kind,
    message: sanitizeAndTruncate(message, textColumns),
    details: [],
    ms: participant.latencyMs ?? 0,
  });
  if (status === 'ok') return check('passed', state, '');
  if (state === 'lagging') return check('skipped', state, hasTime);
  if (status === 'bad') {
    const failure = failures[state];
    if (failure !== undefined) return check('failed', ...failure);
    const right = report.reference?.fingerprint ?? null;
    const holds = fingerprint === null ? 'it holds another secret' : `fingerprint ${fingerprint}`;
    const instead = right === null ? ', unlike the majority' : `, not ${right}`;
    return check('failed', 'fingerprint-mismatch', `${holds}${instead}`);
  }
  const why = error === null ? 'it is unknown whether it agrees' : error.message;
  const kind = error === null ? 'unknown' : error.code;
  return required ? check('inconclusive', kind, why) : check('skipped', kind, `${why}; it is optional`);
}

function tokenChecks(row: TokenRow, table: TokenTable, point: ParticipantStatus, report: Report): Check[] {
  // Most rows are as they should be, and need no answers.
  const isOdd = (attempt: ReportAttempt): boolean => attempt.result !== attempt.expected;
  const answers = row.attempts.some(isOdd) ? everyAnswer(row, table) : [];
  const acceptsValid = validAccepted(table.columns, row.cells);
  return table.columns.flatMap((column): Check[] => {
    const cell = row.cells.get(column.key);
    if (cell === undefined) return [];
    const presented = row.attempts.flatMap((attempt, index) =>
      columnKey(attempt) === column.key ? [{ attempt, answer: answers[index] ?? '' }] : [],
    );
    const attempts = presented.map(({ attempt }) => attempt);
    const odd = presented.filter(({ attempt }) => isOdd(attempt));
    const outcome = tokenOutcome(cell.status, column, attempts, { acceptsValid, point, report });
    return [
      {
        name: named(row.probe, column),
        outcome: outcome.is,
        message:
          outcome.is === 'passed'
            ? ''
            : outcome.because || sanitizeAndTruncate(odd[0]?.answer ?? cell.word, textColumns),
        kind: outcome.is === 'failed' ? wrongToken(column) : cell.state,
        details: odd.slice(0, 20).map(({ answer }) => answer),
        ms: attempts.reduce((sum, attempt) => sum + attempt.latencyMs, 0),
      },
    ];
  });
}

const hasTime = 'a rotation is open: it has time to follow';

const wrongToken = ({ kind, name }: TokenColumn): string =>
  kind === 'genuine'
    ? 'rejects-valid-token'
    : name === 'retired'
      ? 'accepts-retired-key'
      : `accepts-${name}-token`;

function named(probe: string, { kind, name }: TokenColumn): string {
  const what =
    kind === 'genuine'
      ? `accepts tokens of ${sanitizeAndTruncate(name, nameColumns)}`
      : `rejects ${name} tokens`;
  return `${sanitizeAndTruncate(probe, nameColumns)}: ${what}`;
}

function tokenOutcome(
  status: Status,
  column: TokenColumn,
  attempts: readonly ReportAttempt[],
  { acceptsValid, point, report }: { acceptsValid: boolean; point: ParticipantStatus; report: Report },
): { is: Outcome; because: string } {
  if (status === 'bad') return { is: 'failed', because: '' };
  if (attempts.some(toleratedIn(report))) return { is: 'skipped', because: hasTime };
  if (
    column.kind === 'genuine' &&
    (column.right === false || attempts.every((a) => a.expected === 'rejected'))
  )
    return { is: 'skipped', because: 'signed with another secret: any answer may be right' };
  if (status === 'ok') return { is: 'passed', because: '' };
  if (column.kind === 'control' && acceptsValid)
    return {
      is: 'skipped',
      because: 'no clear answer: counts as rejected, because the valid token was accepted',
    };
  const isUnanswered = attempts.every((attempt) => attempt.status === null && attempt.closeCode === null);
  return !point.participant.required && (isUnanswered || report.verdict === 'consistent')
    ? { is: 'skipped', because: 'no answer, but it is optional' }
    : { is: 'inconclusive', because: '' };
}

/**
 * The findings that name a participant go with the first of its checks that did not pass, and every check that failed
 * because of its secret names the cause, if one is proved.
 */
function explained(checks: readonly Check[], findings: readonly Finding[]): Check[] {
  const first = checks.findIndex(({ outcome }) => outcome === 'failed' || outcome === 'inconclusive');
  return checks.map((check, index) => {
    const cause = check.outcome === 'failed' ? causeOf(check.kind, findings) : undefined;
    const caused =
      cause === undefined
        ? check
        : {
            ...check,
            kind: sanitizeAndTruncate(cause.code, nameColumns),
            message: sanitizeAndTruncate(cause.message, textColumns),
            details: [check.message, ...check.details],
          };
    return index === first
      ? { ...caused, details: [...caused.details, ...findings.slice(0, mostFindings).flatMap(linesOf)] }
      : caused;
  });
}

function causeOf(kind: string, findings: readonly Finding[]): Finding | undefined {
  if (effects.has(kind))
    return findings.find(({ code, severity }) => severityStatus[severity] === 'bad' && !noCauses.has(code));
  return badSecrets.has(kind) ? findings.find(({ code }) => code === kind) : undefined;
}

/** Findings that describe an effect, without its cause. */
const effectCodes: readonly FindingCode[] = [
  'fingerprint-mismatch',
  'rejects-valid-token',
  'replicas-disagree',
];
const effects: ReadonlySet<string> = new Set(effectCodes);

/** Findings about a secret that is the right one, and must not be used nevertheless. */
const badSecrets: ReadonlySet<string> = new Set<FindingCode>([
  'published-default',
  'secret-exposed',
  'shared-across-environments',
]);

/** Findings that explain no difference: effects, and problems of their own. */
const noCauses: ReadonlySet<FindingCode> = new Set([
  ...effectCodes,
  'accepts-forged-token',
  'accepts-missing-token',
  'accepts-expired-token',
  'accepts-unsigned-token',
  'accepts-tampered-token',
  'accepts-retired-key',
  'weak-secret',
  'shared-across-environments',
  'secret-exposed',
]);
