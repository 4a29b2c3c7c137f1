import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerOf, contradiction, type HttpMatcher, matches } from '../../../src/observe/probes/matcher.js';

const answer = answerOf(200, '{"valid":true,"user":{"id":1,"roles":["a"]},"note":null,"a/b":2}');

describe('matches', () => {
  it('holds when all that it names hold', () => {
    const matcher = {
      status: [200, 204],
      json: { '/valid': true, '/user/roles/0': 'a' },
      includes: '"id":1',
    };
    expect(matches(matcher, answer)).toBe(true);
    expect(matches({ ...matcher, status: [201] }, answer)).toBe(false);
    expect(matches({ ...matcher, json: { '/valid': true, '/user/id': 2 } }, answer)).toBe(false);
    expect(matches({ ...matcher, includes: 'id: 1' }, answer)).toBe(false);
    expect(matches({}, answer)).toBe(true);
  });

  it('compares values, not texts', () => {
    expect(matches({ json: { '/user': { roles: ['a'], id: 1 } } }, answer)).toBe(true);
    expect(matches({ json: { '/valid': 'true' } }, answer)).toBe(false);
    expect(matches({ json: { '/user/id': '1' } }, answer)).toBe(false);
    expect(matches({ json: { '/note': null } }, answer)).toBe(true);
    expect(matches({ json: { '/missing': null } }, answer)).toBe(false);
    expect(matches({ json: { '/a~1b': 2 } }, answer)).toBe(true);
  });

  it('finds no value in what is not JSON', () => {
    for (const body of ['', '<html>', '{"valid":true', 'true false', Buffer.from([0xff, 0xfe, 0])]) {
      expect(matches({ json: { '': true } }, answerOf(200, body))).toBe(false);
    }
    expect(matches({ json: { '': true } }, answerOf(200, 'true'))).toBe(true);
  });

  it('reads JSON that begins with a byte order mark', () => {
    expect(matches({ json: { '/a': 1 } }, answerOf(200, Buffer.from('\uFEFF{"a":1}')))).toBe(true);
  });

  it('a message has no status', () => {
    expect(matches({ status: [200] }, answerOf(null, 'x'))).toBe(false);
  });

  it('throws on no body at all, and finds every value that is there', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.jsonValue(), (bytes, value) => {
        expect(() => matches({ json: { '/a/0': 1 }, includes: 'a' }, answerOf(200, bytes))).not.toThrow();
        const sent: unknown = JSON.parse(JSON.stringify({ a: [value] }));
        const matcher: HttpMatcher = { json: { '/a/0': JSON.parse(JSON.stringify(value)) } };
        expect(matches(matcher, answerOf(200, JSON.stringify(sent)))).toBe(true);
        expect(matches(matcher, answerOf(200, JSON.stringify({ a: [[value]] })))).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it('takes deep nesting', () => {
    const deep = '['.repeat(30_000) + ']'.repeat(30_000);
    expect(matches({ json: { '/0/0/0': [] } }, answerOf(200, deep))).toBe(false);
    expect(matches({ json: { '': [[]] } }, answerOf(200, `{"a":${deep}}`))).toBe(false);
  });
});

describe('contradiction', () => {
  it('is a pointer that is there with another value', () => {
    expect(contradiction({ json: { '/valid': true, '/user/id': 2 } }, answer)).toEqual({
      pointer: '/user/id',
      value: 1,
    });
    expect(contradiction({ json: { '/valid': true, '/missing': 1 } }, answer)).toBeNull();
    expect(contradiction({ json: { '/valid': false } }, answerOf(200, 'not JSON'))).toBeNull();
    expect(contradiction({ status: [200] }, answer)).toBeNull();
  });
});
