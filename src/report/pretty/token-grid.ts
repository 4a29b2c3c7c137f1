import type { Style } from '../reporter.js';
import { count } from '../text/format.js';
import { sanitizeAndTruncate } from '../text/sanitize.js';
import { type Cell, type Column, fits, type Laid, layOut, naturalWidths, totalWidth } from '../text/table.js';
import { paintSymbol, type Theme } from '../text/theme.js';
import { wrapWithIndent } from '../text/wrap.js';
import { fold, foldAlike, foldControls, foldSigners, textLimits } from '../view/fold.js';
import { type Status, symbols } from '../view/status.js';
import { everyAnswer, oddAnswers } from '../view/token-answers.js';
import type { TokenCell } from '../view/token-cell.js';
import { isEitherWay, type TokenColumn, type TokenRow, type TokenTable } from '../view/token-table.js';
import type { ReportView } from '../view/view.js';
import { foldedLines } from './folded-line.js';

const nameColumns = 32;
const probeColumns = 20;

/** The text of a cell; without color if either answer is as it should be. */
function paintedCell(cell: TokenCell | undefined, column: TokenColumn, theme: Theme): Cell {
  if (cell === undefined) return { text: '-', style: theme.faint };
  return { text: cell.word, style: isEitherWay(column) ? undefined : theme.status[cell.status] };
}

function cellsOf(row: TokenRow, columns: readonly TokenColumn[], theme: Theme): Cell[] {
  const name = `  ${symbols[row.status]} ${sanitizeAndTruncate(row.participant, nameColumns)}`;
  return [
    { text: name, style: (text) => paintSymbol(text, theme.status[row.status]) },
    { text: sanitizeAndTruncate(row.probe, probeColumns), style: theme.faint },
    ...columns.map((column) => paintedCell(row.cells.get(column.key), column, theme)),
  ];
}

function headed(column: TokenColumn): Column {
  const besides = column.others === undefined ? '' : ` +${column.others}`;
  return {
    header: `${sanitizeAndTruncate(column.name, nameColumns)}${besides}`,
    ...(column.kind === 'genuine' ? { shrinkTo: 10 } : {}),
  };
}

/** The line above the names of the columns, with what the columns have in common. */
function superHeader(table: TokenTable, offsets: readonly number[], theme: Theme, columns: number): string {
  const genuine = table.columns.findIndex((column) => column.kind === 'genuine');
  const control = table.columns.findIndex((column) => column.kind === 'control');
  let line = theme.heading('TOKENS');
  let width = 'TOKENS'.length;
  for (const [index, texts] of [
    [genuine, ['signed by']],
    [control, ['must be rejected', 'invalid']],
  ] as const) {
    const offset = offsets[index + 2];
    const text = texts.find((some) => (offset ?? columns) + some.length <= columns);
    if (index < 0 || offset === undefined || offset <= width || text === undefined) continue;
    line += `${' '.repeat(offset - width)}${theme.faint(text)}`;
    width = offset + text.length;
  }
  return line;
}

/** The same table in fewer and fewer columns. */
function foldings(table: TokenTable): TokenTable[] {
  const fewer = foldControls(table);
  return [table, fewer, foldAlike(fewer)];
}

/** Heading and rows of the widest grid that fits without a cut, or else that fits at all; `null` if none does. */
function grid(tables: readonly TokenTable[], theme: Theme, style: Style): Omit<Laid, 'offsets'> | null {
  const candidates = tables.map((table) => ({
    table,
    columns: [{ header: '', shrinkTo: 14 }, { header: '', shrinkTo: 9 }, ...table.columns.map(headed)],
    cells: table.rows.map((row) => cellsOf(row, table.columns, theme)),
  }));
  const chosen =
    candidates.find(({ columns, cells }) => totalWidth(naturalWidths(columns, cells)) <= style.columns) ??
    candidates.find(({ columns, cells }) => fits(columns, cells, style.columns));
  if (chosen === undefined) return null;
  const { header, lines, offsets } = layOut(chosen.columns, chosen.cells, style.columns, theme.faint);
  return { header: `${superHeader(chosen.table, offsets, theme, style.columns)}\n${header}`, lines };
}

/** The answers of one probe without a grid, for narrow terminals: `REJECTED: signed by a, b`. */
function listed(row: TokenRow, table: TokenTable, theme: Theme, style: Style): string[] {
  const title = wrapWithIndent(
    `  ${symbols[row.status]} `,
    `${sanitizeAndTruncate(row.participant, nameColumns)} ${sanitizeAndTruncate(row.probe, probeColumns)}`,
    style.columns,
  );
  const byWord = new Map<string, { status: Status; signers: string[]; controls: string[] }>();
  for (const column of table.columns) {
    const cell = row.cells.get(column.key);
    if (cell === undefined) continue;
    const entry = byWord.get(cell.word) ?? { status: cell.status, signers: [], controls: [] };
    (column.kind === 'genuine' ? entry.signers : entry.controls).push(
      sanitizeAndTruncate(column.name, nameColumns),
    );
    byWord.set(cell.word, entry);
  }
  const tokens = (signers: readonly string[], controls: readonly string[]): string =>
    [...(signers.length === 0 ? [] : [`signed by ${signers.join(', ')}`]), ...controls].join(', ');
  const words = [...byWord].flatMap(([word, { status, signers, controls }]) =>
    wrapWithIndent('    ', `${word}: ${tokens(signers, controls)}`, style.columns).map((line, index) =>
      index === 0
        ? `    ${theme.status[status](line.slice(4, 4 + word.length))}${line.slice(4 + word.length)}`
        : line,
    ),
  );
  return [
    ...title.map((line, index) => (index === 0 ? paintSymbol(line, theme.status[row.status]) : line)),
    ...words,
  ];
}

const sentences: Readonly<Record<Status, string>> = {
  ok: 'accept and reject what they should',
  bad: 'do not',
  unknown: 'gave no clear answer',
};

/** Which probe accepts whose tokens, and whether invalid ones are rejected. */
export function tokenLines({ report, tokens: whole }: ReportView, theme: Theme, style: Style): string[] {
  if (report.attempts.length === 0) return [];
  const table = style.verbose ? whole : foldSigners(whole);
  const { shown, hidden } = fold(table.rows, style.verbose ? null : textLimits);
  const visible: TokenTable = { columns: table.columns, rows: shown };
  const laid = shown.length === 0 ? null : grid(foldings(visible), theme, style);

  const rows = shown.flatMap((row, index) => {
    const main = laid === null ? listed(row, visible, theme, style) : [laid.lines[index] ?? ''];
    const answers = style.verbose ? everyAnswer(row, whole) : oddAnswers(row, whole);
    const notes = answers.flatMap((note) => wrapWithIndent('    ', note, style.columns));
    return [...main, ...notes.map(theme.faint)];
  });
  const folded = hidden.flatMap((part) => {
    const names = [...new Set(part.rows.map((row) => row.participant))];
    const sentence = `${count(part.rows.length)} other probes ${sentences[part.status]}`;
    return foldedLines(part.status, sentence, names, theme, style);
  });
  return [laid?.header ?? theme.heading('TOKENS'), ...rows, ...folded];
}
