import type { ReportAttempt } from '../../model.js';
import { formatLatency } from '../../schema/duration.js';
import { sanitizeAndTruncate } from '../text/sanitize.js';
import { answerKey } from './evidence.js';
import { columnKey, type TokenColumn, type TokenRow, type TokenTable } from './token-table.js';

const nameColumns = 32;
const answerColumns = 200;

/** At most this many different answers of one probe are shown. */
const mostAnswers = 3;

function answerOf(attempt: ReportAttempt): string {
  if (attempt.detail !== '') return sanitizeAndTruncate(attempt.detail, answerColumns);
  if (attempt.closeCode !== null) return `closed with ${attempt.closeCode}`;
  return attempt.status === null ? attempt.result : `status ${attempt.status}`;
}

/** Tokens by their columns: `signed by a, b; forged`. */
function tokensOf(columns: readonly TokenColumn[]): string {
  const signers = columns
    .filter(({ kind }) => kind === 'genuine')
    .map(({ name }) => sanitizeAndTruncate(name, nameColumns));
  const controls = columns.filter(({ kind }) => kind === 'control').map(({ name }) => name);
  return [
    ...(signers.length === 0 ? [] : [`signed by ${signers.join(', ')}`]),
    ...(controls.length === 0 ? [] : [controls.join(', ')]),
  ].join('; ');
}

/** Answers that are not as they should be: `signed by a, b: 401 Unauthorized`. */
export function oddAnswers(row: TokenRow, table: TokenTable): string[] {
  if (row.status === 'ok') return [];
  const byAnswer = new Map<string, { answer: string; columns: TokenColumn[] }>();
  for (const column of table.columns) {
    const status = row.cells.get(column.key)?.status;
    if (status === undefined || status === 'ok') continue;
    for (const attempt of row.attempts) {
      if (columnKey(attempt) !== column.key || attempt.result === attempt.expected) continue;
      const answer = answerOf(attempt);
      const known = byAnswer.get(answerKey(answer)) ?? { answer, columns: [] };
      if (!known.columns.includes(column)) known.columns.push(column);
      byAnswer.set(answerKey(answer), known);
    }
  }
  const answers = [...byAnswer.values()].map(({ answer, columns }) =>
    columns.length > 1 && columns.length === row.cells.size ? answer : `${tokensOf(columns)}: ${answer}`,
  );
  return answers.length <= mostAnswers
    ? answers
    : [...answers.slice(0, mostAnswers), `and ${answers.length - mostAnswers} other answers (-v lists them)`];
}

/** Every attempt with its result, status, duration and answer. */
export function everyAnswer(row: TokenRow, table: TokenTable): string[] {
  const columns = new Map(table.columns.map((column) => [column.key, column]));
  return row.attempts.map((attempt) => {
    const column = columns.get(columnKey(attempt));
    const type = attempt.tokenType === null ? '' : `, ${sanitizeAndTruncate(attempt.tokenType, nameColumns)}`;
    const facts = [
      attempt.result,
      ...(attempt.status === null ? [] : [`status ${attempt.status}`]),
      ...(attempt.closeCode === null ? [] : [`close ${attempt.closeCode}`]),
      formatLatency(attempt.latencyMs),
    ];
    const answer = attempt.detail === '' ? '' : `: ${sanitizeAndTruncate(attempt.detail, answerColumns)}`;
    return `${column === undefined ? attempt.token : tokensOf([column])}${type}: ${facts.join(', ')}${answer}`;
  });
}
