import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type TransformCode, transformCodes } from '../../src/transforms/codes.js';
import { transformOf, transforms } from '../../src/transforms/index.js';
import { Input, type Transform, utf8, type Variant } from '../../src/transforms/transform.js';
import { anyCharacter, runs } from '../support/random.js';

/** What is meant, what becomes of it, and whether that can be told from the result alone. */
type Row = [code: TransformCode, right: string, wrong: string, undone: boolean];

const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64');
const utf16 = (text: string): string => Buffer.from(text, 'utf16le').toString('latin1');
const sha256 = (text: string): Buffer => createHash('sha256').update(text, 'latin1').digest();
const wholeGroups = (text: string): string =>
  Buffer.from(text.slice(0, text.length & ~3), 'base64').toString('latin1');

// One character for each byte.
const rows: readonly Row[] = [
  ['trailing-newline', 'abc', 'abc\n', true],
  ['trailing-newline', 'abc', 'abc\n\n', true],
  ['crlf-line-ending', 'abc', 'abc\r\n', true],
  ['crlf-line-ending', 'abc', 'abc\r', true],
  ['crlf-line-ending', 'a\nb\n', 'a\r\nb\r\n', true],
  ['surrounding-whitespace', 'abc', ' abc', true],
  ['surrounding-whitespace', 'abc', 'abc ', true],
  ['surrounding-whitespace', 'abc', ' abc ', true],
  ['surrounding-whitespace', 'abc', '\tabc', true],
  ['surrounding-whitespace', 'abc', 'abc\t', true],
  ['surrounding-whitespace', 'abc', '\nabc', true],
  ['surrounding-whitespace', 'abc', 'abc\xc2\xa0', true],
  ['surrounding-whitespace', 'abc', '\xe2\x80\x8babc', true],
  ['byte-order-mark', 'abc', '\xef\xbb\xbfabc', true],
  ['byte-order-mark', 'abc', `\xff\xfe${utf16('abc')}`, true],
  ['byte-order-mark', 'abc', `\xff\xfe${utf16('abc\r\n')}`, false],
  ['quotes-kept', 'abc', '"abc"', true],
  ['quotes-kept', 'abc', "'abc'", true],
  ['quotes-kept', 'abc', '`abc`', true],
  ['quotes-kept', 'a"b\\c', '"a\\"b\\\\c"', true],
  ['base64-not-decoded', 'ab\xffc?>', base64('ab\xffc?>'), true],
  ['base64-not-decoded', 'ab\xffc', 'YWL/Yw', true],
  ['base64-not-decoded', 'ab\xffc', 'YWL_Yw', true],
  ['base64-not-decoded', 'ab\xffc', 'YWL_Yw==', true],
  ['base64-not-decoded', 'x'.repeat(60), base64('x'.repeat(60)).replace(/.{76}/, '$&\n'), true],
  ['base64-not-decoded', 'x'.repeat(60), base64('x'.repeat(60)).replace(/.{64}/, '$&\n'), true],
  ['base64-not-decoded', 'secret', base64(base64('secret')), true],
  ['base64-decoded', base64('\x00\xff secret'), '\x00\xff secret', true],
  ['base64-decoded', 'YWL_Yw', 'ab\xffc', true],
  ['base64-decoded', 'YWL_Yw==', 'ab\xffc', true],
  ['base64-decoded', base64(base64('secret!')), 'secret!', true],
  ['base64-decoded', 'my-secret_key!', Buffer.from('my+secret/key', 'base64').toString('latin1'), false],
  ['base64-decoded', 'my-secret_key!', Buffer.from('mysecretkey', 'base64').toString('latin1'), false],
  ['base64-decoded', 'secret', Buffer.from('secr', 'base64').toString('latin1'), false],
  ['hex-decoded', '00ff7e', '\x00\xff~', true],
  ['hex-decoded', '00FF7E', '\x00\xff~', true],
  ['hex-decoded', '0x00ff7e', '\x00\xff~', true],
  ['hex-decoded', '0x00ff7e', '00ff7e', true],
  ['url-encoded', 'a+b/c=', 'a%2Bb%2Fc%3D', true],
  ['url-encoded', 'a+b/c=', 'a%2bb%2fc%3d', true],
  ['url-encoded', "a b!('", "a%20b!('", true],
  ['url-encoded', 'a b!', 'a%20b%21', true],
  ['url-encoded', 'a b!', 'a+b%21', true],
  ['url-encoded', '\xffa/b', '%FFa/b', true],
  ['url-encoded', 'a+b', 'a b', false],
  ['escape-not-expanded', 'a\nb\tc\rd', 'a\\nb\\tc\\rd', true],
  ['escape-not-expanded', 'a\n\\b', 'a\\n\\\\b', true],
  ['escape-not-expanded', 'a\\cb', 'acb', false],
  ['escape-not-expanded', 'a\\\\c\\d', 'a\\cd', false],
  ['truncated-at-dollar', 'ab$cd', 'ab', false],
  ['truncated-at-dollar', 'ab$cd-ef', 'ab-ef', false],
  ['truncated-at-dollar', `ab${'$'}{cd}ef`, 'abef', false],
  ['truncated-at-dollar', 'ab$1ef', 'abef', false],
  ['truncated-at-dollar', 'a$12b-c', 'a-c', false],
  ['truncated-at-dollar', 'a$$b$cd-e', 'a$b-e', false],
  ['truncated-at-dollar', 'a$$b', 'a$b', true],
  ['truncated-at-dollar', 'a$b', 'a$$b', true],
  ['truncated-at-dollar', 'a$b$c', 'abc', false],
  ['truncated-at-hash', 'ab#cd', 'ab', false],
  ['truncated-at-hash', 'a#b #cd', 'a#b', false],
  ['truncated-at-newline', 'ab\ncd', 'ab', false],
  ['truncated-at-newline', 'ab\r\ncd', 'ab', false],
  ['truncated-at-newline', 'ab\ncd', 'ab\n', false],
  ...[16, 24, 32, 48, 64, 72].map((n): Row => ['truncated-length', 'x'.repeat(99), 'x'.repeat(n), false]),
  ['case-changed', 'aB\xe9', 'AB\xe9', false],
  ['case-changed', 'aB\xe9', 'ab\xe9', false],
  ['case-changed', 'abc', 'ABC', true],
  ['case-changed', 'ABC', 'abc', true],
  ['json-not-unwrapped', 'a"b', '{"JWT_SECRET":"a\\"b"}', true],
  ['json-not-unwrapped', 'abc', '{"secret": "abc"}', true],
  ['trailing-newline', 'abc', 'abc\n\n\n', true],
  ['crlf-line-ending', 'abc', 'abc\r\n\r\n', true],
  ['surrounding-whitespace', 'abc', 'abc\v', true],
  ['surrounding-whitespace', 'abc', 'abc\xa0', true],
  ['surrounding-whitespace', 'abc', `abc${utf8('\u200e')}`, true],
  ['surrounding-whitespace', 'abc', `abc${utf8('\u2028')}`, true],
  ['quotes-kept', 'abc', utf8('\u201cabc\u201d'), true],
  ['quotes-kept', 'abc', 'abc"', true],
  ['quotes-kept', 'abc', "b'abc'", true],
  ['base64-not-decoded', 'ab\xffc', base64('ab\xffc'), true],
  ['base64-decoded', 'base64:c2VjcmV0IQ==', 'secret!', false],
  ['base64-decoded', 'My-Spring_Secret.Key@2024#unsafe', wholeGroups('MySpringSecretKey2024unsafe'), false],
  ['base64-variant', 'ab+/cdefgh', 'ab-_cdefgh', true],
  ['base64-variant', 'abcdefghij==', 'abcdefghij', true],
  ['hex-decoded', '00:ff:7e', '\x00\xff~', true],
  ['hex-decoded', 'hex:00ff7e', '\x00\xff~', true],
  ['hex-decoded', '00ff7', '\x00\xff', false],
  ['url-encoded', 'a^b@c%d=', 'a%5Eb%40c%d%3D', false],
  ['escaped-text', `a&b<c>"'`, 'a&amp;b&lt;c&gt;&quot;&#39;', true],
  ['escaped-text', `a&b<c>"'`, `a&amp;b&lt;c&gt;"'`, true],
  ['escaped-text', 'a&b"c', 'a\\u0026b\\"c', true],
  ['escaped-text', 'a/b', '"a\\/b"', false],
  ['escaped-text', utf8('cl\u00e9'), 'cl\\u00e9', true],
  ['escaped-text', 'a"b\'c', 'a\\"b\\\'c', true],
  ['escaped-text', 'a#{b}c', '"a\\#{b}c"', true],
  ['escaped-text', 'ab!c', 'ab\\!c', true],
  ['escaped-text', 'a%%b', 'a%b', false],
  ['escaped-text', 'a%nb', 'a\nb', false],
  ['escaped-text', 'a&b', '<![CDATA[a&b]]>', true],
  ['escaped-text', 'a"b', '"\\"a\\\\\\"b\\""', true],
  ['escaped-text', 'Ab\xff', '[65, 98, 255]', false],
  ['escaped-text', 'Ab\xff', "b'Ab\\xff'", false],
  ['read-as-number', '0123456701234567', '5744368105847', false],
  ['read-as-number', '12345e10', '123450000000000', false],
  ['read-as-number', '12345678901234567890123', '1.2345678901234568e+22', false],
  ['read-as-number', 'yes', 'true', false],
  ['read-as-number', '190:20:30', '685230', false],
  ['read-as-number', '1234567890123456', '1234567890123456.0', false],
  ['read-as-number', '01443e5', '1.443e+08', false],
  ['read-as-number', '03190301', '3.190301e+06', false],
  ['truncated-at-dollar', 'a$Zb$,c', 'abc', false],
  ['truncated-at-dollar', 'a$(cmd)b', 'ab', false],
  ['truncated-at-character', 'ab;cd', 'ab', false],
  ['truncated-at-character', 'ab\x00cd', 'ab', false],
  ['truncated-at-character', 'a=b=c', 'b', false],
  ['truncated-at-character', 'abcdefghijk=', 'abcdefghijk', false],
  ['truncated-length', 'abcdef', 'abcde', false],
  ['truncated-length', 'abcdef', 'bcde', false],
  ['line-breaks-changed', 'ab\ncd', 'ab cd', false],
  ['line-breaks-changed', 'ab\ncd\n', 'abcd', false],
  ['line-breaks-changed', 'x'.repeat(70), `${'x'.repeat(64)}\n${'x'.repeat(6)}`, false],
  ['character-encoding', utf8('cl\u00e9'), 'cl\xe9', true],
  ['character-encoding', 'cl\xe9', utf8('cl\u00e9'), false],
  ['character-encoding', utf8('cl\u00e9'), utf8('cl\u00c3\u00a9'), true],
  ['character-encoding', utf8('cl\u00e9'), 'cl?', false],
  ['character-encoding', utf8('cl\u00e9'), 'cl', false],
  ['character-encoding', utf8('cl\u00e9'), utf8('cle\u0301'), false],
  ['character-encoding', 'abc', utf16('abc'), true],
  ['character-encoding', 'abc', '\x00a\x00b\x00c', true],
  ['character-encoding', 'ab--c', utf8('ab\u2014c'), true],
  ['prefix-kept', 'abc', 'base64:abc', true],
  ['prefix-kept', 'abc', 'Bearer abc', true],
  ['assignment-kept', 'abc', 'JWT_SECRET=abc', true],
  ['assignment-kept', 'abc', 'export JWT_SECRET=abc', true],
  ['assignment-kept', 'abc', 'JWT_SECRET    abc', true],
  ['assignment-kept', 'abc', 'JWT_SECRET=abc\nOTHER=1\n', true],
  ['assignment-kept', 'abc', '=abc', true],
  ['json-not-unwrapped', 'abc', '["abc"]', true],
  ['json-not-unwrapped', 'abc', '{"type":"HS256","key":"abc"}', true],
  ['json-not-unwrapped', 'abc', '{"kty": "oct", "k": "abc", "alg": "HS256", "kid": "1"}', true],
  ['json-not-unwrapped', 'ab\xffc', `{"kty":"oct","k":"YWL_Yw"}`, true],
  ['characters-substituted', 'a`b`c', 'ac', false],
  ['characters-substituted', "a'b'c", 'abc', false],
  ['characters-substituted', 'a%b%c', 'ac', false],
  ['characters-substituted', 'a-b-c', 'abc', false],
  ['characters-substituted', 'a@b1!c', 'a!c', false],
  ['characters-substituted', 'a^&b', 'a&b', false],
  ['extra-characters', 'abc', 'abc;', true],
  ['extra-characters', 'abc', '[abc]', true],
  ['extra-characters', 'abc', '\x1b[32mabc\x1b[0m', true],
  ['extra-characters', 'abc', 's:3:"abc";', true],
  ['extra-characters', 'abcd', `ab${utf8('\u00ad')}cd`, true],
  ['decoded-as-text', 'ab\xffc', utf8('ab\ufffdc'), false],
  ['decoded-as-text', base64('ab\xffcdef'), utf8('ab\ufffdcdef'), false],
  ['decoded-as-text', base64('ab\xffcdef'), 'ab\x7fcdef', false],
  ['decoded-as-text', '6162ff6364656667', utf8('ab\u00ffcdefg'), false],
  ['derived-key', 'abc', sha256('abc').toString('hex'), false],
  ['derived-key', 'abc', sha256('abc').toString('latin1'), false],
  ['derived-key', 'abc', sha256('abc').toString('base64'), false],
];

