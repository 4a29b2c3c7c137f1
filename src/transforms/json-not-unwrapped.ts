import { isUtf8 } from 'node:buffer';
import type { Distortion, Variant } from './distortion.js';

/** Under these names a secret is commonly stored within a document. */
const commonNames = [
  'JWT_SECRET',
  'JWT_SECRET_KEY',
  'jwt_secret',
  'jwtSecret',
  'jwt-secret',
  'SECRET_KEY',
  'secret',
  'key',
  'value',
];

/** Documents are searched so deep, and for so many fields. */
const deepest = 3;
const mostFields = 16;

/** The whole JSON document is used where one of its fields is meant. */
export const jsonNotUnwrapped: Distortion = {
  code: 'json-not-unwrapped',
  apply(bytes) {
    if (!isUtf8(bytes)) return [];
    const value = JSON.stringify(bytes.toString());
    return commonNames.flatMap((name) => [
      { bytes: Buffer.from(`{"${name}":${value}}`), text: `as the field "${name}" of a JSON document` },
      {
        bytes: Buffer.from(`{"${name}": ${value}}`),
        text: `as the field "${name}" of a JSON document with blanks`,
      },
    ]);
  },
  undo(bytes) {
    const document = parsed(bytes);
    if (document === null) return [];
    const fields: Variant[] = [];
    collect(document, deepest, fields);
    return fields;
  },
};

/** A JSON object, or an object within a JSON string; `null` for everything else. */
function parsed(bytes: Buffer): object | null {
  const first = bytes.toString('latin1', 0, 64).trimStart()[0];
  if (first !== '{' && first !== '"') return null;
  try {
    const value: unknown = JSON.parse(bytes.toString());
    const inner: unknown = typeof value === 'string' ? JSON.parse(value) : value;
    return typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? inner : null;
  } catch {
    return null;
  }
}

function collect(document: object, depth: number, fields: Variant[]): void {
  for (const [name, value] of Object.entries(document)) {
    if (fields.length >= mostFields) return;
    if (typeof value === 'string' && value !== '') {
      fields.push({ bytes: Buffer.from(value), text: fieldText(name, fields.length) });
    } else if (depth > 1 && typeof value === 'object' && value !== null && !Array.isArray(value)) {
      collect(value, depth - 1, fields);
    }
  }
}

/** A field's name is a part of the secret document: only a common one is told. */
function fieldText(name: string, index: number): string {
  return commonNames.includes(name) ? `its JSON field "${name}"` : `string field ${index + 1} of its JSON`;
}
