import { code, digitValue } from './decode-escapes.js';
import { gap, type View } from './text-view.js';

const tableOf = (digits: string): Int8Array => {
  const values = new Int8Array(256).fill(-1);
  for (const [value, digit] of [...digits].entries()) {
    values[code(digit)] = value;
    values[code(digit.toLowerCase())] = value;
  }
  return values;
};

/** Both alphabets of base32 (RFC 4648 §6 and §7). */
export const base32Alphabets: readonly Int8Array[] = [
  tableOf('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'),
  tableOf('0123456789ABCDEFGHIJKLMNOPQRSTUV'),
];

/** Minimum length of base32 text that encodes eight bytes. */
const shortest = 13;

/** Maximum number of characters between two groups of digits. */
const longestSeparator = 3;

const isUpper = (byte: number): boolean => byte >= 0x41 && byte <= 0x5a;
const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39;
const isLower = (byte: number): boolean => byte >= 0x61 && byte <= 0x7a;

/**
 * Decodes base32 whose first group starts at the given digit: text before a secret shifts its groups. Words of lower
 * case letters are no base32, but are made of its digits: they are decoded only if they are long and contain a
 * number.
 * @returns whether there is a long enough run of digits
 */
export function decodeBase32(
  { bytes, from, to, length }: View,
  values: Int8Array,
  shift: number,
  decoded: View,
): boolean {
  let longest = 0;
  let digits = 0;
  let lastEnd = 0;
  let bits = 0;
  let buffer = 0;
  let before = 0;
  const end = (): void => {
    decoded.addGap();
    digits = 0;
    bits = 0;
  };
  for (let start = 0; start < length; start += 1) {
    let stop = start;
    let [lower, numbers, others] = [0, 0, 0];
    for (; stop < length; stop += 1) {
      const byte = bytes[stop] ?? gap;
      if (isLower(byte)) lower += 1;
      else if (isDigit(byte)) numbers += 1;
      else if (!isUpper(byte)) break;
      if (digitValue(values, byte) === -1) others += 1;
    }
    if (stop === start) continue;
    const isLong = stop - start >= shortest && (numbers > 0 || lower === 0);
    const isBase32 = others === 0 && (isLong || lower === 0);
    if (!isBase32 || start - lastEnd > longestSeparator) end();
    for (let at = start; isBase32 && at < stop; at += 1) {
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
    longest = Math.max(longest, digits);
    lastEnd = stop;
    start = stop;
  }
  return longest >= shortest;
}
