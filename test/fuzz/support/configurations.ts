import fc from 'fast-check';
import { parse as parseJsonc } from 'jsonc-parser';
import { stringify } from 'yaml';
import type { JsonValue } from '../../../src/model.js';
import { hostileTexts } from '../../support/hostile.js';
import { examples, isObject } from './example-configurations.js';
import { configurationOfSchema } from './schema-values.js';

/** Texts of configurations, right ones that were changed and others that the schema allows. */

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
    return written(edited(configurationOfSchema(next), all), syntax);
  });

/** A text of a configuration. */
export const configurationTexts: fc.Arbitrary<string> = fc.oneof(
  { weight: 5, arbitrary: editedTexts },
  { weight: 2, arbitrary: cutTexts },
  { weight: 3, arbitrary: schemaTexts },
);
