import type { Style } from '../reporter.js';
import { sanitizeAndTruncate } from '../text/sanitize.js';
import { symbols, type Theme } from '../text/theme.js';
import { wrapWithIndent } from '../text/wrap.js';
import { paintMark } from '../view/fold.js';
import type { Status } from '../view/participant-status.js';
import type { TokenRow, TokenTable } from '../view/token-table.js';

const nameColumns = 32;
const probeColumns = 20;

/** What became of the tokens on one probe, without a grid, for narrow terminals: `REJECTED: signed by a, b`. */
export function listed(row: TokenRow, table: TokenTable, paint: Theme, style: Style): string[] {
  const title = wrapWithIndent(
    `  ${symbols[row.status]} `,
    `${sanitizeAndTruncate(row.participant, nameColumns)} ${sanitizeAndTruncate(row.probe, probeColumns)}`,
    style.columns,
  );
  const byWord = new Map<string, { status: Status; signers: string[]; controls: string[] }>();
  for (const column of table.columns) {
    const cell = row.cells.get(column.key);
    if (cell === undefined) continue;
    const entry = byWord.get(cell.word) ?? { status: cell.status, signers: [], controls: [] };
    (column.kind === 'genuine' ? entry.signers : entry.controls).push(
      sanitizeAndTruncate(column.name, nameColumns),
    );
    byWord.set(cell.word, entry);
  }
  const told = (signers: readonly string[], controls: readonly string[]): string =>
    [...(signers.length === 0 ? [] : [`signed by ${signers.join(', ')}`]), ...controls].join(', ');
  const words = [...byWord].flatMap(([word, { status, signers, controls }]) =>
    wrapWithIndent('    ', `${word}: ${told(signers, controls)}`, style.columns).map((line, index) =>
      index === 0
        ? `    ${paint.status[status](line.slice(4, 4 + word.length))}${line.slice(4 + word.length)}`
        : line,
    ),
  );
  return [
    ...title.map((line, index) => (index === 0 ? paintMark(line, paint.status[row.status]) : line)),
    ...words,
  ];
}
