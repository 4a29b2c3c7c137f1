import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseConfig, syntaxOf } from '../../../src/config/parse/parse.js';
import { ConfigError } from '../../../src/errors.js';
import { formatPath } from '../../../src/schema/path.js';
import { anyCharacter } from '../../support/random.js';

const json = (text: string) => parseConfig(text, '/x/.jwtcheckrc.json');
const yaml = (text: string) => parseConfig(text, '/x/.jwtcheckrc.yaml');

async function refused(parsing: Promise<unknown>): Promise<readonly string[]> {
  const error = await parsing.catch((e: unknown) => e);
  if (!(error instanceof ConfigError)) throw new Error('it was not refused', { cause: error });
  return error.problems.map((problem) => problem.message);
}

async function problems(parsing: ReturnType<typeof json>): Promise<string[]> {
  return (await parsing).problems.map((p) => `${formatPath(p.path)}: ${p.message}`);
}

describe('syntax', () => {
  it.each([
    ['.jwtcheckrc.json', 'a: 1', 'json'],
    ['.jwtcheckrc.yaml', '{}', 'yaml'],
    ['X.YML', '{}', 'yaml'],
    ['.jwtcheckrc', '  // hello\n/* { */ {', 'json'],
    ['.jwtcheckrc', '# hello\na: 1', 'yaml'],
    ['.jwtcheckrc', '[', 'json'],
  ])('%s with %j is %s', (file, text, syntax) => expect(syntaxOf(file, text)).toBe(syntax));
});

describe('JSON', () => {
  it('may carry comments and trailing commas', async () => {
    expect(await json('// a\n{ "a": [1, true, null,], /* b */ "b": { "c": "d" }, }')).toEqual({
      tree: { a: [1, true, null], b: { c: 'd' } },
      problems: [],
    });
  });

  it.each([
    ['{\n  "a": 1\n  "b": 2\n}', 'line 3, column 3: expected a comma'],
    ['{ "a": }', 'line 1, column 8: expected a value'],
    ['{ a: 1 }', 'line 1, column 3: an unknown word; text must be in double quotes'],
    ['{ "a": "b', 'line 1, column 8: a text is not closed'],
    ['{"a":1} x', 'line 1, column 9: an unknown word; text must be in double quotes'],
  ])('tells where %j is wrong', async (text, message) =>
    expect(await refused(json(text))).toContain(message),
  );

  it('tells keys that appear twice, with path and lines', async () => {
    expect(await problems(json('{"p": {\n"a b": 1,\n"a b": 2, "c": [{"d": 1, "d": 1}]}}'))).toEqual([
      'p["a b"]: this key appears twice (lines 2 and 3); keep one',
      'p.c[0].d: this key appears twice (lines 3 and 3); keep one',
    ]);
  });

  it('is not moved by __proto__', async () => {
    const { tree, problems: found } = await json(
      '{"a": {"__proto__": {"polluted": true}, "constructor": 1}}',
    );
    expect(found.map((p) => formatPath(p.path))).toEqual(['a.__proto__']);
    expect(tree).toEqual({ a: { constructor: 1 } });
    expect(Object.hasOwn({}, 'polluted') || 'polluted' in {}).toBe(false);
  });

  it.each(['', ' \n', '// nothing', '/* */'])('calls %j empty', async (text) =>
    expect(await refused(json(text))).toEqual(['the file is empty']),
  );

  it('refuses too much depth, and numbers without a value', async () => {
    expect((await refused(json('[{"a":'.repeat(100_000))))[0]).toContain('nested too deeply');
    expect((await refused(json('['.repeat(65) + ']'.repeat(65))))[0]).toContain('line 1, column 65');
    expect((await json('['.repeat(64) + ']'.repeat(64))).problems).toEqual([]);
    expect(await problems(json('{"a": 1e999}'))).toEqual(['a: expected a finite number']);
  });
});

