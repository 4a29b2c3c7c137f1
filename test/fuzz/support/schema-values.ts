import { configJsonSchema } from '../../../src/config/json-schema.js';
import type { JsonValue } from '../../../src/model.js';
import { isObject } from './example-configurations.js';

/** Values that the schema of the configuration allows. */

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

/** A configuration that the schema allows, or almost; `next` gives numbers from 0 to 1. */
export const configurationOfSchema = (next: () => number): JsonValue => ofSchema(schema, next, 0);
