import { type Status, statusRank, worstFirst } from './status.js';
import { answerId, sameAnswer, type TokenCell, tokenWord } from './token-cell.js';
import type { TokenColumn, TokenTable } from './token-table.js';

/** How many rows of one status are shown. */
interface FoldLimit {
  readonly most: number;
  /** With more rows than that, none of them is shown. */
  readonly orNone?: boolean;
}

/** How many rows of each status a format shows. */
type FoldLimits = Readonly<Record<Status, FoldLimit>>;

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

const mostSigners = 3;

/** The worst of several cells, and how many are like it. */
function worst(cells: readonly TokenCell[]): TokenCell | undefined {
  const [first, ...rest] = cells;
  if (first === undefined) return undefined;
  const bad = rest.reduce((a, b) => (statusRank[b.status] < statusRank[a.status] ? b : a), first);
  const same = cells.filter((cell) => sameAnswer(cell, bad)).length;
  if (same === cells.length) return bad;
  const share = { count: same, of: cells.length };
  return { ...bad, share, word: `${same} of ${cells.length} ${bad.word}` };
}

/** A table with at most `most` columns of valid tokens: the worst first, the others together in one. */
export function foldSigners(table: TokenTable, most = mostSigners): TokenTable {
  const genuine = table.columns.filter((column) => column.kind === 'genuine');
  if (genuine.length <= most) return table;
  const rankOf = (column: TokenColumn): number =>
    table.rows.reduce(
      (least, row) => Math.min(least, statusRank[row.cells.get(column.key)?.status ?? 'ok']),
      statusRank.ok,
    );
  const kept = new Set(
    genuine
      .map((column) => ({ column, rank: rankOf(column) }))
      .sort((a, b) => a.rank - b.rank)
      .slice(0, most - 1)
      .map(({ column }) => column),
  );
  const others = genuine.filter((column) => !kept.has(column));
  const together: TokenColumn = {
    key: 'genuine, others',
    kind: 'genuine',
    name: `${others.length} others`,
    right: null,
  };
  const rows = table.rows.map((row) => {
    const cell = worst(others.flatMap((column) => row.cells.get(column.key) ?? []));
    return cell === undefined ? row : { ...row, cells: new Map([...row.cells, [together.key, cell]]) };
  });
  const controls = table.columns.filter((column) => column.kind === 'control');
  return { columns: [...genuine.filter((column) => kept.has(column)), together, ...controls], rows };
}

/** With more kinds than this, one column stands for all of them. */
const mostControls = 2;

/** How many kinds are named in one cell. */
const mostNamed = 2;

/** One cell for all controls of a row: the worst answer, and which or how many controls got it. */
function together(controls: readonly { readonly name: string; readonly cell: TokenCell }[]): TokenCell {
  const of = controls.length;
  for (const [status, state] of [
    ['bad', 'accepted'],
    ['unknown', 'inconclusive'],
  ] as const) {
    const some = controls.filter(({ cell }) => cell.status === status);
    if (some.length === 0) continue;
    const word = tokenWord(state, status === 'unknown');
    return {
      status,
      state,
      share: { count: some.length, of },
      word:
        some.length > mostNamed
          ? `${some.length} of ${of} ${word}`
          : `${word}: ${some.map(({ name }) => name).join(', ')}`,
    };
  }
  return { status: 'ok', state: 'rejected', share: null, word: `all ${tokenWord('rejected', true)}` };
}

/** One column for all the tokens that must be rejected. */
export function foldControls(table: TokenTable): TokenTable {
  const controls = table.columns.filter((column) => column.kind === 'control');
  if (controls.length <= mostControls) return table;
  const column: TokenColumn = {
    key: 'controls',
    kind: 'control',
    name: `${controls.length} kinds`,
    right: false,
  };
  const rows = table.rows.map((row) => {
    const cells = controls.flatMap(({ key, name }) => {
      const cell = row.cells.get(key);
      return cell === undefined ? [] : [{ name, cell }];
    });
    return cells.length === 0
      ? row
      : { ...row, cells: new Map([...row.cells, [column.key, together(cells)]]) };
  });
  return { columns: [...table.columns.filter(({ kind }) => kind === 'genuine'), column], rows };
}

/** One column for signers whose tokens got the same answers everywhere: `secret_manager +1`. */
export function foldAlike(table: TokenTable): TokenTable {
  const groups = new Map<string, { first: TokenColumn; others: number }>();
  for (const column of table.columns) {
    const answers = table.rows.map((row) => answerId(row.cells.get(column.key)));
    const key = JSON.stringify(column.kind === 'control' ? column.key : [column.right, answers]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { first: column, others: 0 });
    else group.others += 1;
  }
  const columns = [...groups.values()].map(({ first, others }) =>
    others === 0 ? first : { ...first, others },
  );
  return { columns, rows: table.rows };
}