describe('YAML', () => {
  it('is read, with anchors', async () => {
    expect(await yaml('a: &x {b: [1, yes, null, "c"]}\nd: *x\n404: e\n')).toEqual({
      tree: { a: { b: [1, 'yes', null, 'c'] }, d: { b: [1, 'yes', null, 'c'] }, '404': 'e' },
      problems: [],
    });
  });

  it.each([
    ['a: 1\n\tb: 2', /line 2, column \d+: a tab as indentation/],
    ['a: "x', /line 1, column \d+: a quote/],
    ['a: b: c', /line 1, column 4: a mapping cannot start here/],
    ['a: 1\n---\nb: 1', /line 2, column 1: more than one document/],
    ['a: !foo 1', /line 1, column 4: an unknown tag/],
  ])('tells where %j is wrong', async (text, message) =>
    expect((await refused(yaml(text)))[0]).toMatch(message),
  );

  it('never shows what stands there', async () => {
    for (const text of [
      'a: hunter22: x',
      'a: *hunter22',
      'a: !hunter22 x',
      '"hunter22',
      'a: "\\hunter22"',
      '@hunter22',
    ])
      expect(
        JSON.stringify(await yaml(text).catch((e: ConfigError) => [e.message, e.problems])),
      ).not.toContain('hunter22');
  });

  it('tells keys that appear twice, with path and lines', async () => {
    expect(await problems(yaml('p:\n  a: 1\n  b: 2\n  "a": 3\n'))).toEqual([
      'p.a: this key appears twice (lines 2 and 4); keep one',
    ]);
  });

  it('refuses odd keys, unknown aliases and __proto__', async () => {
    expect(await problems(yaml('? [a]\n: 1\n'))).toEqual(['["?"]: a key must be text']);
    expect(await problems(yaml('a: *b'))).toEqual(['a: an alias without an anchor before it']);
    expect(await problems(yaml('__proto__: {a: 1}'))).toEqual(['__proto__: this key is not allowed']);
    expect(await problems(yaml('a: .inf'))).toEqual(['a: expected a finite number']);
  });

  it('refuses alias bombs, cycles and too much depth', async () => {
    const bomb = ['a0: &a0 [x,x,x,x,x,x,x,x,x,x]'];
    for (let i = 1; i < 10; i += 1)
      bomb.push(`a${i}: &a${i} [${Array.from({ length: 10 }, () => `*a${i - 1}`).join(',')}]`);
    expect(await problems(yaml(bomb.join('\n')))).toEqual([': contains more than 100000 values']);
    expect((await problems(yaml('&a [*a, *a]')))[0]).toContain('nested too deeply');
    for (const text of ['[', '- ', '{a: ', '? '])
      expect((await refused(yaml(text.repeat(300_000))))[0]).toContain('nested too deeply');
  });

  it.each(['# nothing', '---\n', 'null'])('calls %j empty', async (text) =>
    expect(await refused(yaml(text))).toEqual(['the file is empty']),
  );
});

describe('any text', () => {
  const noise = fc.oneof(
    fc.string(),
    fc.string({ unit: anyCharacter }),
    fc.string({
      unit: fc.constantFrom(
        '{',
        '}',
        '[',
        ']',
        ':',
        ',',
        '"',
        "'",
        '\n',
        ' ',
        '- ',
        'a',
        '&a ',
        '*a',
        '? ',
        '/*',
        '//',
        '|',
        '>',
        '!',
        '%',
        '\t',
        '\\',
      ),
    }),
    fc.json(),
  );
  it('is a tree or a ConfigError', async () => {
    await fc.assert(
      fc.asyncProperty(noise, fc.constantFrom('a.json', 'a.yaml', 'a'), async (text, file) => {
        const result = await parseConfig(text, file).catch((e: unknown) => e);
        expect(
          result instanceof ConfigError ||
            (typeof result === 'object' && result !== null && 'tree' in result),
        ).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  it('that is JSON is the same in both', async () => {
    await fc.assert(
      fc.asyncProperty(fc.json({ maxDepth: 4 }), async (text) => {
        fc.pre(!text.includes('__proto__') && text !== 'null');
        const value: unknown = JSON.parse(text);
        expect((await json(text)).tree).toEqual(value);
        expect((await yaml(text)).tree).toEqual(value);
      }),
      { numRuns: 100 },
    );
  });
});

describe('a long configuration', () => {
  const participants = Object.fromEntries(
    Array.from({ length: 400 }, (_, n) => [
      `service-${n}`,
      { source: { kind: 'env', names: [`A:"${n}\\`] } },
    ]),
  );
  const text = JSON.stringify({ environments: { staging: { participants } } }, null, 2);

  it('is read like a short one', async () => {
    expect(await parseConfig(text, 'a.json')).toEqual({ tree: JSON.parse(text), problems: [] });
    expect(await parseConfig(`// written by hand\n${text}`, 'a.json')).toEqual({
      tree: JSON.parse(text),
      problems: [],
    });
  });

  it('tells of keys that appear twice, with their lines', async () => {
    const twice = text.replace('"service-7":', '"service-6":');
    const { problems } = await parseConfig(twice, 'a.json');
    expect(problems).toMatchObject([{ message: expect.stringMatching(/twice \(lines \d+ and \d+\)/) }]);
  });

  it.each([
    ['a dangerous key', text.replace('"service-7":', '"__proto__":'), 'not allowed'],
    ['a number without a value', text.replace(/\{\s*"kind": "env"/, '{"n": 1e999, "kind": "env"'), 'finite'],
  ])('tells of %s', async (_, wrong, words) => {
    const { problems } = await parseConfig(wrong, 'a.json');
    expect(problems).toMatchObject([{ message: expect.stringContaining(words) }]);
  });

  it('is refused where it is nested too deeply', async () => {
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    await expect(parseConfig(deep, 'a.json')).rejects.toMatchObject({
      problems: [{ message: expect.stringContaining('nested too deeply') }],
    });
  });
});
