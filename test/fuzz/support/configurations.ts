import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { parse as parseJsonc } from 'jsonc-parser';
import { stringify } from 'yaml';
import { configJsonSchema } from '../../../src/config/json-schema.js';
import type { JsonValue } from '../../../src/model.js';
import { hostileTexts } from '../../support/hostile.js';

/** Texts of configurations, right ones that were changed and others that the schema allows. */

const root = new URL('../../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');

/** The example and those of the documentation, pieces where they go. */
export const examples: readonly string[] = [
  read('.jwtcheckrc.example.json'),
  ...readdirSync(new URL('docs/', root))
    .filter((name) => name.endsWith('.md'))
    .flatMap((name) =>
      [...read(`docs/${name}`).matchAll(/```jsonc?\n([\s\S]*?)```/g)].map(([, json = '']) => json),
    )
    .flatMap((text) => {
      const value: JsonValue | undefined = parseJsonc(text);
      return isObject(value) ? [JSON.stringify(whole(value), null, 2)] : [];
    }),
];

function whole(piece: Record<string, JsonValue>): JsonValue {
  const participants = { a: { source: { kind: 'pinned', fingerprint: '11111111' } } };
  if ('environments' in piece) return piece;
  return 'participants' in piece
    ? { environments: { staging: piece } }
    : { ...piece, environments: { staging: { participants } } };
}

