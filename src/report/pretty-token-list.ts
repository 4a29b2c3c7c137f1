import { label } from './escape.js';
import { paintMark } from './pretty-fold.js';
import { marks, type Paint } from './pretty-paint.js';
import type { Style } from './report.js';
import type { Standing } from './standing.js';
import type { TokenRow, TokenTable } from './tokens.js';
import { hang } from './wrap.js';

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
