import type { JsonValue } from '../model.js';

/** The value of a JSON text (RFC 8259), or `undefined` where the text is no JSON. */
export function parseJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