function isObject(value: JsonValue | undefined): value is Record<string, JsonValue> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const names = [
  'FUZZ_ONE',
  'FUZZ_TWO',
  ...new Set(
    examples.flatMap((text) => [...text.matchAll(/\$\{([A-Za-z_]\w*)/g)].map(([, name = '']) => name)),
  ),
];

/** What must not be seen of the variables. */
export const hidden: readonly string[] = [
  ...names.map((name, at) => `v${at}q-Xk7${name.length}zW"<ä>&jR8${(at * 7919) % 9973}uM/`),
  'pJ4-hS9.dR2_xB6~qW1k',
];

/** Variables that are set. */
export const variables: Readonly<Record<string, string>> = {
  ...Object.fromEntries(names.map((name, at) => [name, hidden[at] ?? ''])),
  FUZZ_URL: `https://a.example/${hidden.at(-1)}`,
  FUZZ_TIME: '5s',
};

const texts = fc.oneof(
  fc.constantFrom(...hostileTexts.map((text) => text.slice(0, 200))),
  fc.constantFrom(
    ...['$', '$$', '', ':-x', ':-'].map((rest) => `$${rest}{FUZZ_ONE}`),
    `\${FUZZ_ONE}`,
    `Bearer \${FUZZ_TWO}`,
    `\${FUZZ_ONE:-\${FUZZ_TWO}}`,
    `\${UNSET:-{a}}`,
    `\${UNSET}`,
    `\${FUZZ_URL}`,
    `\${FUZZ_URL}/x?y`,
    `\${FUZZ_TIME}`,
    `\${`,
    `https://u:\${FUZZ_ONE}@h.example/\${FUZZ_TWO}?k=\${FUZZ_ONE}#\${FUZZ_TWO}`,
    `http://127.0.0.1:1/\${FUZZ_ONE}`,
  ),
  fc.constantFrom('{{token}}', '{{token.base64url}}', '{{base64:{{token}}}}', '{{base64url:', '{{'),
  fc.constantFrom(
    'http://[::1',
    'https://a b/',
    'http://x',
    'ws://localhost:0',
    'file:///etc/passwd',
    '//',
    'http://127.0.0.1:99999',
  ),
  fc.constantFrom(
    '1ms',
    '0s',
    '-1s',
    '999999999h',
    '5 s',
    '1e9s',
    'NaN',
    '__proto__',
    'constructor',
    'toString',
    '',
  ),
  fc.string({ maxLength: 30 }),
  fc.constantFrom(
    'GET',
    'TRACE',
    'http',
    'websocket',
    'command',
    'file',
    'all',
    'none',
    '/a~2b',
    '/',
    '~',
    '127.0.0.1:0',
    '*',
  ),
);

const values: fc.Arbitrary<JsonValue> = fc.oneof(
  { weight: 4, arbitrary: texts },
  fc.constantFrom<JsonValue>(null, true, false, 0, -1, 1e308, 5e-324, 2 ** 53, 0.1, [], {}),
  fc.array(texts, { maxLength: 4 }),
  fc.dictionary(texts, texts, { maxKeys: 4 }),
  fc.constantFrom(5, 30, 70, 400).map((depth) => nested(depth)),
  fc.constantFrom<JsonValue>(
    { kind: 'http', url: `http://127.0.0.1:1/\${FUZZ_ONE}` },
    { kind: 'command', run: [`\${FUZZ_ONE}`] },
  ),
);

function nested(depth: number): JsonValue {
  let value: JsonValue = 1;
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}

interface Edit {
  readonly at: number;
  readonly what: 'set' | 'remove' | 'rename' | 'add' | 'wrap' | 'move';
  readonly key: string;
  readonly value: JsonValue;
}

const edits: fc.Arbitrary<Edit> = fc.record({
  at: fc.nat({ max: 5000 }),
  what: fc.constantFrom('set', 'set', 'set', 'remove', 'rename', 'add', 'wrap', 'move'),
  key: fc.oneof(
    texts,
    fc.constantFrom('url', 'headers', 'kind', 'source', 'probes', 'watch', 'notify', 'body', 'names'),
  ),
  value: values,
});

/** Every place in a tree, as what to call with its new value; `undefined` takes it away. */
function places(tree: JsonValue): { holder: JsonValue; key: string | number; value: JsonValue }[] {
  if (typeof tree !== 'object' || tree === null) return [];
  const own = Array.isArray(tree)
    ? tree.map((value, key) => ({ holder: tree, key, value }))
    : Object.entries(tree).map(([key, value]) => ({ holder: tree, key, value }));
  return own.flatMap((place) => [place, ...places(place.value)]);
}

function put(holder: JsonValue, key: string | number, value: JsonValue | undefined): void {
  if (Array.isArray(holder)) {
    if (value === undefined) holder.splice(Number(key), 1);
    else holder[Number(key)] = value;
  } else if (isObject(holder)) {
    if (value === undefined) Reflect.deleteProperty(holder, key);
    else Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
  }
}

function edited(tree: JsonValue, all: readonly Edit[]): JsonValue {
  const copy: JsonValue = structuredClone(tree);
  for (const { at, what, key, value: given } of all) {
    // A value that is put in twice would end up in itself.
    const value: JsonValue = structuredClone(given);
    const found = places(copy);
    const place = found[at % Math.max(1, found.length)];
    if (place === undefined) continue;
    const { holder, key: old, value: before } = place;
    if (what === 'set') put(holder, old, value);
    else if (what === 'remove') put(holder, old, undefined);
    else if (what === 'add') put(before, key, value);
    else if (what === 'wrap') put(holder, old, [before]);
    else if (what === 'move')
      put(holder, old, structuredClone(found[(at * 31) % found.length]?.value ?? null));
    else {
      put(holder, old, undefined);
      put(holder, key, before);
    }
  }
  return copy;
}

const bases: readonly JsonValue[] = examples.map((text): JsonValue => parseJsonc(text));

const written = (tree: JsonValue, syntax: 'json' | 'yaml' | 'compact'): string =>
  syntax === 'yaml' ? stringify(tree) : JSON.stringify(tree, null, syntax === 'json' ? 2 : 0);

const syntaxes = fc.constantFrom('json', 'yaml', 'compact');

/** An example, some of whose values and keys are others. */
const editedTexts = fc
  .tuple(
    fc.nat({ max: bases.length - 1 }),
    fc.oneof(fc.array(edits, { maxLength: 1 }), fc.array(edits, { maxLength: 6 })),
    syntaxes,
  )
  .map(([base, all, syntax]) => written(edited(bases[base] ?? {}, all), syntax));

/** An example with pieces cut out, doubled and put in. */
const cutTexts = fc
  .tuple(
    fc.nat({ max: examples.length - 1 }),
    fc.array(
      fc.record({
        from: fc.double({ min: 0, max: 1, noNaN: true }),
        length: fc.nat({ max: 40 }),
        insert: fc.oneof(
          texts,
          fc.constantFrom(
            '{',
            '}',
            '[',
            ']',
            ',',
            ':',
            '"',
            '\\',
            '/*',
            '//',
            '\n',
            '&a ',
            '*a',
            '!!js',
            '---\n',
          ),
        ),
        times: fc.constantFrom(1, 1, 2, 50),
      }),
      { minLength: 1, maxLength: 6 },
    ),
  )
  .map(([base, cuts]) =>
    cuts.reduce((text, { from, length, insert, times }) => {
      const at = Math.floor(from * text.length);
      return text.slice(0, at) + insert.repeat(times) + text.slice(at + length);
    }, examples[base] ?? ''),
  );

const schema: JsonValue = JSON.parse(JSON.stringify(configJsonSchema()));

/** A value that a schema allows, or almost; `next` gives numbers from 0 to 1. */
function ofSchema(one: JsonValue | undefined, next: () => number, depth: number, name = ''): JsonValue {
  if (!isObject(one) || depth > 14) return null;
  const pick = <T>(all: readonly T[]): T | undefined => all[Math.floor(next() * all.length)];
  const {
    $ref,
    const: constant,
    enum: values,
    type,
    properties,
    required,
    items,
    additionalProperties,
  } = one;
  if (typeof $ref === 'string') return ofSchema(pointed($ref), next, depth + 1, name);
  const options = one.anyOf ?? one.oneOf ?? one.allOf;
  if (Array.isArray(options)) return ofSchema(pick(options), next, depth + 1, name);
  if (constant !== undefined) return constant;
  if (Array.isArray(values)) return pick(values) ?? null;
  if (type === 'array')
    return Array.from({ length: 1 + Math.floor(next() * 3) }, () => ofSchema(items, next, depth + 1, name));
  if (type === 'number' || type === 'integer') {
    const least = typeof one.minimum === 'number' ? Math.max(0, one.minimum) : 0;
    const most = typeof one.maximum === 'number' ? Math.min(one.maximum, least + 40) : least + 40;
    return Math.floor(least + next() * (most - least));
  }
  if (type === 'boolean') return next() < 0.5;
  if (type === 'object') {
    const needed = Array.isArray(required) ? required : [];
    const own = isObject(properties) ? Object.entries(properties) : [];
    const kept = own.filter(([key]) => needed.includes(key) || next() < 3 / (own.length + depth));
    const prefix = depth > 5 && /json/.test(name) ? '/' : '';
    const more = isObject(additionalProperties)
      ? [0, 1].map((at): [string, JsonValue] => [
          `${prefix}n${at}`,
          ofSchema(additionalProperties, next, depth + 1),
        ])
      : [];
    return Object.fromEntries([
      ...kept.map(([key, inner]): [string, JsonValue] => [key, ofSchema(inner, next, depth + 1, key)]),
      ...more,
    ]);
  }
  return pick(byName[name] ?? matching(one.pattern)) ?? '';
}

const likely = [
  ...[
    'n0',
    'n1',
    '5s',
    '2m',
    '60s',
    '500ms',
    '11111111',
    '/a',
    'x',
    '127.0.0.1:1',
    'none',
    'USD',
    'GET',
    'POST',
    '7',
    'latest',
  ],
  ...[
    'https://a.example/x',
    'wss://a.example/ws',
    'http://127.0.0.1:1',
    `\${FUZZ_ONE}`,
    `\${FUZZ_URL}`,
    `\${FUZZ_TIME}`,
  ],
  ...['2026-02-01T10:00:00Z', '2026-02-01T11:00:00Z', 'a-project', '{{token}}', 'jwt.{{token.base64url}}'],
];

/** Texts that no pattern describes, by their key. */
const byName: Readonly<Record<string, readonly string[]>> = {
  url: ['https://a.example/x', `\${FUZZ_URL}`, 'wss://a.example/ws', 'http://127.0.0.1:1'],
  allowedHosts: ['a.example', '127.0.0.1:1', '127.0.0.1', '*.example'],
  pointer: ['/a', '', '/a~1b/0'],
  from: ['2026-02-01T10:00:00Z'],
  until: ['2026-02-01T11:00:00Z'],
  externalUrl: ['https://a.example/x'],
  runbookUrl: ['https://a.example/x'],
};

/** Texts that a pattern allows. */
const matching = (pattern: JsonValue | undefined): readonly string[] => {
  if (typeof pattern !== 'string') return likely;
  const found = likely.filter((text) => new RegExp(pattern).test(text));
  return found.length === 0 ? likely : found;
};

function pointed(ref: string): JsonValue | undefined {
  return ref
    .split('/')
    .slice(1)
    .reduce<JsonValue | undefined>((value, key) => (isObject(value) ? value[key] : undefined), schema);
}

/** What the schema allows, and some edits. */
const schemaTexts = fc
  .tuple(
    fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 40, maxLength: 200 }),
    fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, fc.array(edits, { maxLength: 2 })),
    syntaxes,
  )
  .map(([numbers, all, syntax]) => {
    let at = 0;
    const next = (): number => numbers[at++ % numbers.length] ?? 0;
    return written(edited(ofSchema(schema, next, 0), all), syntax);
  });

/** A text of a configuration. */
export const configurationTexts: fc.Arbitrary<string> = fc.oneof(
  { weight: 5, arbitrary: editedTexts },
  { weight: 2, arbitrary: cutTexts },
  { weight: 3, arbitrary: schemaTexts },
);
