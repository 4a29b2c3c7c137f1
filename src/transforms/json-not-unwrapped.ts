import { parseJson } from '../schema/read-json.js';
import { strictly } from './base64.js';
import { type Input, type Transform, utf8, type Variant } from './transform.js';
import { fieldNames, isCommonName } from './transform-names.js';

/** The maximum depth and number of fields of a searched document. */
const deepest = 4;
const mostFields = 24;

/** The whole JSON document is used instead of one of its fields. */
export const jsonNotUnwrapped: Transform = {
  code: 'json-not-unwrapped',
  words: {
    title: 'The whole JSON document is used instead of one of its fields',
    explanation:
      'The secret is stored as a JSON document: an object of several fields, a list, a JWK with the key in "k", or the ' +
      'data of a Kubernetes Secret. One side uses the field, the other the whole document. On ECS, a secret is the ' +
      'whole document unless `valueFrom` names the field.',
    example: 'The stored value is {"JWT_SECRET":"abc"}; backend_service signs with all of it.',
    proof:
      "One side's fingerprint matches a string field of the other side's JSON document, as it is or decoded from base64.",
    incidents: ['containers-roadmap#385', 'hasura#7606'],
    remedy: 'Store one secret under one name, or name the field wherever it is read.',
    phrase: 'within a JSON document',
    look: 'Where the value is read, name the field: not the document is the key, but one of its fields.',
  },
  *apply({ unicode, bytes, names, isLong }, all) {
    if (unicode !== null) {
      for (const name of all ? new Set([...fieldNames, ...names]) : fieldNames.slice(0, 2))
        yield* fieldOf(name, unicode);
    }
    if (!all || isLong) return;
    if (unicode !== null) {
      yield* lists(unicode);
      yield* hasura(unicode);
      for (const name of fieldNames.slice(0, 8)) yield* severalFields(name, unicode);
    }
    yield* jwks(bytes, unicode);
  },
  *undo(input, all) {
    yield* fieldsOf(input);
    if (all) yield* withoutQuotes(input);
  },
};

/** The output of `JSON.stringify`, of Python, indented, and of a shell that removed the quotes. */
function* documents(value: unknown, text: string): Iterable<Variant> {
  const compact = JSON.stringify(value);
  const spaced = spacedJson(value);
  yield { to: utf8(compact), text };
  yield { to: utf8(spaced), text: `${text}, with spaces` };
  yield { to: utf8(JSON.stringify(value, null, 2)), text: `${text}, indented` };
  yield { to: utf8(JSON.stringify(value, null, 4)), text: `${text}, indented` };
  yield { to: utf8(compact.replaceAll('"', '')), text: `${text}, without its quotes` };
  yield { to: utf8(spaced.replaceAll('"', '')), text: `${text}, without its quotes` };
  yield { to: utf8(spaced.replaceAll('"', "'")), text: `${text}, in single quotes` };
  yield { to: utf8(JSON.stringify(compact)), text: `${text}, as a JSON string` };
}

/** As Python's `json.dumps` writes it. */
function spacedJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spacedJson).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(
    ([name, field]) => `${JSON.stringify(name)}: ${spacedJson(field)}`,
  );
  return `{${fields.join(', ')}}`;
}

function* fieldOf(name: string, value: string): Iterable<Variant> {
  const said = isCommonName(name) ? `"${name}"` : 'of its name';
  yield* documents({ [name]: value }, `as the field ${said} of a JSON document`);
}

function* lists(value: string): Iterable<Variant> {
  yield* documents([value], 'as a JSON list');
  yield* documents({ keys: [value] }, 'as the list "keys" of a JSON document');
  yield* documents({ secrets: [value] }, 'as the list "secrets" of a JSON document');
  yield* documents([{ key: value }], 'as a JSON list of documents');
}

function* hasura(value: string): Iterable<Variant> {
  for (const type of ['HS256', 'HS384', 'HS512'])
    for (const document of [
      { type, key: value },
      { key: value, type },
      { type, key: value, claims_format: 'json' },
      { type, key: value, claims_format: 'stringified_json' },
      { type, key: value, claims_namespace: 'https://hasura.io/jwt/claims' },
      { alg: type, key: value },
      { algorithm: type, secret: value },
      { algorithm: type, key: value },
      { alg: type, secret: value },
      { secret: value, algorithm: type },
      { key: value, algorithm: type },
    ])
      yield* documents(document, `as the key of a JSON document that names ${type}`);
}

function* severalFields(name: string, value: string): Iterable<Variant> {
  for (const kid of ['1', '0'])
    yield* documents({ kid, [name]: value }, 'as a field of a JSON document with "kid"');
  yield* documents({ data: { [name]: value } }, 'as a field within "data" of a JSON document');
  yield* documents({ data: { data: { [name]: value } } }, 'as a field within "data" of a JSON document');
  yield* documents(
    { data: { [name]: Buffer.from(value).toString('base64') } },
    'as base64 within "data" of a JSON document',
  );
  yield* documents(
    { [name]: Buffer.from(value).toString('base64') },
    'as base64 in a field of a JSON document',
  );
}

