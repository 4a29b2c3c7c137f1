import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { probeNames } from '../../src/config/probe-names.js';
import { parseDuration } from '../../src/schema/duration.js';
import { duration } from '../../src/schema/fields.js';
import { suggest } from '../../src/schema/suggest.js';
import { isLoopback } from '../../src/schema/url.js';

describe('durations', () => {
  it.each([
    ['500ms', 500],
    ['5s', 5000],
    ['1.5s', 1500],
    ['2m', 120_000],
    ['1h', 3_600_000],
    ['0s', 0],
  ])('%s is %d ms', (text, ms) => expect(parseDuration(text)).toBe(ms));

  it('are a number and a unit, nothing else', () => {
    const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
    fc.assert(
      fc.property(
        fc.nat(),
        fc.constantFrom('ms' as const, 's' as const, 'm' as const, 'h' as const),
        (n, unit) => {
          expect(parseDuration(`${n}${unit}`)).toBe(n * units[unit]);
          for (const wrong of [
            `-${n}${unit}`,
            `${n} ${unit}`,
            `${n}${unit} `,
            `${n}`,
            `${unit}`,
            `${n}${unit}x`,
            `.${n}${unit}`,
          ])
            expect(parseDuration(wrong)).toBeNull();
        },
      ),
    );
    fc.assert(
      fc.property(fc.string(), (text) => {
        const ms = parseDuration(text);
        expect(ms === null || ms >= 0).toBe(true);
        expect(duration().safeParse(text).success).toBe(ms !== null && ms <= Number.MAX_SAFE_INTEGER);
      }),
    );
  });
});

describe('this machine', () => {
  it.each(['localhost', 'a.localhost', '127.0.0.1', '127.9.9.9', '[::1]', '::1', 'LOCALHOST'])(
    '%s is',
    (host) => expect(isLoopback(host)).toBe(true),
  );
  it.each(['localhost.example.com', '127.0.0.1.example.com', '10.0.0.1', '0.0.0.0', '', '128.0.0.1'])(
    '%j is not',
    (host) => expect(isLoopback(host)).toBe(false),
  );
});

describe('names of probes', () => {
  it('are the given ones, or kinds with numbers', () => {
    const http = { kind: 'http' };
    expect(probeNames([http, http, { kind: 'websocket' }, http])).toEqual([
      'http',
      'http-2',
      'websocket',
      'http-3',
    ]);
    expect(
      probeNames([http, { kind: 'http', name: 'http' }, http, { kind: 'websocket', name: 'http-2' }]),
    ).toEqual(['http-3', 'http', 'http-4', 'http-2']);
  });

  it('are unique where the given ones are', () => {
    const kind = fc.constantFrom('http', 'websocket', 'http-2');
    const named = fc.record({
      kind,
      name: fc.option(fc.constantFrom('http', 'http-2', 'http-3', 'x'), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.uniqueArray(named, { selector: (p) => p.name ?? Symbol('unnamed') }), (probes) => {
        expect(new Set(probeNames(probes)).size).toBe(probes.length);
      }),
    );
  });
});

describe('a suggestion', () => {
  it.each([
    ['stagng', ['staging', 'production'], 'staging'],
    ['prod', ['staging', 'production'], 'production'],
    ['Staging', ['staging'], 'staging'],
    ['xyz', ['staging'], null],
    ['a', [], null],
    ['HS265', ['HS256', 'HS384'], 'HS256'],
  ])('for %s of %j is %s', (word, known, expected) => expect(suggest(word, known)).toBe(expected));
});
