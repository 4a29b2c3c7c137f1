import type { Report } from '../../model.js';
import type { Style } from '../reporter.js';
import { sanitizeAndTruncate } from '../text/sanitize.js';
import { type Cell, type Column, fits, type Laid, layOut, naturalWidths, totalWidth } from '../text/table.js';
import { symbols, type Theme } from '../text/theme.js';
import { wrapWithIndent } from '../text/wrap.js';
import { count, fold, foldedLines, paintMark } from '../view/fold.js';
import type { Status } from '../view/participant-status.js';
import { everyAnswer, oddAnswers } from '../view/token-answers.js';
import { foldAlike, foldControls, foldSigners } from '../view/token-folds.js';
import type { TokenCell, TokenColumn, TokenRow, TokenTable } from '../view/token-table.js';
import { listed } from './token-list.js';

const nameColumns = 32;
const probeColumns = 20;

/** Without colour where it does not matter: tokens of a wrong secret may be refused or, by its likes, accepted. */
function paintedCell(cell: TokenCell | undefined, column: TokenColumn, paint: Theme): Cell {
  if (cell === undefined) return { text: '-', brush: paint.faint };
  const indifferent = column.kind === 'genuine' && column.right === false;
  return { text: cell.word, brush: indifferent ? undefined : paint.status[cell.status] };
}

function cellsOf(row: TokenRow, columns: readonly TokenColumn[], paint: Theme): Cell[] {
  const name = `  ${symbols[row.status]} ${sanitizeAndTruncate(row.participant, nameColumns)}`;
  return [
    { text: name, brush: (text) => paintMark(text, paint.status[row.status]) },
    { text: sanitizeAndTruncate(row.probe, probeColumns), brush: paint.faint },
    ...columns.map((column) => paintedCell(row.cells.get(column.key), column, paint)),
  ];
}

function headed(column: TokenColumn): Column {
  const besides = column.others === undefined ? '' : ` +${column.others}`;
  return {
    header: `${sanitizeAndTruncate(column.name, nameColumns)}${besides}`,
    ...(column.kind === 'genuine' ? { shrinkTo: 10 } : {}),
  };
}

/** The line above the columns' names, which says what the columns have in common. */
function superHeader(table: TokenTable, offsets: readonly number[], paint: Theme, columns: number): string {
  const genuine = table.columns.findIndex((column) => column.kind === 'genuine');
  const control = table.columns.findIndex((column) => column.kind === 'control');
  let line = paint.heading('TOKENS');
  let width = 'TOKENS'.length;
  for (const [index, texts] of [
    [genuine, ['signed by']],
    [control, ['must be rejected', 'invalid']],
  ] as const) {
    const offset = offsets[index + 2];
    const text = texts.find((some) => (offset ?? columns) + some.length <= columns);
    if (index < 0 || offset === undefined || offset <= width || text === undefined) continue;
    line += `${' '.repeat(offset - width)}${paint.faint(text)}`;
    width = offset + text.length;
  }
  return line;
}

/** From the richest on. */
function foldings(table: TokenTable): TokenTable[] {
  const fewer = foldControls(table);
  return [table, fewer, foldAlike(fewer)];
}

/** Heading and rows in the richest grid that fits without a cut, or else that fits at all; `null` where none does. */
function grid(tables: readonly TokenTable[], paint: Theme, style: Style): Omit<Laid, 'offsets'> | null {
  const candidates = tables.map((table) => ({
    table,
    columns: [{ header: '', shrinkTo: 14 }, { header: '', shrinkTo: 9 }, ...table.columns.map(headed)],
    cells: table.rows.map((row) => cellsOf(row, table.columns, paint)),
  }));
  const chosen =
    candidates.find(({ columns, cells }) => totalWidth(naturalWidths(columns, cells)) <= style.columns) ??
    candidates.find(({ columns, cells }) => fits(columns, cells, style.columns));
  if (chosen === undefined) return null;
  const { header, lines, offsets } = layOut(chosen.columns, chosen.cells, style.columns, paint.faint);
  return { header: `${superHeader(chosen.table, offsets, paint, style.columns)}\n${header}`, lines };
}

function sentence(status: Status, probes: number): string {
  const many = `${count(probes)} other probes`;
  if (status === 'ok') return `${many} accept and reject what they should`;
  return status === 'bad' ? `${many} do not` : `${many} gave no clear answer`;
}

/** Who accepts whose tokens on which probe, and whether bad ones are refused. */
export function tokenLines(report: Report, whole: TokenTable, paint: Theme, style: Style): string[] {
  if (report.attempts.length === 0) return [];
  const table = style.verbose ? whole : foldSigners(whole);
  const { shown, hidden } = fold(table.rows, style);
  const visible: TokenTable = { columns: table.columns, rows: shown };
  const laid = shown.length === 0 ? null : grid(foldings(visible), paint, style);

  const rows = shown.flatMap((row, index) => {
    const main = laid === null ? listed(row, visible, paint, style) : [laid.lines[index] ?? ''];
    const told = style.verbose ? everyAnswer(row, whole) : oddAnswers(row, whole);
    const notes = told.flatMap((note) => wrapWithIndent('    ', note, style.columns));
    return [...main, ...notes.map(paint.faint)];
  });
  const folded = hidden.flatMap((part) => {
    const names = [...new Set(part.rows.map((row) => row.participant))];
    return foldedLines(part.status, sentence(part.status, part.rows.length), names, paint, style);
  });
  return [laid?.header ?? paint.heading('TOKENS'), ...rows, ...folded];
}
