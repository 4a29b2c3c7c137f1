import { displayWidth, escapeChar, indexAtColumn } from './sanitize.js';

/** The beginning of a word that fits on one line, at least one character. */
function beginning(word: string, columns: number): string {
  return displayWidth(word) <= columns ? word : word.slice(0, Math.max(indexAtColumn(word, columns), 1));
}

/** A CI takes a line that begins with `::`, after any whitespace, for a command to itself: no text may form one. */
function asText(start: string): string {
  return start.startsWith('::') ? `${escapeChar(':')}${start.slice(1)}` : start;
}

/** Lines of at most `columns` columns, broken between words; only a word that is longer than a line is broken itself. */
export function wrap(text: string, columns: number): string[] {
  const width = Math.max(columns, 2);
  const lines: string[] = [];
  let line = '';
  let taken = 0;
  for (const word of text.split(' ')) {
    let rest = word;
    while (rest !== '') {
      const needed = displayWidth(rest);
      if (line !== '' && taken + 1 + needed <= width) {
        line = `${line} ${rest}`;
        taken += 1 + needed;
        break;
      }
      if (line !== '') lines.push(line);
      rest = asText(rest);
      line = beginning(rest, width);
      taken = displayWidth(line);
      rest = rest.slice(line.length);
    }
  }
  return line === '' ? lines : [...lines, line];
}

/** Wrapped lines: the first begins with `first`, the others with an indent of the same width. */
export function wrapWithIndent(first: string, text: string, columns: number): string[] {
  const indent = displayWidth(first);
  return wrap(text, columns - indent).map(
    (line, index) => `${index === 0 ? first : ' '.repeat(indent)}${line}`,
  );
}
