import { hash } from 'node:crypto';
import type { JsonValue } from '../model.js';
import { isList, isObject } from './path.js';

/** JSON with the keys of objects in one order: equal values have equal texts. */
export const canonicalJson = (value: JsonValue): string => JSON.stringify(value, sorted);

/** SHA-256 over the canonical JSON, as hex digits. */
export const jsonDigest = (value: JsonValue): string => hash('sha256', canonicalJson(value), 'hex');

function sorted(_: string, value: JsonValue): JsonValue {
  if (isList(value) || !isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
