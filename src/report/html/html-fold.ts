import type { Status } from '../view/participant-status.js';

/** So many rows of one kind are shown; a page with more is slow to open and read by nobody. */
const most: Readonly<Record<Status, number>> = { bad: 1000, unknown: 500, ok: 200 };

export interface Folds<Row> {
  readonly shown: readonly Row[];
  readonly hidden: readonly { readonly status: Status; readonly rows: readonly Row[] }[];
}

/** The rows that a page shows, in their order, and those that it only counts. `always` marks rows that stay anyhow. */
export function folded<Row extends { readonly status: Status }>(
  rows: readonly Row[],
  always: (row: Row) => boolean = () => false,
): Folds<Row> {
  const hidden = (['bad', 'unknown', 'ok'] as const)
    .map((status) => ({
      status,
      rows: rows.filter((row) => row.status === status && !always(row)).slice(most[status]),
    }))
    .filter((part) => part.rows.length > 0);
  const away = new Set(hidden.flatMap((part) => part.rows));
  return { shown: rows.filter((row) => !away.has(row)), hidden };
}
