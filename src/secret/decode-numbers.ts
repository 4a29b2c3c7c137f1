import { digitValue, hexValues } from './decode-escapes.js';
import { gap, isAlphanumeric, type View } from './text-view.js';

/** Minimum number of numbers that encode eight characters. */
const fewest = 8;

/** The largest code point of Unicode. */
const largest = 0x10ffff;

/** The notation of numbers in a list of bytes or characters. */
export interface Notation {
  readonly radix: 2 | 8 | 10 | 16;
  /** Maximum number of digits. */
  readonly digits: number;
  /** Letters that may stand before the digits. */
  readonly prefix: string;
  /** Maximum number of letters and digits after them, such as `u8`, `L` or `h`. */
  readonly suffix: number;
  /** The start of every word in this notation. */
  readonly words: RegExp;
  /** Words of two or four bytes, the last byte first, as `hexdump` prints them on most machines. */
  readonly isSwapped?: boolean;
}

/** `[115, 101]`, `chr(115)`, `0o163`, `0b1110011`, `U+0073`, `73h`. */
export const notations: readonly Notation[] = [
  { radix: 10, digits: 7, prefix: '', suffix: 3, words: /(?<![0-9a-z])[0-9]/gi },
  { radix: 8, digits: 4, prefix: 'o', suffix: 0, words: /(?<![0-9a-z])(?:0?o)?[0-7]/gi },
  // Every eight bits of a long word count.
  {
    radix: 2,
    digits: 512,
    prefix: 'b',
    suffix: 0,
    words: /(?<![0-9a-z])(?:0?b)?[01]{1,8}|(?<=[01]{8})[01]{8}/gi,
  },
  {
    radix: 16,
    digits: 8,
    prefix: 'xuh',
    suffix: 1,
    words: /(?<![0-9a-z])(?:0?[xuh])?[0-9a-f]{1,8}[0-9a-z]?(?![0-9a-z])/gi,
  },
  {
    radix: 16,
    digits: 8,
    prefix: 'x',
    suffix: 0,
    isSwapped: true,
    words: /(?<![0-9a-z])(?:0?x)?[0-9a-f]{4}(?:[0-9a-f]{4})?(?![0-9a-z])/gi,
  },
];

const countOf = (text: string, words: RegExp): number => text.match(words)?.length ?? 0;

/** Calls back with every run of letters and digits. */
function eachWord(text: string, visit: (start: number, end: number) => void): void {
  for (const { index, 0: word } of text.matchAll(/[0-9A-Za-z]+/g)) visit(index, index + word.length);
}

/** Words that start or end with a digit. */
const numberWords = /(?<![0-9a-z])(?:[0-9a-f][0-9a-z]*|[0-9a-z]*[0-9a-f](?![0-9a-z]))/gi;

/** Whether there may be a list of numbers: eight words with digits, or digits that encode eight bytes in binary. */
export function hasNumbers({ text }: View): boolean {
  const words = text.match(numberWords) ?? [];
  return words.length >= fewest || words.some(({ length }) => length >= fewest * 8);
}

/**
 * Decodes lists of numbers, as bytes and characters are often printed, with any separators and words between them.
 * @returns whether there are enough of them
 */
export function decodeNumbers(view: View, notation: Notation, decoded: View): boolean {
  const least = notation.isSwapped === true ? fewest / 4 : fewest;
  if (countOf(view.text, notation.words) < least) return false;
  let found = 0;
  eachWord(view.text, (start, end) => {
    found += number(view, start, end, notation, decoded);
  });
  return found >= fewest;
}

/** Decodes one word. @returns the number of decoded values */
function number(
  { bytes, from, to }: View,
  start: number,
  end: number,
  { radix, digits, prefix, suffix, isSwapped }: Notation,
  decoded: View,
): number {
  let first = start;
  if (prefix !== '') {
    const hasZero = bytes[first] === 0x30 ? 1 : 0;
    const letter = String.fromCharCode(bytes[first + hasZero] ?? 0).toLowerCase();
    if (prefix.includes(letter)) first += hasZero + 1;
  }
  let last = first;
  let value = 0;
  const isBits = radix === 2 && end - first > 8;
  for (; last < end && last - first < digits; last += 1) {
    const digit = digitValue(hexValues, bytes[last]);
    if (digit === -1 || digit >= radix) break;
    value = isBits ? ((value << 1) | digit) & 0xff : value * radix + digit;
    if (isBits && (last - first) % 8 === 7) decoded.add(value, from[last - 7] ?? 0, to[last] ?? 0);
  }
  if (isBits) return last === end && (end - first) % 8 === 0 ? (end - first) / 8 : 0;
  if (last === first || end - last > suffix || (value > largest && isSwapped !== true)) return 0;
  if (isSwapped === true) {
    const size = last - first;
    if (size !== 4 && size !== 8) return 0;
    for (let at = last - 2; at >= first; at -= 2) {
      const high = digitValue(hexValues, bytes[at]);
      decoded.add(high * 16 + digitValue(hexValues, bytes[at + 1]), from[at] ?? 0, to[at + 1] ?? 0);
    }
    return size / 2;
  }
  const span = [from[start] ?? 0, to[end - 1] ?? 0] as const;
  // Bytes of Java are signed. Between digits, a hyphen is a separator.
  const isNegative = bytes[start - 1] === 0x2d && !isAlphanumeric(bytes[start - 2] ?? gap);
  if (isNegative && value <= 128) decoded.add(256 - value, ...span);
  else if (value > 0xff || (radix === 16 && last - first >= 4)) decoded.addCodePoint(value, ...span);
  else decoded.add(value, ...span);
  return 1;
}

/**
 * Removes numbers that count up from 0 or 1, as lists, tables and JSON objects number characters.
 * @returns whether there are enough of them
 */
export function withoutLabels(view: View, decoded: View): boolean {
  if (countOf(view.text, /(?<![0-9a-z])[0-9]+(?![0-9a-z])/gi) < fewest) return false;
  const { bytes, from, to, length } = view;
  let expected = -1;
  let found = 0;
  let copied = 0;
  const copy = (end: number): void => {
    for (; copied < end; copied += 1) decoded.add(bytes[copied] ?? 0, from[copied] ?? 0, to[copied] ?? 0);
  };
  eachWord(view.text, (start, end) => {
    let value = 0;
    for (let at = start; at < end; at += 1) {
      const byte = bytes[at] ?? gap;
      if (byte < 0x30 || byte > 0x39 || value > largest) return;
      value = value * 10 + byte - 0x30;
    }
    const isFirst = value === 0 || (value === 1 && expected !== 1 && found < fewest);
    if (!isFirst && value !== expected) return;
    if (isFirst && value !== expected) found = 0;
    expected = value + 1;
    found += 1;
    copy(start);
    copied = end;
  });
  copy(length);
  return found >= fewest;
}
