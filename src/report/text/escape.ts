import { escapeChar, sanitizeAndTruncate } from './sanitize.js';

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
