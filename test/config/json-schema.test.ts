import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { parse } from 'jsonc-parser';
import { describe, expect, it } from 'vitest';
import { draftOf } from '../../src/cli/init/draft.js';
import { configJsonSchema, jsonSchemaId } from '../../src/config/json-schema.js';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
const schema: Json = JSON.parse(JSON.stringify(configJsonSchema()));

const isObject = (value: Json | undefined): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The keywords that the schema uses, and no others: one that is not known here fails the test. */
function accepts(rule: Json | undefined, value: Json): boolean {
  if (typeof rule === 'boolean') return rule;
  if (!isObject(rule)) throw new TypeError('not a schema');
  return Object.entries(rule).every(([keyword, operand]) => holds(keyword, operand, rule, value));
}

function holds(keyword: string, operand: Json, rule: { [key: string]: Json }, value: Json): boolean {
  const list = Array.isArray(operand) ? operand : [];
  const bound = Number(operand);
  const size = Array.isArray(value) || typeof value === 'string' ? value.length : null;
  switch (keyword) {
    case '$schema':
    case '$id':
    case 'title':
    case 'description':
    case 'default':
    case 'examples':
    case 'definitions':
      return true;
    case '$ref': {
      const target = String(operand).split('/').slice(1);
      return accepts(
        target.reduce<Json | undefined>((at, key) => (isObject(at) ? at[key] : undefined), schema),
        value,
      );
    }
    case 'type':
      return typeOf(value).includes(String(operand));
    case 'const':
      return value === operand;
    case 'enum':
      return list.includes(value);
    case 'anyOf':
      return list.some((branch) => accepts(branch, value));
    case 'oneOf':
      return list.filter((branch) => accepts(branch, value)).length === 1;
    case 'allOf':
      return list.every((branch) => accepts(branch, value));
    case 'required':
      return !isObject(value) || list.every((key) => Object.hasOwn(value, String(key)));
    case 'properties':
      return (
        !isObject(value) ||
        !isObject(operand) ||
        Object.entries(operand).every(
          ([key, inner]) => value[key] === undefined || accepts(inner, value[key]),
        )
      );
    case 'additionalProperties':
      return (
        !isObject(value) ||
        Object.keys(value).every(
          (key) =>
            (isObject(rule.properties) && Object.hasOwn(rule.properties, key)) ||
            accepts(operand, value[key] ?? null),
        )
      );
    case 'propertyNames':
      return !isObject(value) || Object.keys(value).every((key) => accepts(operand, key));
    case 'items':
      return !Array.isArray(value) || value.every((item) => accepts(operand, item));
    case 'pattern':
      return typeof value !== 'string' || new RegExp(String(operand), 'u').test(value);
    case 'minLength':
    case 'minItems':
      return size === null || size >= bound;
    case 'maxLength':
    case 'maxItems':
      return size === null || size <= bound;
    case 'minimum':
      return typeof value !== 'number' || value >= bound;
    case 'exclusiveMinimum':
      return typeof value !== 'number' || value > bound;
    case 'maximum':
      return typeof value !== 'number' || value <= bound;
    default:
      throw new TypeError(`unknown keyword ${keyword}`);
  }
}

function typeOf(value: Json): string[] {
  if (value === null) return ['null'];
  if (Array.isArray(value)) return ['array'];
  if (typeof value === 'number') return Number.isInteger(value) ? ['integer', 'number'] : ['number'];
  return [typeof value];
}

const example = async (): Promise<{ [key: string]: Json }> =>
  parse(await readFile(join(import.meta.dirname, '../../.jwtcheckrc.example.json'), 'utf8'));

const variableKey = `\${A} `;
const service: Json = { kind: 'http', url: 'https://h' };
const withSource = (source: Json): Json => ({ environments: { s: { participants: { a: { source } } } } });

