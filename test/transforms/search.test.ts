import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { literals } from '../../src/transforms/literals.js';
import { type Hit, likeliest, search } from '../../src/transforms/search.js';
import { runs, some } from '../support/random.js';

const secret = 'Xq3-vN8_tB5yLw2Zr7Kd9Hm4Pc6Jf1Gs';
const fingerprint = (value: string | Buffer, length = 8): string =>
  createHash('sha256').update(value).digest('hex').slice(0, length);
const find = (from: string | Buffer, to: string | Buffer, length = 16): Hit | undefined =>
  search(Buffer.from(from), [fingerprint(to, length)]).hits[0];
const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('two transforms', () => {
  it.each([
    ['quotes and a newline', `"${secret}"\n`, ['quotes-kept', 'trailing-newline'], 'quotes-kept'],
    ['a newline in quotes', `"${secret}\n"`, ['trailing-newline', 'quotes-kept'], 'quotes-kept'],
    ['quotes and CRLF', `'${secret}'\r\n`, ['quotes-kept', 'crlf-line-ending'], 'quotes-kept'],
    ['a mark before quotes', `\ufeff"${secret}"`, ['quotes-kept', 'byte-order-mark'], 'quotes-kept'],
    [
      'base64 of a line',
      base64(`${secret}\n`),
      ['trailing-newline', 'base64-not-decoded'],
      'base64-not-decoded',
    ],
    [
      'base64 as a line',
      `${base64(secret)}\n`,
      ['base64-not-decoded', 'trailing-newline'],
      'base64-not-decoded',
    ],
    ['base64 in quotes', `"${base64(secret)}"`, ['base64-not-decoded', 'quotes-kept'], 'base64-not-decoded'],
    ['base64 of base64', base64(base64(secret)), ['base64-not-decoded'], 'base64-not-decoded'],
    [
      'upper case and a newline',
      `${secret.toUpperCase()}\n`,
      ['case-changed', 'trailing-newline'],
      'case-changed',
    ],
    [
      'cut and a newline',
      `${secret.slice(0, 16)}\n`,
      ['truncated-length', 'trailing-newline'],
      'truncated-length',
    ],
    ['a hash as a line', `${fingerprint(secret, 64)}\n`, ['derived-key', 'trailing-newline'], 'derived-key'],
  ] as const)('%s', (_, wrong, steps, code) => {
    expect(find(secret, wrong)).toMatchObject({ code, steps, undone: false, alternatives: [] });
  });

  it.each(
    some(
      [
        ['quotes and a newline', `"${secret}"\n`],
        ['a mark, and CRLF', `\ufeff${secret}\r\n`],
        ['base64 as a line', `${base64(secret)}\n`],
        ['base64 of a line', base64(`${secret}\n`)],
        ['a document as a line', `${JSON.stringify({ secret })}\n`],
        ['a document of a line', JSON.stringify({ secret: `${secret}\n` })],
      ],
      2,
    ),
  )('%s is explained from the result as well', (_, wrong) => {
    expect(find(wrong, secret)).toBeDefined();
  });

  it('on both sides: one undone, one applied', () => {
    expect(find(`${secret}\n`, `"${secret}"`)).toMatchObject({
      code: 'quotes-kept',
      mixed: true,
      undone: false,
    });
    expect(find(JSON.stringify({ secret }), `${secret}\n`)).toMatchObject({
      code: 'trailing-newline',
      mixed: true,
    });
  });

  it('explain themselves in their order', () => {
    expect(find(secret, `"${secret}"\n`)?.text).toBe('in double quotes, then with a newline at its end');
    expect(find('ab=cd@ef]gh?ijkl', 'ab%3Dcd')).toMatchObject({
      text: 'cut before character 6, a "@", then percent-encoded',
      facts: { position: 6, character: '@' },
    });
  });
});

it('three transforms are tried after two usual ones', () => {
  expect(find(secret, `"${base64(`${secret}\n`)}"`)).toMatchObject({
    steps: ['trailing-newline', 'base64-not-decoded', 'quotes-kept'],
  });
});

