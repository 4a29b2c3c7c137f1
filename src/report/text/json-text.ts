import type { JsonValue } from '../../model.js';

/** What JSON lets through and a terminal acts upon, or a CI: `##[` and `##vso[`. */
const harmful = /[\x7f-\x9f\xad\u2028\u2029]|\p{Cf}|#(?=#(?:vso)?\[)/gu;

/** As JSON escapes it, in UTF-16 code units. */
function escaped(characters: string): string {
  let text = '';
  for (let index = 0; index < characters.length; index++) {
    text += `\\u${characters.charCodeAt(index).toString(16).padStart(4, '0')}`;
  }
  return text;
}

/** A value as one JSON document (RFC 8259) that is also harmless when printed. Ends with a newline. */
export function jsonText(value: object | JsonValue): string {
  return `${JSON.stringify(value, null, 2).replace(harmful, escaped)}\n`;
}

/** The same on one line, for a stream of them. */
export function jsonLine(value: object | JsonValue): string {
  return `${JSON.stringify(value).replace(harmful, escaped)}\n`;
}
