import { gap, type View } from './text-view.js';

export const code = (character: string): number => character.charCodeAt(0);

/** The value of each digit of an alphabet; -1 for other bytes. */
export function digitTable(...alphabets: readonly string[]): Int8Array {
  const values = new Int8Array(256).fill(-1);
  for (const alphabet of alphabets) {
    for (let value = 0; value < alphabet.length; value += 1) values[alphabet.charCodeAt(value)] = value;
  }
  return values;
}

export const hexValues = digitTable('0123456789abcdef', '0123456789ABCDEF');

/** The value of a digit; -1 if it is none. */
export const digitValue = (values: Int8Array, byte: number | undefined): number =>
  byte === undefined ? -1 : (values[byte] ?? -1);

/** Maximum number of escape layers: an encoded text may be inside an encoded text. */
export const escapeLayers = 3;

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

/** HTML entities of ASCII and of invisible characters. */
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
  shy: '\u00ad',
  zwnj: '\u200c',
  zwj: '\u200d',
  lrm: '\u200e',
  rlm: '\u200f',
  nobreak: '\u2060',
  zerowidthspace: '\u200b',
};

/** Maximum length of the name or number of an entity, leading zeros included. */
const longestEntity = 24;

/** Maximum length of a tag of HTML, of an escape sequence of a terminal, and of the start of an encoded word. */
const longestMarkup = 256;

interface Read {
  /** A byte or a code point; `null`: it stands for nothing. */
  readonly value: number | null;
  /** Number of consumed bytes. */
  readonly length: number;
  /** A byte instead of a code point. */
  readonly isByte: boolean;
}

