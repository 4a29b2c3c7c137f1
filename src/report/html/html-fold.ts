import type { Standing } from '../view/status.js';

/** So many rows of one kind are shown; a page with more is slow to open and read by nobody. */
const most: Readonly<Record<Standing, number>> = { wrong: 1000, unclear: 500, fine: 200 };

export interface Folds<Row> {
  readonly shown: readonly Row[];
  readonly hidden: readonly { readonly standing: Standing; readonly rows: readonly Row[] }[];
}

/** The rows that a page shows, in their order, and those that it only counts. `always` marks rows that stay anyhow. */
export function folded<Row extends { readonly standing: Standing }>(
  rows: readonly Row[],
  always: (row: Row) => boolean = () => false,
): Folds<Row> {
  const hidden = (['wrong', 'unclear', 'fine'] as const)
    .map((standing) => ({
      standing,
      rows: rows.filter((row) => row.standing === standing && !always(row)).slice(most[standing]),
    }))
    .filter((part) => part.rows.length > 0);
  const away = new Set(hidden.flatMap((part) => part.rows));
  return { shown: rows.filter((row) => !away.has(row)), hidden };
}
