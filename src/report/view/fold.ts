import { type Status, worstFirst } from './status.js';

/** How many rows of one status are shown. */
export interface FoldLimit {
  readonly most: number;
  /** With more rows than that, none of them is shown. */
  readonly orNone?: boolean;
}

/** How many rows of each status a format shows. */
export type FoldLimits = Readonly<Record<Status, FoldLimit>>;

/** For terminals and Markdown: many rows that are as they should be say nothing, and even bad rows are not read by the thousand. */
export const textLimits: FoldLimits = {
  bad: { most: 200 },
  unknown: { most: 200 },
  ok: { most: 12, orNone: true },
};

/** For pages that can be searched; a page with more rows is slow to open. */
export const pageLimits: FoldLimits = { bad: { most: 1000 }, unknown: { most: 500 }, ok: { most: 200 } };

/** The rows that are shown, in their order, and those that are only counted. */
export interface Folded<Row> {
  readonly shown: readonly Row[];
  readonly hidden: readonly { readonly status: Status; readonly rows: readonly Row[] }[];
}

/**
 * Decides which rows are shown.
 * @param limits `null` shows every row
 * @param always rows that are shown regardless of the limits
 */
export function fold<Row extends { readonly status: Status }>(
  rows: readonly Row[],
  limits: FoldLimits | null,
  always: (row: Row) => boolean = () => false,
): Folded<Row> {
  if (limits === null) return { shown: rows, hidden: [] };
  const hidden = worstFirst
    .map((status) => {
      const { most, orNone = false } = limits[status];
      const some = rows.filter((row) => row.status === status && !always(row));
      return { status, rows: orNone && some.length > most ? some : some.slice(most) };
    })
    .filter((part) => part.rows.length > 0);
  const left = new Set(hidden.flatMap((part) => part.rows));
  return { shown: left.size === 0 ? rows : rows.filter((row) => !left.has(row)), hidden };
}
