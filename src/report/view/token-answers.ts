import type { ReportAttempt } from '../../model.js';
import { formatLatency } from '../../schema/duration.js';
import { sanitizeAndTruncate } from '../text/sanitize.js';
import { answerKey } from './answer-key.js';
import { columnKey, type TokenColumn, type TokenRow, type TokenTable } from './token-table.js';

const nameColumns = 32;
const answerColumns = 200;

/** So many different answers of one probe are told. */
const mostAnswers = 3;

function answerOf(attempt: ReportAttempt): string {
  if (attempt.detail !== '') return sanitizeAndTruncate(attempt.detail, answerColumns);
  if (attempt.closeCode !== null) return `closed with ${attempt.closeCode}`;
  return attempt.status === null ? attempt.result : `status ${attempt.status}`;
}

/** `signed by a, b; forged`. */
function whose(columns: readonly TokenColumn[]): string {
  const signers = columns
    .filter(({ kind }) => kind === 'genuine')
    .map(({ name }) => sanitizeAndTruncate(name, nameColumns));
  const controls = columns.filter(({ kind }) => kind === 'control').map(({ name }) => name);
  return [
    ...(signers.length === 0 ? [] : [`signed by ${signers.join(', ')}`]),
    ...(controls.length === 0 ? [] : [controls.join(', ')]),
  ].join('; ');
}

/** What came back where it is not as it should be: `signed by a, b: 401 Unauthorized`. */
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
  const told = [...byAnswer.values()].map(({ answer, columns }) =>
    columns.length > 1 && columns.length === row.cells.size ? answer : `${whose(columns)}: ${answer}`,
  );
  return told.length <= mostAnswers
    ? told
    : [...told.slice(0, mostAnswers), `and ${told.length - mostAnswers} other answers (-v lists them)`];
}

/** Every attempt with all that is known of it. */
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
    const said = attempt.detail === '' ? '' : `: ${sanitizeAndTruncate(attempt.detail, answerColumns)}`;
    return `${column === undefined ? attempt.token : whose([column])}${type}: ${facts.join(', ')}${said}`;
  });
}
