import { sanitizeAndTruncate } from './sanitize.js';

/** An invisible character that keeps GitHub and GitLab from linking the characters around it. */
const apart = '&#8203;';

/** Characters that format anywhere; an underscore does so only at the edge of a word (CommonMark §6.2). */
const markup = /[\\`*{}[\]<>|~&#!$^@]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g;

/** The beginning of a line that would start a list, a heading or a table. */
const beginning = /^(\d{0,9})([-+=:.)])/;

/**
 * Text that becomes a link, a mention, a reference or an emoji in spite of a backslash, because that happens after the
 * Markdown is parsed: `@name`, `#1`, `!1`, `%1`, `:tada:`, `http://`, `www.`, `GH-1`, `a@b.c`.
 */
const linked = /[@#!$&~^:](?=\S)|%(?=[\d"])|\bwww(?=\.)|\bGH(?=-\d)/gi;

/** A text inside a line of Markdown (GitHub Flavored): nothing in it formats, links, mentions or ends a table's cell. */
export function prose(text: string, columns = 800): string {
  return sanitizeAndTruncate(text, columns)
    .trim()
    .replace(linked, '$&\u0000')
    .replace(markup, '\\$&')
    .replace(beginning, '$1\\$2')
    .replaceAll('\u0000', apart);
}

const longestRun = (text: string): number =>
  Math.max(0, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length));

/**
 * A name as code, also inside a table's cell; an empty name is shown as such. With a backtick or `|` in it, it is an HTML
 * element, because in a code span no backslash keeps `|` from ending the cell.
 */
export function code(text: string, columns = 60): string {
  const shown = sanitizeAndTruncate(text, columns);
  if (shown.trim() === '') return shown === '' ? '*empty*' : '*blank*';
  return /[`|]/.test(shown) ? `<code>${prose(shown, columns)}</code>` : `\`${shown}\``;
}

/** Lines in a fenced block: the fence is longer than any run of backticks in it. */
export function fenced(lines: readonly string[], language = ''): string[] {
  const shown = lines.map((line) => sanitizeAndTruncate(line, 2000).replace(/^(\s*):(?=:)/, '$1\\u003a'));
  const fence = '`'.repeat(Math.max(3, ...shown.map((line) => longestRun(line) + 1)));
  return [`${fence}${language}`, ...shown, fence];
}