describe('what is found', () => {
  it('is the same after a search for something else', () => {
    const bytes = Buffer.from(`${secret}, searched twice`);
    const unknown = ['00000000deadbeef', 'ffffffffdeadbeef'];
    const first = search(bytes, unknown.slice(0, 1));
    expect(first).toEqual({ hits: [], tried: expect.any(Number) });
    expect(search(bytes, unknown)).toEqual(first);
    const quoted = fingerprint(`"${bytes.toString()}"\n`, 16);
    const { hits, tried } = search(bytes, [quoted, ...unknown]);
    expect(hits.map(({ target }) => target)).toEqual([quoted]);
    expect(tried).toBe(first.tried);
    expect(search(bytes, unknown, { depth: 1 }).tried).not.toBe(first.tried);
    expect(search(bytes, unknown)).toEqual(first);
  });

  it('takes no time again where a monitor repeats an unexplained search', () => {
    const timed = (times: number): number => {
      const start = performance.now();
      for (let time = 0; time < times; time += 1) search(Buffer.from(`${secret}, repeated`), ['00000000']);
      return performance.now() - start;
    };
    expect(timed(1) / timed(20)).toBeGreaterThan(1);
  });

  it.each(some(['', '\n', ' ', '""', '\ufeff', 'undefined'], 2))(
    'is not that nothing is left: %j',
    (nothing) => {
      expect(find(`\n${'\0'.repeat(32)}`, nothing)).toBeUndefined();
    },
  );

  it('is never a text that stands for no secret', () => {
    const blank = literals()
      .filter(({ code }) => code === 'empty-secret')
      .map(({ bytes }) => fingerprint(bytes, 64));
    for (const start of some(['\n', '#', '$', ' ', '""', '=', ';'], 2))
      expect(search(Buffer.from(`${start}${secret}`), blank).hits).toEqual([]);
  });

  it('is the simplest explanation', () => {
    const padded = `${base64('0123456789abcdef+')}`;
    expect(find(padded, padded.slice(0, -1))).toMatchObject({
      code: 'truncated-at-character',
      facts: { character: '=' },
    });
    const twice = base64('0123456789abcdef');
    expect(find(twice, twice.slice(0, -2))).toMatchObject({ code: 'base64-variant' });
    expect(find('1234567890', '1234567890.0')).toMatchObject({ code: 'read-as-number' });
  });

  it('is compared on as many digits as are shown', () => {
    const wrong = `${secret}\n`;
    const shown = fingerprint(wrong, 64);
    expect(search(Buffer.from(secret), [shown]).hits).toHaveLength(1);
    const other = `${shown.slice(0, 20)}${shown[20] === '0' ? '1' : '0'}${shown.slice(21)}`;
    expect(search(Buffer.from(secret), [other], { depth: 2 }).hits).toEqual([]);
  });

  it('is reported together with the number of comparisons', () => {
    const [first] = search(Buffer.from(secret), [fingerprint(`${secret}\n`)]).hits;
    expect(first?.tried).toBeLessThan(10);
    const [second] = search(Buffer.from(secret), [fingerprint(`"${secret}"\n`)]).hits;
    expect(second?.tried).toBeGreaterThan(1000);
  });

  it.each(
    some(
      [
        ['one character changed', secret.replace('B', 'C')],
        ['an unrelated secret', 'Zt7kQw1mN4vB8xC2lK5jH9gF3dS6aP0o'],
        ['backwards', [...secret].reverse().join('')],
        ['quotes that do not belong together', `"${secret}'`],
        ['a newline in the middle', `${secret.slice(0, 12)}\n${secret.slice(12)}`],
        ['two characters swapped', `${secret[1]}${secret[0]}${secret.slice(2)}`],
        ['the first half in upper case', secret.slice(0, 16).toUpperCase() + secret.slice(16)],
      ],
      2,
    ),
  )('is nothing for %s', (_, other) => {
    expect(find(secret, other)).toBeUndefined();
  });
});

it('the likeliest keys come first, each once', () => {
  const keys = likeliest(Buffer.from(secret), 50);
  expect(keys).toHaveLength(50);
  expect(keys[0]).toMatchObject({ code: 'trailing-newline' });
  expect(new Set(keys.map(({ bytes }) => bytes.toString('latin1'))).size).toBe(50);
});

