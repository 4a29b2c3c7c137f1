import type { Style } from '../reporter.js';
import { paintMark } from '../text/fold-rows.js';
import { label } from '../text/sanitize.js';
import { hang } from '../text/wrap.js';
import type { Standing } from '../view/status.js';
import type { TokenRow, TokenTable } from '../view/token-table.js';
import { marks, type Paint } from './theme.js';

const nameColumns = 32;
const probeColumns = 20;

/** What became of the tokens on one probe, without a grid, for narrow terminals: `REJECTED: signed by a, b`. */
export function listed(row: TokenRow, table: TokenTable, paint: Paint, style: Style): string[] {
  const title = hang(
    `  ${marks[row.standing]} `,
    `${label(row.participant, nameColumns)} ${label(row.probe, probeColumns)}`,
    style.columns,
  );
  const byWord = new Map<string, { standing: Standing; signers: string[]; controls: string[] }>();
  for (const column of table.columns) {
    const cell = row.cells.get(column.key);
    if (cell === undefined) continue;
    const entry = byWord.get(cell.word) ?? { standing: cell.standing, signers: [], controls: [] };
    (column.kind === 'genuine' ? entry.signers : entry.controls).push(label(column.name, nameColumns));
    byWord.set(cell.word, entry);
  }
  const told = (signers: readonly string[], controls: readonly string[]): string =>
    [...(signers.length === 0 ? [] : [`signed by ${signers.join(', ')}`]), ...controls].join(', ');
  const words = [...byWord].flatMap(([word, { standing, signers, controls }]) =>
    hang('    ', `${word}: ${told(signers, controls)}`, style.columns).map((line, index) =>
      index === 0
        ? `    ${paint.standing[standing](line.slice(4, 4 + word.length))}${line.slice(4 + word.length)}`
        : line,
    ),
  );
  return [
    ...title.map((line, index) => (index === 0 ? paintMark(line, paint.standing[row.standing]) : line)),
    ...words,
  ];
}
