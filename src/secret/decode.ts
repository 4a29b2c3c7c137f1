import { code, digitTable, digitValue, hexValues } from './decode-escapes.js';
import { characterAt, foldCodePoint } from './fold-letters.js';
import { gap, isAlphanumeric, type View } from './text-view.js';

/** Both alphabets of base64 (RFC 4648 §4 and §5). */
const base64Values = digitTable('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');
base64Values[code('-')] = 62;
base64Values[code('_')] = 63;

/** Minimum length of base64 text that encodes eight whole bytes. */
export const shortestBase64 = 11;

/** The first group of base64: its number of preceding digits, or `pieces`, see below. */
export type Base64Shift = 0 | 1 | 2 | 3 | 'pieces';

export const base64Shifts: readonly Base64Shift[] = [0, 1, 2, 3, 'pieces'];

const notBase64 = /[^\w+/-]+/g;

/** Runs of digits of base64. */
export interface Base64Digits {
  readonly pieces: readonly string[];
  readonly joined: string;
}

export function base64DigitsOf({ text }: View): Base64Digits {
  const pieces = text.split(notBase64);
  return { pieces, joined: pieces.join('') };
}

/** Fills a view with the bytes that `decodeBase64` finds, without their spans, but many times faster. */
export function readBase64({ pieces, joined }: Base64Digits, shift: Base64Shift, decoded: View): void {
  for (const piece of shift === 'pieces' ? pieces : [joined.slice(shift)]) {
    decoded.length += decoded.bytes.write(piece, decoded.length, 'base64');
  }
}

/**
 * Decodes base64 whose first group starts at the given character: text before a secret shifts its groups. Other
 * characters are skipped, so that lines may be broken anywhere.
 * @param shift `pieces`: every other character ends one text and starts the next
 */
export function decodeBase64({ bytes, from, to, length }: View, shift: Base64Shift, decoded: View): void {
  let buffer = 0;
  let digits = shift === 'pieces' ? 0 : -shift;
  let before = 0;
  for (let at = 0; at < length; at += 1) {
    const value = digitValue(base64Values, bytes[at]);
    if (value === -1) {
      if (shift === 'pieces') digits = 0;
      continue;
    }
    if (digits >= 0) {
      const place = digits & 3;
      buffer = ((buffer << 6) | value) & 0xffffff;
      if (place > 0) decoded.add((buffer >>> (6 - place * 2)) & 0xff, from[before] ?? 0, to[at] ?? 0);
    }
    before = at;
    digits += 1;
  }
}

/** A line of uuencode that encodes eight bytes, with its length in front. */
const uuencoded = /[!-`]{12}/;

/**
 * Decodes lines of uuencode: the first character is the length, and each other one stands for six bits.
 * @returns whether there is a long enough line
 */
export function decodeUuencode({ bytes, from, to, length, text }: View, decoded: View): boolean {
  if (!uuencoded.test(text)) return false;
  let digits = -1;
  let buffer = 0;
  for (let at = 0; at < length; at += 1) {
    const byte = bytes[at] ?? gap;
    if (byte <= 0x20 || byte > 0x60) {
      digits = -1;
      continue;
    }
    const place = digits & 3;
    buffer = ((buffer << 6) | ((byte - 0x20) & 0x3f)) & 0xffffff;
    if (digits > 0 && place > 0)
      decoded.add((buffer >>> (6 - place * 2)) & 0xff, from[at - 1] ?? 0, to[at] ?? 0);
    digits += 1;
  }
  return true;
}

/** Minimum length of hex text that encodes eight bytes. */
const shortestHex = 16;

/** As many hex digits, with what may stand between them. */
const mayBeHex = /(?:[0-9a-f][^0-9a-wyz\x80-\xff]*){16}/i;

/**
 * Decodes pairs of hex digits, starting at the given digit, with optional colons, spaces or `0x` between them.
 * @returns whether there is a long enough run of digits
 */
export function decodeHex({ bytes, from, to, length, text }: View, shift: number, decoded: View): boolean {
  if (!mayBeHex.test(text)) return false;
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
      if (byte < 0x80 && !isAlphanumeric(byte)) continue;
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

/** Fills a view with the bytes that `squeeze` keeps of a text of ASCII, without their spans, but many times faster. */
export function readSqueezed({ text }: View, squeezed: View): void {
  squeezed.length = squeezed.bytes.write(text.replace(/[^0-9A-Za-z]+/g, ''), 'latin1');
}

/**
 * Keeps only letters and digits as people read them, which joins a secret that is split across words or fields, or
 * written in letters of another form.
 * @returns whether anything was removed or replaced
 */
export function squeeze({ bytes, from, to, length }: View, squeezed: View): boolean {
  let hasFolded = false;
  for (let at = 0; at < length; at += 1) {
    const byte = bytes[at] ?? gap;
    const character = byte >= 0x80 ? characterAt(bytes, at, length) : null;
    if (character !== null && character.length > 0) {
      const last = at + character.length - 1;
      hasFolded = true;
      const { bytes: read, letters } = foldCodePoint(character.codePoint);
      if (read.length === 0) squeezed.extendTo(to[last] ?? 0);
      for (const letter of letters) squeezed.add(letter, from[at] ?? 0, to[last] ?? 0);
      at = last;
    } else if (byte >= 0x80 || isAlphanumeric(byte)) {
      squeezed.add(byte, from[at] ?? 0, to[at] ?? 0);
    }
  }
  return hasFolded || squeezed.length < length;
}

/** Readable characters of ASCII. */
const isReadable = Uint8Array.from({ length: 256 }, (_, byte) =>
  (byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x0d || byte === 0x09 ? 1 : 0,
);

/**
 * Whether there is a run of readable characters, including line breaks. Random bytes have no long run. NUL bytes
 * between them, as in UTF-16, do not end it.
 */
export function hasReadable({ bytes, length }: View, least: number): boolean {
  let run = 0;
  for (let at = 0; at < length && run < least; at += 1) {
    const byte = bytes[at] ?? gap;
    if (isReadable[byte] === 1) run += 1;
    else if (byte >= 0x80) {
      const character = characterAt(bytes, at, length).length;
      run = character > 0 ? run + 1 : 0;
      at += Math.max(0, character - 1);
    } else if (byte !== 0) run = 0;
  }
  return run >= least;
}

/** Exchanges the halves of the alphabet (ROT13). */
export function rotate({ bytes, from, to, length }: View, rotated: View): void {
  for (let at = 0; at < length; at += 1) {
    const byte = bytes[at] ?? gap;
    const letter = byte | 0x20;
    const isLetter = letter >= 0x61 && letter <= 0x7a;
    rotated.add(isLetter ? ((letter - 0x61 + 13) % 26) + 0x61 : byte, from[at] ?? 0, to[at] ?? 0);
  }
}
