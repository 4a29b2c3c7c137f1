import { code, digitValue } from './decode-escapes.js';
import { gap, type View } from './text-view.js';

const tableOf = (digits: string): Int8Array => {
  const values = new Int8Array(256).fill(-1);
  for (const [value, digit] of [...digits].entries()) values[code(digit)] = value;
  return values;
};

const lower = 'abcdefghijklmnopqrstuvwxyz';
const upper = lower.toUpperCase();

/** The alphabets of Ascii85, of RFC 1924 (Python's `b85encode`), and of ZeroMQ. */
export const base85Alphabets: readonly Int8Array[] = [
  tableOf(String.fromCharCode(...Array.from({ length: 85 }, (_, at) => 0x21 + at))),
  tableOf(`0123456789${upper}${lower}!#$%&()*+-;<=>?@^_\`{|}~`),
  tableOf(`0123456789${lower}${upper}.-:+=^!/*?&<>()[]{}@%$#`),
];

/** Minimum length of base85 text that encodes eight bytes. */
const shortest = 10;

/** Digits of a group, which encodes four bytes. */
const groupSize = 5;

const isQuote = (byte: number): boolean => byte === 0x22 || byte === 0x27 || byte === 0x60;

/** Number of characters that open a text of base85, such as `b'` or `<~`. */
function opening(bytes: Int16Array, at: number): number {
  const [first = gap, second = gap] = [bytes[at], bytes[at + 1]];
  if (isQuote(first)) return 1;
  return (first === 0x62 && isQuote(second)) || (first === 0x3c && second === 0x7e) ? 2 : 0;
}

/** Decodes words of base85. @returns whether there is a long enough one */
export function decodeBase85({ bytes, from, to, length }: View, values: Int8Array, decoded: View): boolean {
  let longest = 0;
  let digits = 0;
  let value = 0;
  let start = 0;
  let isWord = false;
  const add = (count: number, end: number): void => {
    for (let byte = 0; byte < count; byte += 1) {
      decoded.add(Math.floor(value / 256 ** (3 - byte)) % 256, from[start] ?? 0, to[end] ?? 0);
    }
  };
  for (let at = 0; at <= length; at += 1) {
    const byte = at < length ? (bytes[at] ?? gap) : gap;
    if (!isWord && byte > 0x20) {
      isWord = true;
      const skipped = opening(bytes, at);
      if (skipped > 0) {
        at += skipped - 1;
        continue;
      }
    }
    const digit = digitValue(values, byte);
    if (digit === -1) {
      const rest = digits % groupSize;
      // A last group is filled up with the largest digit.
      for (let filled = rest; rest > 1 && filled < groupSize; filled += 1) value = value * 85 + 84;
      if (rest > 1) add(rest - 1, at - 1);
      if (digits > 0) decoded.addGap();
      digits = 0;
      isWord = byte > 0x20;
      continue;
    }
    if (digits % groupSize === 0) [value, start] = [0, at];
    value = value * 85 + digit;
    digits += 1;
    longest = Math.max(longest, digits);
    if (digits % groupSize === 0) add(4, at);
  }
  return longest >= shortest;
}
