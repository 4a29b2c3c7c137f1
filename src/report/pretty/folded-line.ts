import type { Style } from '../reporter.js';
import { displayWidth, sanitizeAndTruncate } from '../text/sanitize.js';
import { paintSymbol, type Theme } from '../text/theme.js';
import { wrapWithIndent } from '../text/wrap.js';
import { type Status, symbols } from '../view/status.js';

const nameColumns = 24;

/** Rows that are only counted: `✓ 196 others agree: a, b, c, … (-v lists them)`, on two lines at most. */
export function foldedLines(
  status: Status,
  sentence: string,
  names: readonly string[],
  theme: Theme,
  style: Style,
): string[] {
  const indent = `  ${symbols[status]} `;
  const end = '… (-v lists them)';
  let room =
    2 * (style.columns - displayWidth(indent)) - displayWidth(sentence) - displayWidth(end) - nameColumns;
  const some: string[] = [];
  for (const name of names) {
    const shown = sanitizeAndTruncate(name, nameColumns);
    room -= displayWidth(shown) + 2;
    if (room < 0) break;
    some.push(`${shown},`);
  }
  const text = some.length === 0 ? `${sentence} ${end.slice(2)}` : `${sentence}: ${some.join(' ')} ${end}`;
  return wrapWithIndent(indent, text, style.columns).map((line, index) =>
    index === 0 ? paintSymbol(line, theme.status[status]) : line,
  );
}
