/**
 * Characters that a terminal acts upon or does not show: control characters (C0, DEL, C1), formatting characters such as bidi
 * overrides and zero-width spaces, line and paragraph separators, lone surrogates, and code points without a known
 * width. The variation selector U+FE0F stays: emoji carry it.
 */
const harmful = /(?!\ufe0f)[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** Combining marks with nothing to combine with, and those after the fourth on one character, which tower over other lines. */
const straying = /(?<![\p{L}\p{N}\p{P}\p{S}\p{M}])\p{M}+|(?<=\p{M}{4})\p{M}+/gu;

const ordinary = /^[\x20-\x7e]*$/;

const named: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Some CI take `##[`, `##vso[` and `##teamcity[` for a command to themselves anywhere in a line. */
const command = /#(?=#(?:vso|teamcity)?\[)/g;

/** A code point as an escape sequence that people can read, such as `\u001b`, `\u{e0001}` or `\n`. */
export function escapeChar(character: string): string {
  const hex = (character.codePointAt(0) ?? 0).toString(16);
  return named[character] ?? (hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, '0')}`);
}

/** The text on one line, safe for terminals and logs: characters that they act upon are shown as escape sequences. */
export function sanitize(text: string): string {
  if (ordinary.test(text)) return text.replace(command, escapeChar);
  return text
    .replace(harmful, escapeChar)
    .replace(straying, (marks) => Array.from(marks, escapeChar).join(''))
    .replace(command, escapeChar);
}

const combining = /^\p{M}$/u;

/** East Asian Wide and Fullwidth (UAX #11), in ranges as coarse as terminals need, and characters that are shown as emoji by default. */
const wide =
  /^[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{16fe0}-\u{18dff}\u{1aff0}-\u{1b2ff}\u{1f200}-\u{1f2ff}\u{20000}-\u{3fffd}\p{Emoji_Presentation}]$/u;

const regionalIndicator = /^\p{Regional_Indicator}$/u;

/** Columns of one code point; U+FE0F makes a narrow character wide. */
function columnsOf(character: string, before: number): number {
  if (character <= '~') return 1;
  if (character === '\ufe0f') return before === 1 ? 1 : 0;
  if (combining.test(character)) return 0;
  return wide.test(character) && !regionalIndicator.test(character) ? 2 : 1;
}

/** The width of a sanitized text in the columns of a terminal. */
export function displayWidth(text: string): number {
  if (ordinary.test(text)) return text.length;
  let columns = 0;
  let last = 0;
  for (const character of text) {
    last = columnsOf(character, last);
    columns += last;
  }
  return columns;
}

/** The index at which to cut a text to at most `columns` columns, never between a character and its marks. */
export function indexAtColumn(text: string, columns: number): number {
  let taken = 0;
  let last = 0;
  let index = 0;
  for (const character of text) {
    last = columnsOf(character, last);
    if (taken + last > columns) return index;
    taken += last;
    index += character.length;
  }
  return index;
}

/** The text in at most `columns` columns; an ellipsis stands for the rest. */
export function cut(text: string, columns: number): string {
  if (text.length <= columns && ordinary.test(text)) return text;
  if (columns <= 0) return '';
  const end = indexAtColumn(text, columns);
  if (end === text.length) return text;
  return `${text.slice(0, indexAtColumn(text, columns - 1))}…`;
}

/** More code units than one column can ever take: a character and four marks, two units each. */
const unitsOfColumn = 12;

/** A text from outside as part of a line: sanitized, and in at most `columns` columns. */
export function sanitizeAndTruncate(text: string, columns: number): string {
  const enough = columns * unitsOfColumn;
  return cut(sanitize(text.length > enough ? text.slice(0, enough) : text), columns);
}
