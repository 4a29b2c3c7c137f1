import type { JsonValue } from '../../model.js';

/** Characters that JSON allows and a terminal acts upon, and `##[`, `##vso[` and `##teamcity[`, which a CI obeys. */
const harmful = /[\x7f-\x9f\xad\u2028\u2029]|\p{Cf}|#(?=#(?:vso|teamcity)?\[)/gu;

/** Characters as JSON escapes them, in UTF-16 code units. */
function escaped(characters: string): string {
  let text = '';
  for (let index = 0; index < characters.length; index++) {
    text += `\\u${characters.charCodeAt(index).toString(16).padStart(4, '0')}`;
  }
  return text;
}

/** A value as one JSON document (RFC 8259) that is also safe to print. Ends with a newline. */
export function jsonText(value: object | JsonValue): string {
  return `${JSON.stringify(value, null, 2).replace(harmful, escaped)}\n`;
}

/** A value as one JSON document on one line, for a stream of documents. */
export function jsonLine(value: object | JsonValue): string {
  return `${JSON.stringify(value).replace(harmful, escaped)}\n`;
}
