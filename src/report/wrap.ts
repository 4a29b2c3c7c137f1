import { displayWidth, indexAtColumn } from './escape.js';

/** Breaks a word that no line can hold. */
function broken(word: string, columns: number): string[] {
  const pieces: string[] = [];
  let rest = word;
  while (displayWidth(rest) > columns) {
    const end = Math.max(indexAtColumn(rest, columns), 1);
    pieces.push(rest.slice(0, end));
    rest = rest.slice(end);
  }
  return [...pieces, rest];
}

/** Lines of at most so many columns, broken between words; only a word that is too long by itself is broken within. */
export function wrap(text: string, columns: number): string[] {
  const width = Math.max(columns, 2);
  const lines: string[] = [];
  let line = '';
  let taken = 0;
  for (const word of text.split(' ').filter((word) => word !== '')) {
    for (const piece of broken(word, width)) {
      const needed = displayWidth(piece);
      if (line !== '' && taken + 1 + needed > width) {
        lines.push(line);
        line = '';
        taken = 0;
      }
      line = line === '' ? piece : `${line} ${piece}`;
      taken = taken === 0 ? needed : taken + 1 + needed;
    }
  }
  return line === '' ? lines : [...lines, line];
}

/** Wrapped lines that begin with `first`, then with as many blanks. */
export function hang(first: string, text: string, columns: number): string[] {
  const indent = displayWidth(first);
  return wrap(text, columns - indent).map(
    (line, index) => `${index === 0 ? first : ' '.repeat(indent)}${line}`,
  );
}
