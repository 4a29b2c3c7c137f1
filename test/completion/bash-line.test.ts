import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { insertable, readLine } from '../../src/cli/completion/bash-line.js';
import { runs } from '../support/random.js';

const breaks = ' \t\n"\'@><=;|&(:';

describe('a line of bash', () => {
  it.for<[string, readonly string[], string, number]>([
    ['jwtcheck ', ['jwtcheck', ''], '', 0],
    ['jwtcheck -e st', ['jwtcheck', '-e', 'st'], '', 0],
    ['jwtcheck --only=ba', ['jwtcheck', '--only=ba'], '', 7],
    ['jwtcheck -f json:ou', ['jwtcheck', '-f', 'json:ou'], '', 5],
    ['jwtcheck --only a\\ b', ['jwtcheck', '--only', 'a b'], '', 0],
    ['jwtcheck --only "a b', ['jwtcheck', '--only', 'a b'], '"', 0],
    ["jwtcheck --only='a b", ['jwtcheck', '--only=a b'], "'", 7],
    ['jwtcheck "a b" ', ['jwtcheck', 'a b', ''], '', 0],
    ['', [''], '', 0],
  ])('%j', ([text, words, quote, kept]) => {
    expect(readLine(text, breaks)).toEqual({ words, quote, kept });
  });

  it('what is inserted is the value again, and runs nothing', () => {
    const name = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
      .filter((s) => !/[\p{Cc}\ud800-\udfff]/u.test(s));
    const names = fc.sample(
      fc.tuple(name, fc.constantFrom('' as const, '"' as const, "'" as const)),
      runs(200),
    );
    const hostile = [
      '$(touch x)',
      '`id`',
      '"; id; "',
      "'; id; '",
      '!!',
      '~root',
      '*',
      '{a,b}',
      '\\',
      '#',
      '-n',
    ];
    const all = [...names, ...hostile.flatMap((h) => (['', '"', "'"] as const).map((q) => [h, q] as const))];
    const script = all.map(
      ([value, quote]) =>
        `printf '%s\\0' ${quote}${insertable(value, { words: [], quote, kept: 0 })}${quote}`,
    );
    const out = execFileSync('bash', ['--norc', '-c', script.join('\n')], {
      encoding: 'utf8',
      cwd: '/',
      env: { LC_ALL: 'C.UTF-8' },
    });
    expect(out.split('\0').slice(0, -1)).toEqual(all.map(([value]) => value));
  });

  it('reads back what it would insert', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (value) => {
        const inserted = insertable(value, { words: [], quote: '', kept: 0 });
        expect(readLine(`x ${inserted}`, '').words).toEqual(['x', value]);
      }),
      { numRuns: runs(200) },
    );
  });
});
