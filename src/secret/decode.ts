import { code, digitValue, hexValues } from './decode-escapes.js';
import { gap, type View } from './text-view.js';

/** Both alphabets of base64 (RFC 4648 §4 and §5). */
const base64Values = new Int8Array(256).fill(-1);
for (const [value, digit] of [
  ...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
].entries()) {
  base64Values[code(digit)] = value;
}
base64Values[code('-')] = 62;
base64Values[code('_')] = 63;

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
