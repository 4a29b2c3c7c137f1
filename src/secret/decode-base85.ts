import { digitTable, digitValue } from './decode-escapes.js';
import { gap, type View } from './text-view.js';

/** Minimum length of base85 text that encodes eight bytes. */
const shortest = 10;

/** Digits of a group, which encodes four bytes. */
const groupSize = 5;

export interface Base85Alphabet {
  readonly values: Int8Array;
  /** Runs of digits that encode anything, and those that encode eight bytes. */
  readonly runs: RegExp;
  readonly longRuns: RegExp;
}

function alphabetOf(digits: string): Base85Alphabet {
  const digit = `[${digits.replace(/[\\\]^-]/g, '\\$&')}]`;
  return {
    values: digitTable(digits),
    runs: new RegExp(`${digit}{2,}`, 'g'),
    longRuns: new RegExp(`${digit}{${shortest},}`, 'g'),
  };
}

const lower = 'abcdefghijklmnopqrstuvwxyz';
const upper = lower.toUpperCase();

/** The alphabets of Ascii85, of RFC 1924 (Python's `b85encode`), and of ZeroMQ. */
export const base85Alphabets: readonly Base85Alphabet[] = [
  alphabetOf(String.fromCharCode(...Array.from({ length: 85 }, (_, at) => 0x21 + at))),
  alphabetOf(`0123456789${upper}${lower}!#$%&()*+-;<=>?@^_\`{|}~`),
  alphabetOf(`0123456789${lower}${upper}.-:+=^!/*?&<>()[]{}@%$#`),
];

const isQuote = (byte: number): boolean => byte === 0x22 || byte === 0x27 || byte === 0x60;

/** Number of characters that open a text of base85, such as `b'` or `<~`. */
function opening(view: View, at: number): number {
  const { bytes } = view;
  if (at > 0 && !view.isGap(at - 1) && (bytes[at - 1] ?? gap) > 0x20) return 0;
  const first = bytes[at] ?? gap;
  if (isQuote(first)) return 1;
  const second = bytes[at + 1] ?? gap;
  return (first === 0x62 && isQuote(second)) || (first === 0x3c && second === 0x7e) ? 2 : 0;
}

/**
 * Decodes runs of base85.
 * @param runs the runs to decode
 * @returns whether there is a long enough one
 */
export function decodeBase85(view: View, values: Int8Array, runs: RegExp, decoded: View): boolean {
  const { bytes, from, to, text } = view;
  let hasLong = false;
  for (const { index, 0: run } of text.matchAll(runs)) {
    const end = index + run.length;
    let start = index + opening(view, index);
    hasLong ||= end - start >= shortest;
    for (; start < end; start += groupSize) {
      const last = Math.min(start + groupSize, end) - 1;
      let value = 0;
      // A last group is filled up with the largest digit.
      for (let at = start; at < start + groupSize; at += 1) {
        value = value * 85 + (at <= last ? digitValue(values, bytes[at]) : 84);
      }
      for (let byte = 0; byte < last - start; byte += 1) {
        decoded.add((value >>> (24 - 8 * byte)) & 0xff, from[start] ?? 0, to[last] ?? 0);
      }
    }
    decoded.addGap();
  }
  return hasLong;
}
