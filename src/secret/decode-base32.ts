import { digitTable, digitValue } from './decode-escapes.js';
import type { View } from './text-view.js';

/** Minimum length of base32 text that encodes eight bytes. */
const shortest = 13;

/** Maximum number of characters between two groups of digits. */
const longestSeparator = 3;

export interface Base32Alphabet {
  readonly values: Int8Array;
  readonly isWord: RegExp;
  /** Every long enough run of digits: groups in upper case, or a word with a number. */
  readonly mayBeIn: RegExp;
}

function alphabetOf(digits: string, letters: string, numbers: string): Base32Alphabet {
  const any = `[${letters}${letters.toLowerCase()}${numbers}]`;
  const group = `[${letters}${numbers}][^0-9A-Za-z]{0,${longestSeparator}}`;
  return {
    values: digitTable(digits, digits.toLowerCase()),
    isWord: new RegExp(`^(?:[${letters}${numbers}]+|(?=[A-Za-z]*[0-9])${any}{${shortest},})$`),
    mayBeIn: new RegExp(
      `(?<![0-9A-Za-z])(?:(?:${group}){${shortest}}|(?=[A-Za-z]*[0-9])${any}{${shortest}})`,
    ),
  };
}

/** Both alphabets of base32 (RFC 4648 §6 and §7). */
export const base32Alphabets: readonly Base32Alphabet[] = [
  alphabetOf('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 'A-Z', '2-7'),
  alphabetOf('0123456789ABCDEFGHIJKLMNOPQRSTUV', 'A-V', '0-9'),
];

/** One group of digits. */
export interface Base32Group {
  readonly start: number;
  readonly end: number;
  /** Whether it follows the group before it, with a short separator at most. */
  readonly isNext: boolean;
}

/**
 * Finds groups of digits. Words of lower case letters are no base32, but are made of its digits: they count only if
 * they are long and contain a number.
 * @returns none if there is no long enough run of them
 */
export function base32GroupsOf({ text }: View, { isWord, mayBeIn }: Base32Alphabet): Base32Group[] {
  if (!mayBeIn.test(text)) return [];
  const groups: Base32Group[] = [];
  let longest = 0;
  let digits = 0;
  let lastEnd = 0;
  for (const { index: start, 0: word } of text.matchAll(/[0-9A-Za-z]+/g)) {
    const isGroup = isWord.test(word);
    const isNext = digits > 0 && start - lastEnd <= longestSeparator;
    lastEnd = start + word.length;
    digits = isGroup ? (isNext ? digits : 0) + word.length : 0;
    longest = Math.max(longest, digits);
    if (isGroup) groups.push({ start, end: lastEnd, isNext });
  }
  return longest >= shortest ? groups : [];
}

/** Decodes base32 whose first group starts at the given digit: text before a secret shifts its groups. */
export function decodeBase32(
  { bytes, from, to }: View,
  groups: readonly Base32Group[],
  { values }: Base32Alphabet,
  shift: number,
  decoded: View,
): void {
  let digits = 0;
  let bits = 0;
  let buffer = 0;
  let before = 0;
  for (const { start, end, isNext } of groups) {
    if (!isNext) {
      decoded.addGap();
      digits = 0;
      bits = 0;
    }
    for (let at = start; at < end; at += 1) {
      digits += 1;
      if (digits <= shift) continue;
      buffer = ((buffer << 5) | digitValue(values, bytes[at])) & 0xfff;
      bits += 5;
      if (bits >= 8) {
        bits -= 8;
        decoded.add((buffer >>> bits) & 0xff, from[before] ?? 0, to[at] ?? 0);
      }
      before = at;
    }
  }
}
