import { gap, type View } from './text-view.js';

export const code = (character: string): number => character.charCodeAt(0);

export const hexValues = new Int8Array(256).fill(-1);
for (const [value, digit] of [...'0123456789abcdef'].entries()) {
  hexValues[code(digit)] = value;
  hexValues[code(digit.toUpperCase())] = value;
}

/** The value of a digit; -1 if it is none. */
export const digitValue = (values: Int8Array, byte: number | undefined): number =>
  byte === undefined || byte < 0 ? -1 : (values[byte] ?? -1);

/** Escapes of JSON (RFC 8259 §7), Python, C and shells. */
const escapes: Readonly<Record<string, number>> = {
  n: 10,
  r: 13,
  t: 9,
  b: 8,
  f: 12,
  '"': 34,
  "'": 39,
  '\\': 92,
  '/': 47,
};

/** HTML entities of ASCII characters. */
const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  tab: '\t',
  newline: '\n',
  excl: '!',
  num: '#',
  dollar: '$',
  percnt: '%',
  lpar: '(',
  rpar: ')',
  ast: '*',
  plus: '+',
  comma: ',',
  period: '.',
  sol: '/',
  colon: ':',
  semi: ';',
  equals: '=',
  quest: '?',
  commat: '@',
  lsqb: '[',
  lbrack: '[',
  bsol: '\\',
  rsqb: ']',
  rbrack: ']',
  hat: '^',
  lowbar: '_',
  grave: '`',
  lcub: '{',
  lbrace: '{',
  verbar: '|',
  vert: '|',
  rcub: '}',
  rbrace: '}',
  tilde: '~',
};

/** Maximum length of the name or number of an entity, leading zeros included. */
const longestEntity = 24;

interface Read {
  readonly value: number;
  /** Number of consumed bytes. */
  readonly length: number;
  /** A byte instead of a code point. */
  readonly isByte: boolean;
}

/**
 * Removes one layer of percent encoding, of JSON escapes and of HTML entities, in either case.
 * @returns whether anything was encoded
 */
export function decodeEscapes({ bytes, from, to, length }: View, decoded: View): boolean {
  let found = false;
  for (let at = 0; at < length; at += 1) {
    const byte = bytes[at] ?? gap;
    const read =
      byte === 0x25
        ? percent(bytes, at)
        : byte === 0x5c
          ? backslash(bytes, at)
          : byte === 0x26
            ? entity(bytes, at)
            : null;
    if (read === null || at + read.length > length) {
      decoded.add(byte, from[at] ?? 0, to[at] ?? 0);
      continue;
    }
    found = true;
    const last = at + read.length - 1;
    const [start, end] = [from[at] ?? 0, to[last] ?? 0];
    if (read.isByte) decoded.add(read.value, start, end);
    else decoded.addCodePoint(read.value, start, end);
    at = last;
  }
  return found;
}

function hexAt(bytes: Int16Array, at: number, digits: number): number {
  let value = 0;
  for (let index = at; index < at + digits; index += 1) {
    const digit = digitValue(hexValues, bytes[index]);
    if (digit === -1) return -1;
    value = value * 16 + digit;
  }
  return value;
}

function percent(bytes: Int16Array, at: number): Read | null {
  const value = hexAt(bytes, at + 1, 2);
  return value === -1 ? null : { value, length: 3, isByte: true };
}

function backslash(bytes: Int16Array, at: number): Read | null {
  const letter = String.fromCharCode(Math.max(0, bytes[at + 1] ?? 0));
  if (letter === 'x') {
    const value = hexAt(bytes, at + 2, 2);
    return value === -1 ? null : { value, length: 4, isByte: true };
  }
  if (letter === 'u' || letter === 'U') return unicode(bytes, at);
  if (letter >= '0' && letter <= '7') return octal(bytes, at);
  const value = Object.hasOwn(escapes, letter) ? escapes[letter] : undefined;
  return value === undefined ? null : { value, length: 2, isByte: true };
}

/** An octal escape of C, shells and Python: up to three digits, or four with a leading zero. */
function octal(bytes: Int16Array, at: number): Read | null {
  const most = bytes[at + 1] === 0x30 ? 4 : 3;
  let value = 0;
  let digits = 0;
  for (; digits < most; digits += 1) {
    const byte = bytes[at + 1 + digits] ?? gap;
    if (byte < 0x30 || byte > 0x37) break;
    value = value * 8 + byte - 0x30;
  }
  return value > 0xff ? null : { value, length: digits + 1, isByte: true };
}

function unicode(bytes: Int16Array, at: number): Read | null {
  if (bytes[at + 2] === 0x7b) {
    for (let digits = 1; digits <= 6; digits += 1) {
      if (bytes[at + 3 + digits] !== 0x7d) continue;
      const value = hexAt(bytes, at + 3, digits);
      return value === -1 ? null : { value, length: digits + 4, isByte: false };
    }
    return null;
  }
  const high = hexAt(bytes, at + 2, 4);
  if (high === -1) return null;
  if (high >= 0xd800 && high < 0xdc00 && bytes[at + 6] === 0x5c) {
    const low = hexAt(bytes, at + 8, 4);
    if (low >= 0xdc00 && low < 0xe000) {
      return { value: 0x10000 + (high - 0xd800) * 0x400 + (low - 0xdc00), length: 12, isByte: false };
    }
  }
  return { value: high, length: 6, isByte: false };
}

function entity(bytes: Int16Array, at: number): Read | null {
  let name = '';
  for (let index = at + 1; index <= at + longestEntity; index += 1) {
    const byte = bytes[index] ?? gap;
    if (byte === 0x3b) {
      const value = entityValue(name.toLowerCase());
      return value === null ? null : { value, length: index - at + 1, isByte: false };
    }
    if (byte <= 0x20 || byte >= 0x7f) return null;
    name += String.fromCharCode(byte);
  }
  return null;
}

function entityValue(name: string): number | null {
  const [, hex, decimal] = /^#(?:x0*([0-9a-f]{1,6})|0*([0-9]{1,7}))$/.exec(name) ?? [];
  if (hex !== undefined) return Number.parseInt(hex, 16);
  if (decimal !== undefined) return Number.parseInt(decimal, 10);
  return Object.hasOwn(entities, name) ? (entities[name]?.charCodeAt(0) ?? null) : null;
}