/** A JSON Web Key (RFC 7517), alone and in a set, in the orders that libraries write. */
function* jwks(bytes: Buffer, unicode: string | null): Iterable<Variant> {
  const encoded = bytes.toString('base64url');
  const asItIs = unicode !== null && /^[\w-]+$/.test(unicode) ? [unicode] : [];
  for (const k of [...asItIs, encoded])
    for (const document of keys(k)) {
      for (const [whole, text] of [
        [document, 'as a JSON Web Key'],
        [{ keys: [document] }, 'as a JSON Web Key set'],
      ] as const) {
        yield { to: JSON.stringify(whole), text };
        yield { to: spacedJson(whole), text: `${text}, with spaces` };
      }
    }
}

function keys(k: string): Record<string, string>[] {
  const kty = 'oct';
  const found: Record<string, string>[] = [
    { kty, k },
    { k, kty },
  ];
  for (const alg of ['HS256', 'HS384', 'HS512']) {
    found.push(
      { kty, k, alg },
      { kty, alg, k },
      { k, kty, alg },
      { alg, kty, k },
      { alg, k, kty },
      { kty, use: 'sig', alg, k },
      { kty, use: 'sig', k, alg },
      { kty, k, alg, use: 'sig' },
    );
    for (const kid of ['1', '0', 'key-1', 'default', 'sig'])
      found.push(
        { kty, k, alg, kid },
        { kty, kid, k, alg },
        { kty, kid, alg, k },
        { kty, alg, kid, k },
        { kty, alg, k, kid },
        { kid, kty, alg, k },
        { kid, kty, k, alg },
        { kty, use: 'sig', kid, k, alg },
        { kty, use: 'sig', kid, alg, k },
        { alg, kid, kty, k },
      );
  }
  for (const kid of ['1', '0', 'key-1', 'default', 'sig'])
    found.push({ kty, k, kid }, { kty, kid, k }, { kid, kty, k });
  return found;
}

/** A JSON object or list, or one within a JSON string or escaped again; `null` for everything else. */
function parsed({ unicode, isLong }: Input): object | null {
  if (unicode === null || isLong) return null;
  const text = unicode.replace(/^\ufeff/, '').trim();
  if (!/^[[{"]/.test(text)) return null;
  for (const candidate of [text, text.replaceAll('\\"', '"')]) {
    const value = parseJson(candidate);
    const inner = typeof value === 'string' ? parseJson(value) : value;
    if (typeof inner === 'object' && inner !== null) return inner;
  }
  return null;
}

interface Field {
  readonly name: string;
  readonly value: string;
}

function* fieldsOf(input: Input): Iterable<Variant> {
  const document = parsed(input);
  if (document === null) return;
  const found: Field[] = [];
  collect(document, deepest, found);
  for (const [index, { name, value }] of found.entries()) {
    const text = fieldText(name, index, Array.isArray(document));
    yield { to: utf8(value), text };
    const bytes = strictly(value);
    if (bytes !== null) yield { to: bytes, text: `${text}, decoded from base64` };
  }
}

function collect(document: object, depth: number, fields: Field[]): void {
  for (const [name, value] of Object.entries(document)) {
    if (fields.length >= mostFields) return;
    if (typeof value === 'string' && value !== '') fields.push({ name, value });
    else if (typeof value === 'number') fields.push({ name, value: String(value) });
    else if (depth > 1 && typeof value === 'object' && value !== null) collect(value, depth - 1, fields);
  }
}

/** The name of a field is part of the secret document: only a common one is shown. */
function fieldText(name: string, index: number, isList: boolean): string {
  if (isList) return `as item ${index + 1} of its JSON`;
  return isCommonName(name) ? `as its JSON field "${name}"` : `as text ${index + 1} of its JSON`;
}

/** A document that a shell or PowerShell handed on without its inner quotes. */
function* withoutQuotes({ latin1, isLong }: Input): Iterable<Variant> {
  if (isLong || !/^\s*[[{]/.test(latin1)) return;
  yield { to: latin1.replaceAll('"', ''), text: 'without the quotes of its JSON' };
  yield { to: latin1.replace(/[" ]/g, ''), text: 'without the quotes and spaces of its JSON' };
  const value = parseJson(latin1);
  if (typeof value !== 'object' || value === null) return;
  yield { to: utf8(JSON.stringify(value)), text: 'with its JSON written compactly' };
  yield { to: utf8(spacedJson(value)), text: 'with its JSON written with spaces' };
  yield { to: utf8(JSON.stringify(value, null, 2)), text: 'with its JSON indented' };
  yield {
    to: utf8(JSON.stringify(value).replaceAll('"', '')),
    text: 'without the quotes and spaces of its JSON',
  };
  const sorted = Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  yield { to: utf8(JSON.stringify(sorted)), text: 'with the fields of its JSON sorted' };
  yield { to: utf8(spacedJson(sorted)), text: 'with the fields of its JSON sorted' };
  yield { to: utf8(spacedJson(value).replaceAll('"', "'")), text: 'as Python prints its JSON' };
}