/** What an escape starts with. */
const mayBeEscaped =
  /%(?:[0-9a-f]{2}|u)|[\\\x08]|&(?:#|[a-z]{1,24};)|=(?:[0-9a-f]{2}|[\r\n?])|\?=|<[a-z/!]|\x1b\[/i;

/**
 * Removes one layer of percent encoding, of JSON escapes, of HTML entities, of quoted-printable and of encoded words of
 * mails, in either case. Tags and escape sequences of terminals are removed.
 * @returns whether anything was encoded
 */
export function decodeEscapes({ bytes, from, to, length, text }: View, decoded: View): boolean {
  if (!mayBeEscaped.test(text)) return false;
  let found = false;
  for (let at = 0; at < length; at += 1) {
    const byte = bytes[at] ?? gap;
    const read = readers.get(byte)?.(bytes, at, length) ?? null;
    if (byte === backspace) {
      found = true;
      decoded.length = Math.max(0, decoded.length - 1);
      continue;
    }
    if (read === null || at + read.length > length) {
      decoded.add(byte, from[at] ?? 0, to[at] ?? 0);
      continue;
    }
    found = true;
    const last = at + read.length - 1;
    const start = from[at] ?? 0;
    const end = to[last] ?? 0;
    at = last;
    if (read.value === null) continue;
    if (read.isByte) decoded.add(read.value, start, end);
    else decoded.addCodePoint(read.value, start, end);
  }
  return found;
}

function hexAt(bytes: Buffer, at: number, digits: number): number {
  let value = 0;
  for (let index = at; index < at + digits; index += 1) {
    const digit = digitValue(hexValues, bytes[index]);
    if (digit === -1) return -1;
    value = value * 16 + digit;
  }
  return value;
}

function percent(bytes: Buffer, at: number): Read | null {
  // `%u0073` of JavaScript and IIS.
  if (bytes[at + 1] === 0x75 || bytes[at + 1] === 0x55) {
    const unit = hexAt(bytes, at + 2, 4);
    return unit === -1 ? null : { value: unit, length: 6, isByte: false };
  }
  const value = hexAt(bytes, at + 1, 2);
  return value === -1 ? null : { value, length: 3, isByte: true };
}

function backslash(bytes: Buffer, at: number): Read | null {
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
function octal(bytes: Buffer, at: number): Read | null {
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

function unicode(bytes: Buffer, at: number): Read | null {
  if (bytes[at + 2] === 0x7b) {
    for (let digits = 1; digits <= 8; digits += 1) {
      if (bytes[at + 3 + digits] !== 0x7d) continue;
      const value = hexAt(bytes, at + 3, digits);
      return value === -1 ? null : { value, length: digits + 4, isByte: false };
    }
    return null;
  }
  const long = bytes[at + 1] === 0x55 ? hexAt(bytes, at + 2, 8) : -1;
  if (long !== -1 && long <= 0x10ffff) return { value: long, length: 10, isByte: false };
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

function entity(bytes: Buffer, at: number, length: number): Read | null {
  if (bytes[at + 1] === 0x23) return numericEntity(bytes, at, length);
  let name = '';
  for (let index = at + 1; index <= at + longestEntity; index += 1) {
    const byte = bytes[index] ?? gap;
    if (byte === 0x3b) {
      const lower = name.toLowerCase();
      const value = Object.hasOwn(entities, lower) ? entities[lower]?.charCodeAt(0) : undefined;
      return value === undefined ? null : { value, length: index - at + 1, isByte: false };
    }
    if (byte <= 0x20 || byte >= 0x7f) return null;
    name += String.fromCharCode(byte);
  }
  return null;
}

/** A character by its number. Browsers read it without the semicolon, too. */
function numericEntity(bytes: Buffer, at: number, length: number): Read | null {
  const isHex = ((bytes[at + 2] ?? gap) | 0x20) === 0x78;
  const radix = isHex ? 16 : 10;
  const start = at + (isHex ? 3 : 2);
  let value = 0;
  let end = start;
  for (; end < length && end <= at + longestEntity; end += 1) {
    const digit = digitValue(hexValues, bytes[end]);
    if (digit === -1 || digit >= radix) break;
    value = Math.min(0x110000, value * radix + digit);
  }
  if (end === start) return null;
  return { value, length: end - at + (end < length && bytes[end] === 0x3b ? 1 : 0), isByte: false };
}

/** A byte of quoted-printable (RFC 2045 §6.7), a soft line break, or the start of an encoded word (RFC 2047 §2). */
function quotedPrintable(bytes: Buffer, at: number, length: number): Read | null {
  const next = bytes[at + 1];
  if (next === 0x0a) return { value: null, length: 2, isByte: true };
  if (next === 0x0d && bytes[at + 2] === 0x0a) return { value: null, length: 3, isByte: true };
  const value = hexAt(bytes, at + 1, 2);
  if (value !== -1) return { value, length: 3, isByte: true };
  if (next !== 0x3f) return null;
  const charset = indexOf(bytes, 0x3f, at + 2, length);
  const encoding = (bytes[charset + 1] ?? gap) | 0x20;
  const isWord = charset !== -1 && (encoding === 0x62 || encoding === 0x71) && bytes[charset + 2] === 0x3f;
  return isWord ? { value: null, length: charset + 3 - at, isByte: true } : null;
}

/** The end of an encoded word, with the whitespace up to the next one. */
function endOfWord(bytes: Buffer, at: number, length: number): Read | null {
  if (bytes[at + 1] !== 0x3d) return null;
  let end = at + 2;
  while (end < length && isSpace(bytes[end] ?? gap)) end += 1;
  const isNext = bytes[end] === 0x3d && bytes[end + 1] === 0x3f;
  return { value: null, length: isNext ? end - at : 2, isByte: true };
}

const isSpace = (byte: number): boolean => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);

/** A tag or a comment of HTML: a browser does not show it. */
function tag(bytes: Buffer, at: number, length: number): Read | null {
  const next = bytes[at + 1] ?? gap;
  const isTag = next === 0x2f || next === 0x21 || ((next | 0x20) >= 0x61 && (next | 0x20) <= 0x7a);
  const end = isTag ? indexOf(bytes, 0x3e, at + 2, length) : -1;
  return end === -1 ? null : { value: null, length: end - at + 1, isByte: true };
}

/** A control sequence of a terminal (ECMA-48 §5.4), such as a colour. */
function controlSequence(bytes: Buffer, at: number, length: number): Read | null {
  if (bytes[at + 1] !== 0x5b) return null;
  for (let end = at + 2; end < Math.min(length, at + longestMarkup); end += 1) {
    const byte = bytes[end] ?? gap;
    if (byte >= 0x40 && byte <= 0x7e) return { value: null, length: end - at + 1, isByte: true };
    if (byte < 0x20 || byte > 0x3f) return null;
  }
  return null;
}

/** Index of a byte, not far away; -1 if there is none. */
function indexOf(bytes: Buffer, byte: number, start: number, length: number): number {
  const found = bytes.subarray(start, Math.min(length, start + longestMarkup)).indexOf(byte);
  return found === -1 ? -1 : start + found;
}

/** What may start an escape. */
const readers: ReadonlyMap<number, (bytes: Buffer, at: number, length: number) => Read | null> = new Map([
  [code('%'), percent],
  [code('\\'), backslash],
  [code('&'), entity],
  [code('='), quotedPrintable],
  [code('?'), endOfWord],
  [code('<'), tag],
  [0x1b, controlSequence],
]);

/** Removes the character before it on a terminal, and printed bold letters on paper. */
const backspace = 0x08;
