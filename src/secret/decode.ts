import { gap, type View } from './text-view.js';

const code = (character: string): number => character.charCodeAt(0);

const hexValues = new Int8Array(256).fill(-1);
for (const [value, digit] of [...'0123456789abcdef'].entries()) {
  hexValues[code(digit)] = value;
  hexValues[code(digit.toUpperCase())] = value;
}

/** Both alphabets of base64 (RFC 4648 §4 and §5). */
const base64Values = new Int8Array(256).fill(-1);
for (const [value, digit] of [
  ...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
].entries()) {
  base64Values[code(digit)] = value;
}
base64Values[code('-')] = 62;
base64Values[code('_')] = 63;

const digitValue = (values: Int8Array, byte: number | undefined): number =>
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

/** Maximum length of the name or number of an entity. */
const longestEntity = 10;

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
  const value = Object.hasOwn(escapes, letter) ? escapes[letter] : undefined;
  return value === undefined ? null : { value, length: 2, isByte: true };
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
  const [, hex, decimal] = /^#(?:x([0-9a-f]{1,6})|([0-9]{1,7}))$/.exec(name) ?? [];
  if (hex !== undefined) return Number.parseInt(hex, 16);
  if (decimal !== undefined) return Number.parseInt(decimal, 10);
  return Object.hasOwn(entities, name) ? (entities[name]?.charCodeAt(0) ?? null) : null;
}

/** Minimum length of base64 text that encodes eight whole bytes. */
export const shortestBase64 = 11;

/**
 * Decodes base64 whose first group starts at the given character: text before a secret shifts its groups. Other
 * characters are skipped, so that lines may be broken anywhere.
 */
export function decodeBase64({ bytes, from, to, length }: View, shift: number, decoded: View): void {
  let buffer = 0;
  let digits = -shift;
  let before = 0;
  for (let at = 0; at < length; at += 1) {
    const value = digitValue(base64Values, bytes[at]);
    if (value === -1) continue;
    if (digits >= 0) {
      const place = digits & 3;
      buffer = ((buffer << 6) | value) & 0xffffff;
      if (place > 0) decoded.add((buffer >>> (6 - place * 2)) & 0xff, from[before] ?? 0, to[at] ?? 0);
    }
    before = at;
    digits += 1;
  }
}

/** Minimum length of hex text that encodes eight bytes. */
const shortestHex = 16;

const isAlphanumeric = (byte: number): boolean =>
  (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);

/**
 * Decodes pairs of hex digits, starting at the given digit, with optional colons, spaces or `0x` between them.
 * @returns whether there is a long enough run of digits
 */
export function decodeHex({ bytes, from, to, length }: View, shift: number, decoded: View): boolean {
  let longest = 0;
  let digits = 0;
  let first = -1;
  let begin = 0;
  for (let at = 0; at < length; at += 1) {
    const byte = bytes[at] ?? gap;
    if (byte === 0x30 && (bytes[at + 1] === 0x78 || bytes[at + 1] === 0x58) && at + 1 < length) {
      at += 1;
      continue;
    }
    const value = digitValue(hexValues, byte);
    if (value === -1) {
      if (byte !== gap && byte < 0x80 && !isAlphanumeric(byte)) continue;
      decoded.addGap();
      digits = 0;
      first = -1;
      continue;
    }
    digits += 1;
    longest = Math.max(longest, digits);
    if (digits <= shift) continue;
    if (first === -1) {
      first = value;
      begin = at;
    } else {
      decoded.add(first * 16 + value, from[begin] ?? 0, to[at] ?? 0);
      first = -1;
    }
  }
  return longest >= shortestHex;
}

/** Decodes lists of numbers, as bytes are often printed: `[115, 101]`. @returns whether there are eight in a row */
export function decodeDecimals({ bytes, from, to, length }: View, decoded: View): boolean {
  let value = -1;
  let start = 0;
  let inRow = 0;
  let longest = 0;
  for (let at = 0; at <= length; at += 1) {
    const byte = at < length ? (bytes[at] ?? gap) : gap;
    if (byte >= 0x30 && byte <= 0x39) {
      if (value === -1) start = at;
      value = Math.min(1000, Math.max(0, value) * 10 + byte - 0x30);
      continue;
    }
    if (value >= 0 && value <= 255) {
      decoded.add(value, from[start] ?? 0, to[at - 1] ?? 0);
      inRow += 1;
      longest = Math.max(longest, inRow);
    }
    value = -1;
    if (byte !== 0x2c && byte !== 0x20 && byte !== 0x0a && byte !== 0x3b) {
      decoded.addGap();
      inRow = 0;
    }
  }
  return longest >= 8;
}

/**
 * Number of UTF-8 bytes of an invisible character: U+00AD, U+200B to U+200F, U+202A to U+202E, U+2060 to U+206F,
 * U+FEFF.
 */
function invisibleAt(bytes: Int16Array, at: number): number {
  const [first, second = gap, third = gap] = [bytes[at], bytes[at + 1], bytes[at + 2]];
  if (first === 0xc2) return second === 0xad ? 2 : 0;
  if (first === 0xef) return second === 0xbb && third === 0xbf ? 3 : 0;
  if (first !== 0xe2) return 0;
  if (second === 0x81) return third >= 0xa0 && third <= 0xaf ? 3 : 0;
  return second === 0x80 && ((third >= 0x8b && third <= 0x8f) || (third >= 0xaa && third <= 0xae)) ? 3 : 0;
}

/**
 * Keeps only visible letters and digits, which joins a secret that is split across words or fields.
 * @returns whether anything was removed
 */
export function squeeze({ bytes, from, to, length }: View, squeezed: View): boolean {
  for (let at = 0; at < length; at += 1) {
    const byte = bytes[at] ?? gap;
    if (byte >= 0x80) {
      const invisible = invisibleAt(bytes, at);
      if (invisible > 0 && at + invisible <= length) {
        at += invisible - 1;
        continue;
      }
    }
    if (byte === gap || byte >= 0x80 || isAlphanumeric(byte)) squeezed.add(byte, from[at] ?? 0, to[at] ?? 0);
  }
  return squeezed.length < length;
}

/** The longest run of printable bytes, including line breaks. Random bytes have no long run. */
export function longestReadable({ bytes, length }: View): number {
  let longest = 0;
  let run = 0;
  for (let at = 0; at < length; at += 1) {
    const byte = bytes[at] ?? gap;
    const isRead = (byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x0d || byte === 0x09;
    run = isRead ? run + 1 : 0;
    if (run > longest) longest = run;
  }
  return longest;
}
