import { cut, displayWidth } from './sanitize.js';
import type { TextStyle } from './theme.js';

/** One cell: its text is already escaped, and on one line. */
export interface Cell {
  readonly text: string;
  readonly style?: TextStyle | undefined;
}

/** A column, and how it may be laid out. */
export interface Column {
  readonly header: string;
  /** The width that it may be cut down to; by default it is never cut. */
  readonly shrinkTo?: number;
  readonly alignRight?: boolean;
}

const gap = 2;

/** The width that each column needs for its contents. */
export function naturalWidths(columns: readonly Column[], rows: readonly (readonly Cell[])[]): number[] {
  return columns.map((column, index) =>
    rows.reduce(
      (width, row) => Math.max(width, displayWidth(row[index]?.text ?? '')),
      displayWidth(column.header),
    ),
  );
}

/** The width of a table with these columns, gaps included. */
export function totalWidth(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0) + gap * Math.max(widths.length - 1, 0);
}

/** Narrows the widest column that may shrink, until the table fits or no column may shrink further. */
function shrunk(columns: readonly Column[], natural: readonly number[], width: number): number[] {
  const widths = [...natural];
  for (let excess = totalWidth(widths) - width; excess > 0; excess--) {
    let widest = -1;
    for (const [index, column] of columns.entries()) {
      const current = widths[index] ?? 0;
      if (column.shrinkTo !== undefined && current > column.shrinkTo && current > (widths[widest] ?? 0))
        widest = index;
    }
    if (widest < 0) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

function line(columns: readonly Column[], widths: readonly number[], cells: readonly Cell[]): string {
  const parts = columns.map((column, index) => {
    const width = widths[index] ?? 0;
    const cell = cells[index] ?? { text: '' };
    const text = cut(cell.text, width);
    const padding = ' '.repeat(Math.max(width - displayWidth(text), 0));
    const styled = cell.style === undefined || text === '' ? text : cell.style(text);
    if (column.alignRight === true) return `${padding}${styled}`;
    return index === columns.length - 1 ? styled : `${styled}${padding}`;
  });
  return parts.join(' '.repeat(gap)).trimEnd();
}

/** The offset of each column. */
function offsetsOf(widths: readonly number[]): number[] {
  let offset = 0;
  return widths.map((width) => {
    const start = offset;
    offset += width + gap;
    return start;
  });
}

/** The lines of a table; none is wider than requested if the columns may shrink enough. */
export interface Laid {
  readonly header: string;
  readonly lines: readonly string[];
  /** The offset of each column. */
  readonly offsets: readonly number[];
}

/** Lays out a table in at most `width` columns, if its columns may shrink enough. */
export function layOut(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  width: number,
  header: TextStyle,
): Laid {
  const widths = shrunk(columns, naturalWidths(columns, rows), width);
  const titles = columns.map((column) => ({ text: column.header, style: header }));
  return {
    header: line(columns, widths, titles),
    lines: rows.map((row) => line(columns, widths, row)),
    offsets: offsetsOf(widths),
  };
}

/** Whether a table fits if its columns shrink as far as they may. */
export function fits(columns: readonly Column[], rows: readonly (readonly Cell[])[], width: number): boolean {
  const least = naturalWidths(columns, rows).map((natural, index) =>
    Math.min(natural, columns[index]?.shrinkTo ?? natural),
  );
  return totalWidth(least) <= width;
}