type Direction = 'apply' | 'undo';

const variants = (transform: Transform, direction: Direction, bytes: Buffer, all = true): Variant[] => [
  ...transform[direction](new Input(bytes), all),
];
const text = (to: Variant['to']): string => (typeof to === 'string' ? to : to.toString('latin1'));
const texts = (code: TransformCode, direction: Direction, value: string): string[] =>
  variants(transformOf[code], direction, Buffer.from(value, 'latin1')).map(({ to }) => text(to));

describe('a transform', () => {
  it.each(rows)('%s: %j becomes %j', (code, right, wrong, undone) => {
    expect(texts(code, 'apply', right)).toContain(wrong);
    if (undone) expect(texts(code, 'undo', wrong)).toContain(right);
  });

  it('is in the table, every one', () => {
    expect([...new Set(rows.map(([code]) => code))].sort()).toEqual([...transformCodes].sort());
    expect(transforms.map(({ code }) => code)).toEqual(transformCodes);
  });

  it('finds the fields of a document, also deeper and in a string, and names common ones only', () => {
    const document = {
      JWT_SECRET: 'a',
      Xk29fjw: 'b',
      nested: { deeper: { secret: 'c' } },
      list: ['d'],
      n: 1,
    };
    const json = JSON.stringify(document);
    const found = variants(transformOf['json-not-unwrapped'], 'undo', Buffer.from(json), false);
    expect(found.map(({ to, text: words }) => [text(to), words])).toEqual([
      ['a', 'as its JSON field "JWT_SECRET"'],
      ['b', 'as text 2 of its JSON'],
      ['c', 'as its JSON field "secret"'],
      ['d', 'as text 4 of its JSON'],
      ['1', 'as text 5 of its JSON'],
    ]);
    expect(texts('json-not-unwrapped', 'undo', JSON.stringify(json))).toContain('c');
  });

  it('names the character and the position of a cut, and no letter or digit', () => {
    const [cut] = variants(transformOf['truncated-at-character'], 'apply', Buffer.from('abc;def'));
    expect(cut).toMatchObject({
      to: 'abc',
      text: 'cut before character 4, a ";"',
      facts: { position: 4, character: ';' },
    });
    const unicode = variants(transformOf['truncated-at-character'], 'apply', Buffer.from('\u00e9\u00e9;def'));
    expect(unicode[0]?.facts).toEqual({ position: 3, character: ';' });
    const lengths = variants(transformOf['truncated-length'], 'apply', Buffer.from('abc;def'));
    // A fixed length is not claimed where a special character stands.
    expect(lengths.map(({ to }) => to)).not.toContain('abc');
    expect(lengths.map(({ to }) => to)).toContain('abc;d');
  });
});