describe('the bound', () => {
  const long = 64 * 1024;
  const rows: [string, Buffer][] = [
    ['hex digits', Buffer.from(randomBytes(32).toString('hex'))],
    ['a document', Buffer.from(JSON.stringify({ a: secret, b: { c: secret, d: [secret] } }))],
    ['256 dollars', Buffer.from('$'.repeat(256))],
    ['256 newlines', Buffer.from('\n'.repeat(256))],
    ['everything at once', Buffer.from('  "a$B\\n#c%41$$+/=\n"\r\n'.repeat(10))],
    ['1 KiB of escapes', Buffer.from('\\n'.repeat(512))],
    ['4 KiB of special characters', Buffer.from('%4;=@'.repeat(800))],
    ['64 KiB of random bytes', randomBytes(long)],
    ['64 KiB of dollars', Buffer.from('$'.repeat(long))],
    ['64 KiB of spaces and one character', Buffer.from(`${' '.repeat(long - 1)}x`)],
    ['64 KiB of nested documents', Buffer.from('{"a":'.repeat(long / 5))],
  ];

  it.each(some(rows, 2))('holds for %s: so many comparisons, and no more', (_, bytes) => {
    const { hits, tried } = search(bytes, ['00000000'], { most: 5000 });
    expect(hits).toEqual([]);
    expect(tried).toBeLessThanOrEqual(5000 + 200);
  });
});

describe('random secrets', () => {
  const digits = (from: string, minLength: number, maxLength: number) =>
    fc.string({ unit: fc.constantFrom(...from), minLength, maxLength });
  const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
  const secrets = fc.oneof(
    digits('0123456789abcdef', 64, 64),
    digits(`${letters}+/`, 43, 43).map((value) => `${value}=`),
    digits(letters, 20, 64),
    digits(`${letters}!@#$%^&*(-_=+)`, 50, 50),
    digits(`${letters}!"#$%&'()*+,-./:;<=>?@[\\]^_\`{|}~`, 24, 50),
    fc.uuid(),
    fc
      .array(digits('abcdefghijklmnopqrstuvwxyz', 4, 8), { minLength: 4, maxLength: 6 })
      .map((words) => words.join(' ')),
  );

  it('that have nothing in common explain nothing of each other', () => {
    fc.assert(
      fc.property(secrets, secrets, (one, other) => {
        fc.pre(one !== other);
        expect(search(Buffer.from(one), [fingerprint(other, 16)], { depth: 2, most: 15_000 }).hits).toEqual(
          [],
        );
      }),
      { numRuns: runs(6, 1) },
    );
  });

  const encoded: [string, (value: string) => string] = ['percent', (value) => encodeURIComponent(value)];
  const ended: [string, (value: string) => string] = ['newline', (value) => `${value}\n`];
  const marked: [string, (value: string) => string] = ['mark', (value) => `\ufeff${value}`];
  const shortened: [string, (value: string) => string] = ['cut', (value) => value.slice(0, 32)];
  const usual: readonly [string, (value: string) => string][] = [
    ended,
    encoded,
    ['CRLF', (value) => `${value}\r\n`],
    ['space', (value) => `${value} `],
    ['double quotes', (value) => `"${value}"`],
    ['single quotes', (value) => `'${value}'`],
    ['base64', base64],
    ['hex', (value) => Buffer.from(value).toString('hex')],
    ['JSON', (value) => JSON.stringify(value)],
    ['HTML', (value) => value.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')],
    ['variable', (value) => `JWT_SECRET=${value}`],
    ['document', (value) => JSON.stringify({ JWT_SECRET: value })],
    marked,
    ['prefix', (value) => `base64:${value}`],
    shortened,
    ['upper case', (value) => value.toUpperCase()],
    ['SHA-256', (value) => fingerprint(value, 64)],
  ];
  it('that went through two usual transforms are explained', () => {
    const step = fc.constantFrom(...usual);
    fc.assert(
      fc.property(secrets, step, step, (value, [first, one], [second, two]) => {
        const wrong = two(one(value));
        fc.pre(first !== second && wrong !== value);
        expect(find(value, wrong)).toBeDefined();
      }),
      {
        numRuns: runs(25, 3),
        // Its many special characters leave little room: what encodeURIComponent keeps must come early.
        examples: [
          ['aaaaaaa=aaaaaaaaa&aaaaaaaaaaaaaaaaaaaaa!aaaaa%Baaa', encoded, ended],
          ['0'.repeat(64), marked, shortened],
        ],
      },
    );
  });
});
