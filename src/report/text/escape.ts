import type { Holds } from '../../system/io.js';
import { escapeChar, sanitize, sanitizeAndTruncate } from './sanitize.js';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Most texts need no escaping. */
const harmless = /^[\w .,/-]*$/;

/** A CI takes a line that begins with `::` for a command to itself, also where the line is one of XML or HTML. */
const command = /::/g;

/**
 * A text as it stands between tags or in a quoted attribute of XML 1.0 or HTML: on one line, in at most `columns` columns.
 * Characters that XML cannot hold, such as control characters and lone surrogates, are shown as escape sequences.
 */
export function xml(text: string, columns = 800): string {
  if (text.length <= columns && harmless.test(text)) return text;
  return sanitizeAndTruncate(text, columns)
    .replace(/[&<>"']/g, (character) => entities[character] ?? '')
    .replace(command, '&#58;&#58;');
}

const tapColumns = 400;

/** A description in a test point (TAP 14): `#` would begin a directive, and a backslash escapes. */
export function tapDescription(text: string): string {
  return sanitizeAndTruncate(text, tapColumns).replace(/[\\#]/g, '\\$&');
}

/** The reason of a skipped test point (TAP 14): it ends with the line and knows no escapes. */
export function tapReason(text: string): string {
  return sanitizeAndTruncate(text, tapColumns);
}

/** A text as a double-quoted YAML scalar: sanitized text is printable, and JSON's escapes are YAML's. */
export function yamlScalar(text: string): string {
  return JSON.stringify(sanitizeAndTruncate(text, 2 * tapColumns));
}

/**
 * A message of SARIF 2.1.0 (§3.11): `[text](1)` would be a link and `{0}` a placeholder, so their brackets are escaped as
 * §3.11.5 and §3.11.6 have it. Texts without either stay as they are, for viewers that do not support them.
 */
export function sarifMessage(text: string): string {
  const shown = text
    .split('\n')
    .map((line) => sanitizeAndTruncate(line, 1000))
    .join('\n');
  const unlinked = shown.includes('](') ? shown.replace(/[\\[\]]/g, '\\$&') : shown;
  return /\{\d+\}/.test(unlinked) ? unlinked.replace(/[{}]/g, '$&$&') : unlinked;
}

/** A path as a URI reference (RFC 3986): relative, or `file:` if it is absolute. */
export function sarifUri(path: string): string {
  const encoded = path.split('/').map(segment).join('/');
  return encoded.startsWith('/') ? `file://${encoded}` : encoded;
}

/** A lone surrogate cannot be encoded. */
const segment = (text: string): string => encodeURIComponent(text.replace(/\p{Cs}/gu, '\ufffd'));

/** Longer lines of an annotation are not read. */
const annotationColumns = 1000;

/** The data of a workflow command; each line is sanitized first. GitHub: "Workflow commands for GitHub Actions". */
export function commandData(lines: readonly string[]): string {
  return lines.map((line) => sanitizeAndTruncate(line, annotationColumns).replaceAll('%', '%25')).join('%0A');
}

/** The value of a property of a workflow command, on one line. */
export function commandProperty(text: string): string {
  return sanitizeAndTruncate(text, annotationColumns)
    .replaceAll('%', '%25')
    .replaceAll(':', '%3A')
    .replaceAll(',', '%2C');
}

/** Lines that a CI prints and does not obey: none begins with `::`, regardless of the whitespace before it. */
export function readable(text: string): string {
  return text.replace(/^([^\S\n]*):(?=:)/gmu, (_, space: string) => `${space}${escapeChar(':')}`);
}

/** Most texts need no escaping. */
const ordinary = /^[\x20-\x7e\n\t]*$/;

/** Text that a CI may take for a command to itself. */
const commandLike = /::|#(?:vso|teamcity)?\[/;

/** The colors and weights that the theme puts around text that was already escaped. */
export const ownColors = /\u001b\[(?:[12]|22|3[1-46]|39)m/g;

/** Left unescaped: these, line breaks and tabs. */
const meant = new RegExp(`(\\n|\\t|${ownColors.source})`);

/**
 * Escapes a text for standard output and standard error, regardless of who built it. Texts are escaped where they are laid
 * out, because their width counts there; this covers the places where that was forgotten. It leaves nothing that a terminal
 * acts upon except line breaks and our own colors, and no line that a CI obeys, unless the text is meant for it.
 */
export function forTerminal(text: string, holds: Holds): string {
  if (holds === 'terminal-control') return text;
  const isOrdinary = ordinary.test(text);
  if (isOrdinary && !commandLike.test(text)) return text;
  const shown = text
    .split(meant)
    .map((part, index) => (index % 2 === 0 ? sanitize(part) : part))
    .join('');
  return holds === 'workflow-commands' ? shown : readable(shown);
}

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
