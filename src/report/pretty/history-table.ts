import { formatDuration } from '../../schema/duration.js';
import type { Style } from '../reporter.js';
import { count } from '../text/format.js';
import { sanitizeAndTruncate } from '../text/sanitize.js';
import { type Cell, type Column, fits, layOut } from '../text/table.js';
import { paintSymbol, type Theme } from '../text/theme.js';
import { wrapWithIndent } from '../text/wrap.js';
import { type Status, symbols } from '../view/status.js';

/** Rows of one table: more are not read on a screen. */
export const mostRows = 20;

/** Names in one cell. */
export const mostNames = 3;

/** One line of a table, with its cells for wide terminals and its sentences for narrow ones. */
export interface Row {
  readonly cells: readonly Cell[];
  readonly status: Status;
  readonly title: string;
  readonly details: readonly string[];
}

interface SectionOptions {
  /** Sentences below the rows. */
  readonly notes?: readonly string[];
  /** Rows that are shown; the others are only counted. */
  readonly most?: number;
}

/** A table, or the same on lines of their own where it does not fit. Without rows there is nothing. */
export function section(
  columns: readonly Column[],
  rows: readonly Row[],
  theme: Theme,
  { columns: width }: Style,
  { notes = [], most = mostRows }: SectionOptions = {},
): string[] {
  if (rows.length === 0) return [];
  const shown = rows.slice(0, most);
  const rest = rows.length - shown.length;
  const more = rest === 0 ? [] : [`and ${count(rest)} more (-f json lists them)`];
  const below = [...more, ...notes].flatMap((text) => wrapWithIndent('    ', text, width));
  const cells = shown.map(({ cells: [first, ...others], status, title }): Cell[] => [
    {
      text: `  ${symbols[status]} ${first?.text ?? title}`,
      style: (text) => paintSymbol(text, theme.status[status]),
    },
    ...others,
  ]);
  if (fits(columns, cells, width)) {
    const { header, lines } = layOut(columns, cells, width, theme.heading);
    return [header, ...lines, ...below];
  }
  const blocks = shown.flatMap(({ title, status, details }) => [
    ...wrapWithIndent(`  ${symbols[status]} `, title, width).map((line, index) =>
      index === 0 ? paintSymbol(line, theme.status[status]) : line,
    ),
    ...details.flatMap((text) => wrapWithIndent('    ', text, width)).map(theme.faint),
  ]);
  return [...wrapWithIndent('', columns[0]?.header ?? '', width).map(theme.heading), ...blocks, ...below];
}

/** `a, b, c and 4 more`; `-`, or another word, of none. */
export function some(names: readonly string[], none = '-'): string {
  if (names.length === 0) return none;
  const shown = names.slice(0, mostNames).map((name) => sanitizeAndTruncate(name, 32));
  const rest = names.length - shown.length;
  return `${shown.join(', ')}${rest > 0 ? ` and ${count(rest)} more` : ''}`;
}

/** A duration; `-` where it is unknown. */
export const time = (ms: number | null): string => (ms === null ? '-' : formatDuration(ms));

/** `1 check`, `2 checks`. */
export const plural = (number: number, what: string): string =>
  `${count(number)} ${what}${number === 1 ? '' : 's'}`;
