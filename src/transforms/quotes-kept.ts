import { asText, changed, type Distortion, longestSearched } from './distortion.js';

const quotes = [
  ['"', 'in double quotes'],
  ["'", 'in single quotes'],
  ['`', 'in backquotes'],
] as const;

/** Quotes that were meant for a shell or a dotenv file. */
export const quotesKept: Distortion = {
  code: 'quotes-kept',
  apply(bytes) {
    const text = asText(bytes);
    return [
      ...quotes.flatMap(([quote, words]) => changed(text, `${quote}${text}${quote}`, words)),
      ...(text.length <= longestSearched && /["\\]/.test(text)
        ? changed(
            text,
            `"${text.replace(/["\\]/g, '\\$&')}"`,
            'in double quotes, with backslashes before its own',
          )
        : []),
    ];
  },
  undo(bytes) {
    const text = asText(bytes);
    const quote = text[0];
    if (text.length < 3 || !text.endsWith(quote ?? '') || !quotes.some(([known]) => known === quote)) {
      return [];
    }
    const inner = text.slice(1, -1);
    return [
      ...changed(text, inner, 'without its quotes'),
      ...(inner.length <= longestSearched && inner.includes('\\')
        ? changed(
            text,
            inner.replace(/\\(["\\])/g, '$1'),
            'without its quotes and the backslashes before inner ones',
          )
        : []),
    ];
  },
};
