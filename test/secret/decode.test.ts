import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  base64DigitsOf,
  base64Shifts,
  decodeBase64,
  hasReadable,
  readBase64,
  readSqueezed,
  squeeze,
} from '../../src/secret/decode.js';
import { Secret } from '../../src/secret/secret.js';
import { View } from '../../src/secret/text-view.js';
import { runs } from '../support/random.js';

const anyByte = fc.string({ unit: fc.nat(0xff).map((byte) => String.fromCharCode(byte)), maxLength: 40 });
const ascii = fc.string({ unit: 'binary-ascii', maxLength: 40 });
const letters = fc.string({ unit: fc.constantFrom(...'abcXYZ019+/-_='), maxLength: 12 });
const mixed = fc.array(fc.oneof(anyByte, ascii, letters), { maxLength: 6 }).map((parts) => parts.join(''));

function viewOf(text: string): View {
  const view = new View(text.length * 2 + 8);
  for (const [at, character] of [...text].entries()) view.add(character.charCodeAt(0), at, at + 1);
  return view;
}

describe('bytes without their spans', () => {
  it('are those that base64 is decoded to', () => {
    fc.assert(
      fc.property(mixed, fc.constantFrom(...base64Shifts), (text, shift) => {
        const [fast, slow] = [new View(text.length), new View(text.length)];
        readBase64(base64DigitsOf(viewOf(text)), shift, fast);
        decodeBase64(viewOf(text), shift, slow);
        expect(fast.text).toBe(slow.text);
      }),
      { numRuns: runs(5000) },
    );
  });

  it('are those of a text without separators', () => {
    fc.assert(
      fc.property(ascii, (text) => {
        const [fast, slow] = [new View(text.length), new View(text.length)];
        readSqueezed(viewOf(text), fast);
        squeeze(viewOf(text), slow);
        expect(fast.text).toBe(slow.text);
      }),
      { numRuns: runs(1000) },
    );
  });
});

describe('a run of readable characters', () => {
  it.each([
    ['letters', 'abc\tefgh', true],
    ['too few of them', 'abc\tefg', false],
    ['a control character between them', 'abcd\x01efgh', false],
    ['UTF-16', [...'abcdefgh'].join('\0'), true],
    ['UTF-8', Buffer.from('äöü€日本語𝐚').toString('latin1'), true],
    ['UTF-8 that is cut off', Buffer.from('äöü€日本語𝐚').toString('latin1').slice(0, -1), false],
    ['UTF-8 that starts in the middle', Buffer.from('äöü€日本語𝐚').toString('latin1').slice(1), false],
  ])('is found: %s', (_, text, isFound) => {
    expect(hasReadable(viewOf(text), 8)).toBe(isFound);
  });
});

/** Words that are in no alphabet and no notation of those below, and what stands between encoded bytes. */
const words = fc.constantFrom('', 'key: ', '~zzz~ ', '{"zzz": ', '\n', 'zz zzz ', 'ü ');
const joined = (unit: string[], maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...unit), minLength: 1, maxLength });
/** A hyphen is a digit of base64, and the sign of a number. */
const signs = [...' :,.;|\n\t[]()'];

/** How a text may be written so that only this way of decoding finds it. */
const ways: Record<string, (separator: string) => (bytes: Buffer) => string> = {
  hex: (separator) => (bytes) => (bytes.toString('hex').match(/../g) ?? []).join(separator),
  'hex digit by digit': (separator) => (bytes) => [...bytes.toString('hex').toUpperCase()].join(separator),
  'hex with prefixes': (separator) => (bytes) =>
    (bytes.toString('hex').match(/../g) ?? []).map((pair) => `0x${pair}`).join(separator),
  base32: (separator) => (bytes) => base32(bytes).replace(/.{4}/g, `$&${separator.slice(0, 3)}`),
  'base64 in lines': (separator) => (bytes) =>
    bytes.toString('base64').replace(/.{7}/g, `$&${separator.trim()}\n`),
  'decimal numbers': (separator) => (bytes) => [...bytes].join(separator),
  'octal numbers': (separator) => (bytes) =>
    [...bytes].map((byte) => `0o${byte.toString(8)}`).join(separator),
  'binary numbers': (separator) => (bytes) =>
    [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join(separator),
  bits: () => (bytes) => [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join(''),
  'words of sixteen bits': (separator) => (bytes) =>
    (bytes.toString('hex').match(/..../g) ?? [])
      .map((word) => `${word.slice(2)}${word.slice(0, 2)}`)
      .join(separator),
  'percent encoding': () => (bytes) => [...bytes].map((byte) => `%${byte.toString(16)}`).join(''),
  uuencode: () => (bytes) =>
    `0${[...bytes.toString('base64').replace(/=+$/, '')].map((digit) => uuencoded(digit)).join('')}`,
};

const base64Digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const uuencoded = (digit: string): string => String.fromCharCode((base64Digits.indexOf(digit) || 64) + 0x20);
const base32 = (bytes: Buffer): string =>
  (
    [...bytes]
      .map((byte) => byte.toString(2).padStart(8, '0'))
      .join('')
      .match(/.{1,5}/g) ?? []
  )
    .map((bits) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[Number.parseInt(bits.padEnd(5, '0'), 2)])
    .join('');

describe('an encoded secret', () => {
  const secret = fc.string({ unit: fc.constantFrom(...'ghijklmnopqrstuvwxy'), minLength: 16, maxLength: 24 });

  it.each(Object.entries(ways))('is found with any separators and words around it: %s', (_, way) => {
    fc.assert(
      fc.property(secret, joined(signs, 4), words, words, (text, separator, before, after) => {
        const encoded = way(separator)(Buffer.from(text));
        const said = `${before}${encoded}${after === '' ? '' : `\n${after}`}`;
        const [shown = ''] = Secret.hider([new Secret(text)])([said]);
        expect(shown).toContain('[secret]');
      }),
      { numRuns: runs(500) },
    );
  });
});
