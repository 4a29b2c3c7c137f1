import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolve } from '../../src/schema/json-pointer.js';

/** The document of RFC 6901 §5. */
const document = {
  foo: ['bar', 'baz'],
  '': 0,
  'a/b': 1,
  'c%d': 2,
  'e^f': 3,
  'g|h': 4,
  'i\\j': 5,
  'k"l': 6,
  ' ': 7,
  'm~n': 8,
};

describe('resolve', () => {
  it.each([
    ['', document],
    ['/foo', ['bar', 'baz']],
    ['/foo/0', 'bar'],
    ['/', 0],
    ['/a~1b', 1],
    ['/c%d', 2],
    ['/e^f', 3],
    ['/g|h', 4],
    ['/i\\j', 5],
    ['/k"l', 6],
    ['/ ', 7],
    ['/m~0n', 8],
  ])('finds %j of RFC 6901 §5', (pointer, value) => {
    expect(resolve(document, pointer)).toEqual({ found: true, value });
  });

  it('undoes ~1 before ~0, so that ~01 is ~1', () => {
    expect(resolve({ '~1': 'tilde' }, '/~01')).toEqual({ found: true, value: 'tilde' });
  });

  it('finds a null', () => {
    expect(resolve({ a: null }, '/a')).toEqual({ found: true, value: null });
  });

  it.each([
    [document, '/missing'],
    [document, '/foo/2'],
    [document, '/foo/-'],
    [document, '/foo/00'],
    [document, '/foo/01'],
    [document, '/foo/+1'],
    [document, '/foo/1.0'],
    [document, '/foo/length'],
    [document, '/foo/0/length'],
    [document, '/foo/0/0'],
    [document, 'foo'],
    [document, '/m~n'],
    [document, '/m~2n'],
    [document, '/constructor'],
    [document, '/__proto__'],
    [document, '/toString'],
    [null, '/a'],
    [undefined, '/a'],
    ['text', '/0'],
    [1, '/a'],
  ])('finds nothing in %j at %j', (value, pointer) => {
    expect(resolve(value, pointer)).toEqual({ found: false });
  });

  it('finds an own property that is called __proto__', () => {
    expect(resolve(JSON.parse('{"__proto__":{"a":1}}'), '/__proto__/a')).toEqual({ found: true, value: 1 });
  });

  it('does not mind how deep a document is', () => {
    const deep: unknown = JSON.parse('['.repeat(30_000) + ']'.repeat(30_000));
    expect(resolve(deep, '/0'.repeat(29_999))).toEqual({ found: true, value: [] });
  });

  it('finds whatever a document holds, by the pointer written for it', () => {
    const escaped = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');
    fc.assert(
      fc.property(fc.array(fc.string(), { maxLength: 6 }), fc.jsonValue(), (names, value) => {
        const whole = names.reduceRight<unknown>((inner, name) => Object.fromEntries([[name, inner]]), value);
        const pointer = names.map((name) => `/${escaped(name)}`).join('');
        expect(resolve(whole, pointer)).toEqual({ found: true, value });
      }),
      { numRuns: 200 },
    );
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string(), (value, pointer) => {
        expect(typeof resolve(value, pointer).found).toBe('boolean');
      }),
      { numRuns: 200 },
    );
  });
});
