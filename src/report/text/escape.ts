import { sanitizeAndTruncate } from './sanitize.js';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** What needs no second look; most texts are such. */
const harmless = /^[\w .,/-]*$/;

/** A CI takes a line that begins with `::` for a command to itself, also where the line is one of XML or HTML. */
const command = /::/g;

/**
 * A text as it stands between tags or in a quoted attribute of XML 1.0 or HTML: on one line, in at most so many columns.
 * What XML cannot hold at all, such as control characters and lone surrogates, is shown as an escape sequence.
 */
export function xml(text: string, columns = 800): string {
  if (text.length <= columns && harmless.test(text)) return text;
  return sanitizeAndTruncate(text, columns)
    .replace(/[&<>"']/g, (character) => entities[character] ?? '')
    .replace(command, '&#58;&#58;');
}
