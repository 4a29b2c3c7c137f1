import { type Input, type Transform, utf8 } from './transform.js';

/** Characters around a value, and their names: first those from keyboards, then those copied from pages and documents. */
const spaces: readonly (readonly [character: string, name: string])[] = [
  [' ', 'a space'],
  ['\t', 'a tab'],
  [utf8('\u00a0'), 'a no-break space'],
  [utf8('\u200b'), 'a zero-width space'],
  ['\xa0', 'a no-break space (one byte, latin1)'],
  ['\v', 'a vertical tab'],
  ['\f', 'a form feed'],
  [utf8('\u0085'), 'a next-line character (U+0085)'],
  [utf8('\u00ad'), 'a soft hyphen'],
  [utf8('\u200c'), 'a zero-width non-joiner'],
  [utf8('\u200d'), 'a zero-width joiner'],
  [utf8('\u200e'), 'a left-to-right mark'],
  [utf8('\u200f'), 'a right-to-left mark'],
  [utf8('\u2002'), 'an en space'],
  [utf8('\u2003'), 'an em space'],
  [utf8('\u2007'), 'a figure space'],
  [utf8('\u2009'), 'a thin space'],
  [utf8('\u2028'), 'a line separator (U+2028)'],
  [utf8('\u2029'), 'a paragraph separator (U+2029)'],
  [utf8('\u202a'), 'a text direction mark (U+202A)'],
  [utf8('\u202c'), 'a text direction mark (U+202C)'],
  [utf8('\u202f'), 'a narrow no-break space'],
  [utf8('\u2060'), 'a word joiner'],
  [utf8('\u3000'), 'an ideographic space'],
];

/** Several at once, as indentation and padding leave them. */
const runs: readonly (readonly [text: string, name: string])[] = [
  ['  ', 'two spaces'],
  ['   ', 'three spaces'],
  ['    ', 'four spaces'],
  ['        ', 'eight spaces'],
  ['\t\t', 'two tabs'],
];

const all = [...spaces, ...runs];
const trimmed = [...spaces.map(([character]) => character), '\n', '\r'];

/** Invisible characters before or after, or both. */
export const surroundingWhitespace: Transform = {
  code: 'surrounding-whitespace',
  words: {
    title: 'Leading or trailing whitespace is part of the key',
    explanation:
      'A space, a tab or an invisible character before or after the value was pasted with it, or was written into a ' +
      'YAML or dotenv file by hand. Some readers trim it and some do not.',
    example: 'The .env file contains JWT_SECRET= abc, and the reader does not trim.',
    proof:
      "One side's fingerprint matches the other side's secret with whitespace or an invisible character around it.",
    incidents: ['frigate PR 16467'],
    remedy:
      'Store the secret without whitespace, and make every service read it unchanged; trim nowhere or everywhere.',
    phrase: 'with whitespace around it',
    look: 'Where the value is set, look for whitespace beside it (xxd shows every byte): after the "=", or at the end of the line.',
  },
  *apply({ latin1 }, every) {
    yield { to: `${latin1} `, text: 'with a space after it' };
    yield { to: ` ${latin1}`, text: 'with a space before it' };
    if (!every) return;
    yield { to: ` ${latin1} `, text: 'with a space before and after it' };
    yield { to: `\n${latin1}`, text: 'with a newline before it' };
    yield { to: `\n${latin1}\n`, text: 'with a newline before and after it' };
    yield { to: `\r\n${latin1}`, text: 'with a CRLF before it' };
    for (const [space, name] of all) {
      yield { to: latin1 + space, text: `with ${name} after it` };
      yield { to: space + latin1, text: `with ${name} before it` };
      yield { to: space + latin1 + space, text: `with ${name} before and after it` };
    }
  },
  *undo({ latin1 }, every) {
    const start = startOf(latin1);
    const end = endOf(latin1);
    if (start === 0 && end === latin1.length) return;
    const filter = /^[\t-\r ]*[!-~]+[\t-\r ]*$/.test(latin1) ? { filter: "tr -d '[:space:]'" } : {};
    yield {
      to: latin1.slice(start, Math.max(start, end)),
      text: 'without the whitespace around it',
      ...filter,
    };
    if (!every) return;
    if (start > 0) yield { to: latin1.slice(start), text: 'without the whitespace before it' };
    if (end < latin1.length) yield { to: latin1.slice(0, end), text: 'without the whitespace after it' };
  },
};

function startOf(text: Input['latin1']): number {
  let start = 0;
  for (;;) {
    const found = trimmed.find((space) => text.startsWith(space, start));
    if (found === undefined) return start;
    start += found.length;
  }
}

/** The start of the trailing whitespace. A loop, because a pattern would retry at every inner space. */
function endOf(text: Input['latin1']): number {
  let end = text.length;
  for (;;) {
    const found = trimmed.find((space) => text.endsWith(space, end));
    if (found === undefined || end === 0) return end;
    end -= found.length;
  }
}
