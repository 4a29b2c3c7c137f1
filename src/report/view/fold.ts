import type { Style } from '../reporter.js';
import { displayWidth, sanitizeAndTruncate } from '../text/sanitize.js';
import { symbols, type TextStyle, type Theme } from '../text/theme.js';
import { wrapWithIndent } from '../text/wrap.js';
import type { Status } from './participant-status.js';

/** Up to so many rows that are as they should be are shown one by one. */
const fineRows = 12;

/** Even of what is wrong nobody reads more at once. */
const otherRows = 200;

const statuses = ['bad', 'unknown', 'ok'] as const;

export interface Folded<Row> {
  readonly shown: readonly Row[];
  readonly hidden: readonly { readonly status: Status; readonly rows: readonly Row[] }[];
}

/** Which rows to show: many that are fine fold; bad and unknown rows stay. `always` marks rows that stay anyhow. */
export function fold<Row extends { readonly status: Status }>(
  rows: readonly Row[],
  style: Style,
  always: (row: Row) => boolean = () => false,
): Folded<Row> {
  if (style.verbose) return { shown: rows, hidden: [] };
  const hidden = statuses
    .map((status) => {
      const some = rows.filter((row) => row.status === status && !always(row));
      if (status === 'ok') return { status, rows: some.length > fineRows ? some : [] };
      return { status, rows: some.slice(otherRows) };
    })
    .filter((part) => part.rows.length > 0);
  const away = new Set(hidden.flatMap((part) => part.rows));
  return { shown: rows.filter((row) => !away.has(row)), hidden };
}

const nameColumns = 24;

/** `✓ 196 others agree: a, b, c, … (-v lists them)`, on two lines at most. */
export function foldedLines(
  status: Status,
  sentence: string,
  names: readonly string[],
  paint: Theme,
  style: Style,
): string[] {
  const mark = `  ${symbols[status]} `;
  const end = '… (-v lists them)';
  let room =
    2 * (style.columns - displayWidth(mark)) - displayWidth(sentence) - displayWidth(end) - nameColumns;
  const some: string[] = [];
  for (const name of names) {
    const shown = sanitizeAndTruncate(name, nameColumns);
    room -= displayWidth(shown) + 2;
    if (room < 0) break;
    some.push(`${shown},`);
  }
  const text = some.length === 0 ? `${sentence} ${end.slice(2)}` : `${sentence}: ${some.join(' ')} ${end}`;
  return wrapWithIndent(mark, text, style.columns).map((line, index) =>
    index === 0 ? paintMark(line, paint.status[status]) : line,
  );
}

/** Paints the sign after the indent. */
export function paintMark(line: string, brush: TextStyle): string {
  return `${line.slice(0, 2)}${brush(line.slice(2, 3))}${line.slice(3)}`;
}

export function count(number: number): string {
  return number.toLocaleString('en-US');
}
