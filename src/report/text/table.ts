import { cut, displayWidth } from './sanitize.js';
import type { TextStyle } from './theme.js';

/** One cell: its text is already harmless and on one line. */
export interface Cell {
  readonly text: string;
  readonly brush?: TextStyle | undefined;
}

export interface Column {
  readonly header: string;
  /** It may be cut down to so many columns; by default it is shown whole. */
  readonly shrinkTo?: number;
  readonly alignRight?: boolean;
}

const gap = 2;

/** Width of every column as its contents ask for. */
export function naturalWidths(columns: readonly Column[], rows: readonly (readonly Cell[])[]): number[] {
  return columns.map((column, index) =>
    rows.reduce(
      (width, row) => Math.max(width, displayWidth(row[index]?.text ?? '')),
      displayWidth(column.header),
    ),
  );
}

/** What a table of such columns takes, gaps included. */
export function totalWidth(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0) + gap * Math.max(widths.length - 1, 0);
}

/** Takes from the widest column that may give, until all fits or none may give. */
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
    const painted = cell.brush === undefined || text === '' ? text : cell.brush(text);
    if (column.alignRight === true) return `${padding}${painted}`;
    return index === columns.length - 1 ? painted : `${painted}${padding}`;
  });
  return parts.join(' '.repeat(gap)).trimEnd();
}

/** Where each column begins. */
function offsetsOf(widths: readonly number[]): number[] {
  let offset = 0;
  return widths.map((width) => {
    const start = offset;
    offset += width + gap;
    return start;
  });
}

/** A table laid out: no line is wider than asked for where the columns may shrink enough. */
export interface Laid {
  readonly header: string;
  readonly lines: readonly string[];
  /** Where each column begins. */
  readonly offsets: readonly number[];
}

export function layOut(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  width: number,
  header: TextStyle,
): Laid {
  const widths = shrunk(columns, naturalWidths(columns, rows), width);
  const titles = columns.map((column) => ({ text: column.header, brush: header }));
  return {
    header: line(columns, widths, titles),
    lines: rows.map((row) => line(columns, widths, row)),
    offsets: offsetsOf(widths),
  };
}

/** Whether the columns, shrunk as far as they may, fit. */
export function fits(columns: readonly Column[], rows: readonly (readonly Cell[])[], width: number): boolean {
  const least = naturalWidths(columns, rows).map((natural, index) =>
    Math.min(natural, columns[index]?.shrinkTo ?? natural),
  );
  return totalWidth(least) <= width;
}
