import { statusRank } from './status.js';
import { answerId, sameAnswer, type TokenCell, tokenWord } from './token-cell.js';
import type { TokenColumn, TokenTable } from './token-table.js';

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
