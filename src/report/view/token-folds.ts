import type { Status } from './participant-status.js';
import type { TokenCell, TokenColumn, TokenTable } from './token-table.js';

const mostSigners = 3;

const gravity: Readonly<Record<Status, number>> = { bad: 2, unknown: 1, ok: 0 };

function worst(cells: readonly TokenCell[]): TokenCell | undefined {
  const [first, ...rest] = cells;
  if (first === undefined) return undefined;
  const bad = rest.reduce((a, b) => (gravity[b.status] > gravity[a.status] ? b : a), first);
  const same = cells.filter((cell) => cell.word === bad.word).length;
  return same === cells.length ? bad : { status: bad.status, word: `${same} of ${cells.length} ${bad.word}` };
}

/** At most so many columns of valid tokens: those with trouble first, the others together in one. */
export function foldSigners(table: TokenTable, most = mostSigners): TokenTable {
  const genuine = table.columns.filter((column) => column.kind === 'genuine');
  if (genuine.length <= most) return table;
  const trouble = (column: TokenColumn): number =>
    table.rows.reduce((most, row) => Math.max(most, gravity[row.cells.get(column.key)?.status ?? 'ok']), 0);
  const kept = new Set(
    genuine
      .map((column) => ({ column, trouble: trouble(column) }))
      .sort((a, b) => b.trouble - a.trouble)
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

/** With more kinds than this, one column tells of them all. */
const mostControls = 2;

/** How many kinds are named in one cell. */
const mostNamed = 2;

function together(controls: readonly { readonly name: string; readonly cell: TokenCell }[]): TokenCell {
  for (const status of ['bad', 'unknown'] as const) {
    const some = controls.filter(({ cell }) => cell.status === status);
    if (some.length === 0) continue;
    const word = status === 'bad' ? 'ACCEPTED' : 'inconclusive';
    return some.length > mostNamed
      ? { status, word: `${some.length} of ${controls.length} ${word}` }
      : { status, word: `${word}: ${some.map(({ name }) => name).join(', ')}` };
  }
  return { status: 'ok', word: 'all rejected' };
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

/** One column for signers whose tokens fared alike everywhere: `secret_manager +1`. */
export function foldAlike(table: TokenTable): TokenTable {
  const groups = new Map<string, { first: TokenColumn; others: number }>();
  for (const column of table.columns) {
    const fate = table.rows.map((row) => row.cells.get(column.key)?.word ?? null);
    const key = JSON.stringify(column.kind === 'control' ? column.key : [column.right, fate]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { first: column, others: 0 });
    else group.others += 1;
  }
  const columns = [...groups.values()].map(({ first, others }) =>
    others === 0 ? first : { ...first, others },
  );
  return { columns, rows: table.rows };
}
