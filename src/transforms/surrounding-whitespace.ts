import { asText, changed, type Distortion, type Variant } from './distortion.js';

/** What may stand around it, and its name. The last two are UTF-8, as text that is copied from a page brings along. */
const blanks = [
  [' ', 'a blank'],
  ['\t', 'a tab'],
  ['\xc2\xa0', 'a no-break space'],
  ['\xe2\x80\x8b', 'a zero-width space'],
] as const;

const blank = '(?:[ \\t\\n\\r\\v\\f]|\\xc2\\xa0|\\xe2\\x80\\x8b)';
const leading = new RegExp(`^${blank}+`);

/** A blank before or after, or both. */
export const surroundingWhitespace: Distortion = {
  code: 'surrounding-whitespace',
  apply(bytes) {
    const text = asText(bytes);
    const around = (before: string, after: string, words: string): Variant[] =>
      changed(text, `${before}${text}${after}`, words);
    return [
      ...blanks.flatMap(([character, name]) => [
        ...around('', character, `with ${name} after it`),
        ...around(character, '', `with ${name} before it`),
      ]),
      ...around(' ', ' ', 'with a blank before and after it'),
      ...around('\n', '', 'with "\\n" before it'),
    ];
  },
  undo(bytes) {
    const text = asText(bytes);
    const start = leading.exec(text)?.[0].length ?? 0;
    const end = endOf(text);
    return [
      ...changed(text, text.slice(start, Math.max(start, end)), 'without the blanks around it'),
      ...(start > 0 ? changed(text, text.slice(start), 'without the blanks before it') : []),
      ...(end < text.length ? changed(text, text.slice(0, end), 'without the blanks after it') : []),
    ];
  },
};

/** Where the blanks at the end begin. By hand, for a pattern would try again at every blank inside. */
function endOf(text: string): number {
  let end = text.length;
  for (;;) {
    const last = text[end - 1] ?? '';
    if (last !== '' && ' \t\n\r\v\f'.includes(last)) end -= 1;
    else if (text.endsWith('\xc2\xa0', end)) end -= 2;
    else if (text.endsWith('\xe2\x80\x8b', end)) end -= 3;
    else return end;
  }
}