describe('any bytes', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 80 }),
    fc
      .string({ unit: fc.constantFrom(...'aZ09$#%\\n"\'`{}=+/-_@&^;: \t\n\r\0'), maxLength: 60 })
      .map((value) => Buffer.from(value)),
    fc.string({ unit: anyCharacter, maxLength: 40 }).map((value) => Buffer.from(value)),
  );

  it.each(transformCodes)(
    '%s changes a copy, its usual results come first, and its words show nothing of it',
    (code) => {
      fc.assert(
        fc.property(bytes, (value) => {
          const original = Buffer.from(value);
          const before = Buffer.from(original);
          for (const direction of ['apply', 'undo'] as const) {
            const all = variants(transformOf[code], direction, original);
            const usual = variants(transformOf[code], direction, original, false);
            expect(all.slice(0, usual.length)).toEqual(usual);
            for (const variant of all) expect(variant.text).toMatch(/^[a-z][\x20-\x7e\u2026]*$/);
          }
          expect(original.equals(before)).toBe(true);
        }),
        { numRuns: runs(40) },
      );
    },
  );

  it.each([
    'trailing-newline',
    'crlf-line-ending',
    'byte-order-mark',
    'quotes-kept',
    'prefix-kept',
    'assignment-kept',
  ] as const)('%s: its first result can be undone', (code) => {
    fc.assert(
      fc.property(bytes, (value) => {
        const original = Buffer.from(value);
        fc.pre(original.length > 2 && /^\w[^\n\r]*\w$/.test(original.toString('latin1')));
        const [first] = variants(transformOf[code], 'apply', original);
        if (first === undefined) throw new Error('nothing made');
        expect(texts(code, 'undo', text(first.to))).toContain(original.toString('latin1'));
      }),
      { numRuns: runs(100) },
    );
  });
});
