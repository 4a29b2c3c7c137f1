import type { Report, ReportAttempt } from '../model.js';
import { label } from './escape.js';
import { count, fold, foldedLines, paintMark } from './pretty-fold.js';
import { marks, type Paint } from './pretty-paint.js';
import { milliseconds } from './pretty-participants.js';
import { type Cell, type Column, fits, layOut } from './pretty-table.js';
import type { Style } from './report.js';
import type { Standing } from './standing.js';
import {
  columnKey,
  foldSigners,
  type TokenCell,
  type TokenColumn,
  type TokenRow,
  type TokenTable,
} from './tokens.js';
import { hang } from './wrap.js';

const nameColumns = 32;
const probeColumns = 20;

function rowName(row: TokenRow): string {
  return `  ${marks[row.standing]} ${label(row.participant, nameColumns)}`;
}

/** Without colour where it does not matter: tokens of a wrong secret may be refused or, by its likes, accepted. */
function paintedCell(cell: TokenCell | undefined, column: TokenColumn, paint: Paint): Cell {
  if (cell === undefined) return { text: '-', brush: paint.faint };
  const indifferent = column.kind === 'genuine' && column.right === false;
  return { text: cell.word, brush: indifferent ? undefined : paint.standing[cell.standing] };
}

/** What came back, for what is not as it should be; verbosely, for every attempt. */
function answers(row: TokenRow, table: TokenTable, style: Style): string[] {
  const whose = (attempt: ReportAttempt): string =>
    attempt.token === 'genuine'
      ? `signed by ${label(attempt.minter ?? 'unknown', nameColumns)}`
      : attempt.token;
  const answer = (attempt: ReportAttempt): string => {
    if (attempt.detail !== '') return label(attempt.detail, 200);
    if (attempt.closeCode !== null) return `closed with ${attempt.closeCode}`;
    return attempt.status === null ? attempt.result : `status ${attempt.status}`;
  };
  if (style.verbose) {
    return row.attempts.map((attempt) => {
      const type = attempt.tokenType === null ? '' : `, ${label(attempt.tokenType, nameColumns)}`;
      const facts = [
        attempt.result,
        ...(attempt.status === null ? [] : [`status ${attempt.status}`]),
        ...(attempt.closeCode === null ? [] : [`close ${attempt.closeCode}`]),
        milliseconds(attempt.latencyMs),
      ];
      const said = attempt.detail === '' ? '' : `: ${label(attempt.detail, 200)}`;
      return `${whose(attempt)}${type}: ${facts.join(', ')}${said}`;
    });
  }
  if (row.standing === 'fine') return [];
  const odd = new Set<string>();
  for (const column of table.columns) {
    const standing = row.cells.get(column.key)?.standing;
    if (standing === 'wrong' || standing === 'unclear') odd.add(column.key);
  }
  const told = row.attempts
    .filter((attempt) => odd.has(columnKey(attempt)) && attempt.result !== attempt.expected)
    .map((attempt) => `${whose(attempt)}: ${answer(attempt)}`);
  return [...new Set(told)].slice(0, 3);
}

function headed(column: TokenColumn): Column {
  return { header: label(column.name, nameColumns), ...(column.kind === 'genuine' ? { shrinkTo: 10 } : {}) };
}

/** The line above the columns' names, which says what the columns have in common. */
function superHeader(table: TokenTable, offsets: readonly number[], paint: Paint, columns: number): string {
  const genuine = table.columns.findIndex((column) => column.kind === 'genuine');
  const control = table.columns.findIndex((column) => column.kind === 'control');
  let line = paint.heading('TOKENS');
  let width = 'TOKENS'.length;
  for (const [index, texts] of [
    [genuine, ['signed by']],
    [control, ['must be refused', 'bad ones']],
  ] as const) {
    const offset = offsets[index + 2];
    const text = texts.find((some) => (offset ?? columns) + some.length <= columns);
    if (index < 0 || offset === undefined || offset <= width || text === undefined) continue;
    line += `${' '.repeat(offset - width)}${paint.faint(text)}`;
    width = offset + text.length;
  }
  return line;
}

/** The same without a grid, for narrow terminals: `REFUSED: signed by a, b`. */
function listed(row: TokenRow, table: TokenTable, paint: Paint, style: Style): string[] {
  const title = hang(
    `  ${marks[row.standing]} `,
    `${label(row.participant, nameColumns)} ${label(row.probe, probeColumns)}`,
    style.columns,
  );
  const byWord = new Map<string, { standing: Standing; names: string[] }>();
  for (const column of table.columns) {
    const cell = row.cells.get(column.key);
    if (cell === undefined) continue;
    const entry = byWord.get(cell.word) ?? { standing: cell.standing, names: [] };
    const name = label(column.name, nameColumns);
    entry.names.push(column.kind === 'genuine' ? `signed by ${name}` : name);
    byWord.set(cell.word, entry);
  }
  const words = [...byWord].flatMap(([word, { standing, names }]) =>
    hang('    ', `${word}: ${names.join(', ')}`, style.columns).map((line, index) =>
      index === 0
        ? `    ${paint.standing[standing](line.slice(4, 4 + word.length))}${line.slice(4 + word.length)}`
        : line,
    ),
  );
  return [
    ...title.map((line, index) => (index === 0 ? paintMark(line, paint.standing[row.standing]) : line)),
    ...words,
  ];
}

function sentence(standing: Standing, probes: number): string {
  const many = `${count(probes)} other probes`;
  if (standing === 'fine') return `${many} take and refuse what they should`;
  return standing === 'wrong' ? `${many} do not` : `${many} gave no clear answer`;
}

/** Who accepts whose tokens on which probe, and whether bad ones are refused. */
export function tokenLines(report: Report, whole: TokenTable, paint: Paint, style: Style): string[] {
  if (report.attempts.length === 0) return [];
  const table = style.verbose ? whole : foldSigners(whole);
  const { shown, hidden } = fold(table.rows, style);
  const columns: Column[] = [
    { header: '', shrinkTo: 14 },
    { header: '', shrinkTo: 9 },
    ...table.columns.map(headed),
  ];
  const cells = shown.map((row): Cell[] => [
    { text: rowName(row), brush: (text) => paintMark(text, paint.standing[row.standing]) },
    { text: label(row.probe, probeColumns), brush: paint.faint },
    ...table.columns.map((column) => paintedCell(row.cells.get(column.key), column, paint)),
  ]);
  const notes = (row: TokenRow): string[] =>
    answers(row, table, style)
      .flatMap((note) => hang('    ', note, style.columns))
      .map(paint.faint);

  const lines: string[] = [];
  if (shown.length === 0) {
    lines.push(paint.heading('TOKENS'));
  } else if (fits(columns, cells, style.columns)) {
    const laid = layOut(columns, cells, style.columns, paint.faint);
    lines.push(superHeader(table, laid.offsets, paint, style.columns), laid.header);
    lines.push(...shown.flatMap((row, index) => [laid.lines[index] ?? '', ...notes(row)]));
  } else {
    lines.push(paint.heading('TOKENS'));
    lines.push(...shown.flatMap((row) => [...listed(row, table, paint, style), ...notes(row)]));
  }
  for (const part of hidden) {
    const names = [...new Set(part.rows.map((row) => row.participant))];
    lines.push(...foldedLines(part.standing, sentence(part.standing, part.rows.length), names, paint, style));
  }
  return lines;
}