describe('the JSON Schema', () => {
  it('names itself', () => {
    expect(schema).toMatchObject({
      $schema: 'http://json-schema.org/draft-07/schema#',
      $id: jsonSchemaId,
      type: 'object',
    });
  });

  it('accepts the example', async () => expect(accepts(schema, await example())).toBe(true));

  it.each(['token', 'environments', 'defaultEnvironment', 'controls'])(
    'rejects %s with a letter more',
    async (key) => {
      const { [key]: value = null, ...rest } = await example();
      expect(accepts(schema, { ...rest, [`${key}s`]: value })).toBe(false);
    },
  );

  it('accepts a variable where a pattern stands, and rejects what is neither', () => {
    const withTimeout = (timeout: Json): Json => withSource({ kind: 'http', url: 'https://h', timeout });
    expect(
      [...['5s', '500ms', `\${TIMEOUT:-5s}`], '5', 5].map((t) => accepts(schema, withTimeout(t))),
    ).toEqual([true, true, true, false, false]);
  });

  it.each<[string, Json]>([
    ['a misspelt key of a source', { kind: 'http', urll: 'https://h', url: 'https://h' }],
    ['an unknown kind', { kind: 'htpp', url: 'https://h' }],
    ['no kind', { url: 'https://h' }],
    ['a missing key', { kind: 'http' }],
    ['a header that is none', { kind: 'http', url: 'https://h', headers: { 'a b': 'c' } }],
    ['a variable as a header name', { kind: 'http', url: 'https://h', headers: { [variableKey]: 'c' } }],
  ])('rejects %s', (_, source) => {
    expect(accepts(schema, withSource(service))).toBe(true);
    expect(accepts(schema, withSource(source))).toBe(false);
  });

  it('says what keys mean and what they default to', () => {
    expect(schema).toMatchObject({
      properties: {
        timeout: { type: 'string', default: '5s', description: expect.any(String) },
        controls: { default: ['forged', 'missing'] },
      },
    });
  });
});

/** Every part of the schema that describes a key, with the way to it. */
function* keysOf(rule: Json | undefined, way = ''): Generator<readonly [string, { [key: string]: Json }]> {
  if (!isObject(rule)) return;
  for (const [key, inner] of Object.entries(isObject(rule.properties) ? rule.properties : {})) {
    if (!isObject(inner)) continue;
    yield [`${way}.${key}`, inner];
    yield* keysOf(inner, `${way}.${key}`);
  }
  for (const keyword of ['anyOf', 'oneOf', 'allOf']) {
    const branches = rule[keyword];
    if (Array.isArray(branches)) for (const branch of branches) yield* keysOf(branch, way);
  }
  yield* keysOf(rule.additionalProperties, `${way}.*`);
  yield* keysOf(rule.items, `${way}[]`);
}

describe('in an editor', () => {
  const valid = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true }).compile(configJsonSchema());
  const errors = (config: unknown) => (valid(config) ? [] : (valid.errors ?? []));

  it('every key is explained', () => {
    const all = [...keysOf(schema)];
    expect(all.length).toBeGreaterThan(80);
    const silent = all.filter(([, key]) => typeof key.description !== 'string' && key.const === undefined);
    expect(silent.map(([way]) => way)).toEqual([]);
  });

  it('the example and what init writes are right', async () => {
    const written = draftOf(
      {
        environment: 'staging',
        secret: { project: 'my-project', secret: 'jwt', version: '7' },
        entry: { path: '.env', key: 'JWT_SECRET' },
        services: [
          {
            name: 'api',
            url: 'https://example.org/x',
            probes: [
              { kind: 'http', url: 'https://example.org/me' },
              { kind: 'websocket', url: 'wss://example.org/ws' },
            ],
          },
        ],
        tokenVariable: 'TOKEN',
        testVariables: ['JWT_SECRET'],
      },
      './schema.json',
    );
    expect(errors(await example())).toEqual([]);
    expect(errors(written.tree)).toEqual([]);
  });

  it('a variable may stand wherever a text is wanted, and nowhere else', () => {
    const variable = `\${SOMETHING:-x}`;
    const http = { kind: 'http', url: variable, method: variable, addresses: variable, timeout: variable };
    const config = {
      defaultEnvironment: variable,
      currency: variable,
      token: { algorithm: variable, ttl: variable },
      controls: [variable],
      environments: { s: { reference: variable, participants: { a: { role: variable, source: http } } } },
    };
    expect(errors(config)).toEqual([]);
    expect(errors({ ...config, controls: variable })).toEqual([]);
    expect(errors({ ...config, fingerprint: { length: variable } })).not.toEqual([]);
    expect(errors({ ...config, followUp: { enabled: variable } })).not.toEqual([]);
    expect(errors({ ...config, token: { algorithm: 'RS256' } })).not.toEqual([]);
    expect(errors({ ...config, currency: 'too long a name' })).not.toEqual([]);
    expect(errors(withSource({ kind: variable, url: 'https://h' }))).not.toEqual([]);
  });
});
