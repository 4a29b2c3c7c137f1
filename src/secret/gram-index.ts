import { gap, type View } from './text-view.js';

/** No run of this many bytes of a secret is printed. Shorter secrets are searched in full. */
export const gramLength = 8;

/** Shorter values may be common words, and are not removed from texts of services. */
export const shortestSearched = 3;

/** Bytes that count as equal: upper and lower case, both alphabets of base64, and the space in forms and URLs. */
const folded = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte >= 0x41 && byte <= 0x5a) return byte + 0x20;
  if (byte === 0x20 || byte === 0x2b) return 0x2d;
  return byte === 0x2f ? 0x5f : byte;
});

/** The same for a text with the halves of the alphabet exchanged (ROT13). */
const foldedRotated = folded.map((byte) =>
  byte >= 0x61 && byte <= 0x7a ? ((byte - 0x61 + 13) % 26) + 0x61 : byte,
);

const fold = (byte: number): number => folded[byte] ?? 0;

/**
 * Index of every run of eight bytes of many texts, in either direction, with exact comparison in constant time. Most
 * texts contain no three bytes in a row of a secret: a filter of those skips them, and the index is built only when
 * it is needed.
 */
export class GramIndex {
  readonly #texts: readonly Buffer[];
  readonly #trigrams: TrigramFilter;
  #grams: GramTable | null = null;
  /** Texts that are searched in full, by their first three bytes. */
  readonly #wholes = new Map<number, Buffer[]>();

  /**
   * @param texts texts of which no run of eight bytes may be printed, as Latin-1 characters
   * @param wholes texts that are removed only in full
   */
  constructor(texts: readonly string[], wholes: readonly string[]) {
    this.#texts = withoutSharedBeginnings(texts.filter(({ length }) => length >= gramLength));
    const inFull = [...texts.filter(({ length }) => length < gramLength), ...wholes]
      .filter(({ length }) => length >= shortestSearched)
      .map((text) => Buffer.from(text, 'latin1'));
    this.#trigrams = new TrigramFilter(this.#texts, inFull);
    for (const text of inFull) this.#addWhole(text);
  }

  /** Whether a text of less than eight bytes is searched. */
  get hasShort(): boolean {
    return this.#trigrams.shortest < gramLength;
  }

  /** Whether a text may contain something. It is certain that it does not if the result is false. */
  mayContain({ bytes, length }: View): boolean {
    return this.#trigrams.some(bytes, length, folded, () => true);
  }

  /** The same for a text with the halves of the alphabet exchanged. */
  mayContainRotated({ bytes, length }: View): boolean {
    return this.#trigrams.some(bytes, length, foldedRotated, () => true);
  }

  /**
   * Reports the spans of the original text in which something was found.
   * @param shortest minimum length of texts that are searched in full
   */
  search(view: View, mark: (from: number, to: number) => void, shortest = shortestSearched): void {
    const { bytes, from, to, length } = view;
    let high = 0;
    let low = 0;
    let read = 0;
    let lastGap = -1;
    let marked = 0;
    this.#trigrams.some(bytes, length, folded, (start) => {
      const end = start + gramLength;
      for (let at = Math.max(read, start); at < end && at < length; at += 1) {
        if (view.isGap(at)) lastGap = at;
        high = ((high << 8) | (low >>> 24)) >>> 0;
        low = ((low << 8) | fold(bytes[at] ?? gap)) >>> 0;
      }
      read = end;
      let found = end <= length && lastGap < start && this.#hasGram(high, low) ? end : start;
      for (const whole of this.#wholes.get(keyAt(bytes, start)) ?? []) {
        const last = start + whole.length;
        const isFound = whole.length >= shortest && last <= length && standsAt(bytes, start, whole);
        if (isFound && !hasGap(view, start, last)) found = Math.max(found, last);
      }
      for (let at = Math.max(marked, start); at < found; at += 1) mark(from[at] ?? 0, to[at] ?? 0);
      marked = Math.max(marked, found);
      return false;
    });
  }

  #hasGram(high: number, low: number): boolean {
    this.#grams ??= new GramTable(this.#texts);
    return this.#grams.has(high, low) || this.#grams.has(reversed(low), reversed(high));
  }

  #addWhole(text: Buffer): void {
    const key = keyAt(text, 0);
    const same = this.#wholes.get(key) ?? [];
    if (same.some((other) => other.length === text.length && standsAt(text, 0, other))) return;
    this.#wholes.set(key, [...same, text]);
  }
}

/** The same runs of eight bytes, fewer times: many secrets are one secret with different ends. */
function withoutSharedBeginnings(texts: readonly string[]): Buffer[] {
  let previous = '';
  return [...texts].sort().map((text) => {
    let shared = 0;
    while (shared < text.length && text.charCodeAt(shared) === previous.charCodeAt(shared)) shared += 1;
    previous = text;
    return Buffer.from(text.slice(Math.max(0, shared - gramLength + 1)), 'latin1');
  });
}

/** Four bytes in the opposite order. */
const reversed = (bytes: number): number =>
  ((bytes << 24) | ((bytes & 0xff00) << 8) | ((bytes >>> 8) & 0xff00) | (bytes >>> 24)) >>> 0;

/** Runs of eight bytes, each as two 32-bit numbers in an open-addressing table: thousands of secrets have a million. */
class GramTable {
  readonly #high: Uint32Array;
  readonly #low: Uint32Array;
  readonly #used: Uint8Array;
  readonly #mask: number;

  constructor(texts: readonly Buffer[]) {
    const runs = texts.reduce((sum, { length }) => sum + length, 0);
    const size = 2 ** Math.ceil(Math.log2(Math.max(2, runs * 2)));
    this.#high = new Uint32Array(size);
    this.#low = new Uint32Array(size);
    this.#used = new Uint8Array(size);
    this.#mask = size - 1;
    for (const text of texts) this.#add(text);
  }

  has(high: number, low: number): boolean {
    return this.#used[this.#slot(high, low)] === 1;
  }

  #add(text: Buffer): void {
    let high = 0;
    let low = 0;
    for (let at = 0; at < text.length; at += 1) {
      high = ((high << 8) | (low >>> 24)) >>> 0;
      low = ((low << 8) | (folded[text[at] ?? 0] ?? 0)) >>> 0;
      if (at + 1 < gramLength) continue;
      const slot = this.#slot(high, low);
      this.#high[slot] = high;
      this.#low[slot] = low;
      this.#used[slot] = 1;
    }
  }

  #slot(high: number, low: number): number {
    const used = this.#used;
    let hash = Math.imul(high, 0x9e3779b1) ^ Math.imul(low, 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 15), 0xc2b2ae35);
    let slot = (hash ^ (hash >>> 13)) & this.#mask;
    while (used[slot] === 1 && (this.#high[slot] !== high || this.#low[slot] !== low)) {
      slot = (slot + 1) & this.#mask;
    }
    return slot;
  }
}

/** Number of bytes in a row that the filter knows. */
const trigramLength = 3;

/** Bits of the number of a trigram: letters differ in the last five bits of each byte. */
const trigramNumber = (first: number, second: number, third: number): number =>
  (first << 10) ^ (second << 5) ^ third;

/** Number of different trigram numbers, and the least size of a filter. */
const mostTrigrams = 2 ** 18;
const leastTrigrams = 2 ** 12;

/** Finds where a text may contain something, examining only every sixth byte of most texts. */
class TrigramFilter {
  readonly #known: Uint8Array;
  readonly #mask: number;
  /** Number of bytes of the shortest run that is searched. */
  readonly shortest: number;

  /**
   * @param texts texts of which every run is searched, in either direction
   * @param wholes texts that are searched in full
   */
  constructor(texts: readonly Buffer[], wholes: readonly Buffer[]) {
    const bytes = [...texts, ...wholes].reduce((sum, { length }) => sum + length, 0);
    const size = 2 ** Math.ceil(Math.log2(bytes * 4 + 1));
    this.#known = new Uint8Array(Math.min(mostTrigrams, Math.max(leastTrigrams, size)));
    this.#mask = this.#known.length - 1;
    for (const text of texts) this.#add(text, true);
    for (const text of wholes) this.#add(text, false);
    this.shortest = wholes.reduce((least, { length }) => Math.min(least, length), gramLength);
  }

  /** Whether the visitor returns true for any start of a run of which every trigram is known. */
  some(bytes: Buffer, length: number, fold: Uint8Array, visit: (start: number) => boolean): boolean {
    const known = this.#known;
    const mask = this.#mask;
    const trigrams = this.shortest - trigramLength + 1;
    const last = length - this.shortest;
    /** Trigrams before it, from the start on, are known. */
    let checked = 0;
    for (let start = 0; start <= last; ) {
      let at = start + trigrams - 1;
      for (; at >= checked; at -= 1) {
        const number = trigramNumber(
          fold[bytes[at] ?? 0] ?? 0,
          fold[bytes[at + 1] ?? 0] ?? 0,
          fold[bytes[at + 2] ?? 0] ?? 0,
        );
        if (known[number & mask] !== 1) break;
      }
      if (at >= checked) {
        start = at + 1;
        checked = start;
        continue;
      }
      if (visit(start)) return true;
      checked = start + trigrams;
      start += 1;
    }
    return false;
  }

  #add(text: Buffer, isReversible: boolean): void {
    const known = this.#known;
    const mask = this.#mask;
    let first = 0;
    let second = 0;
    for (let at = 0; at < text.length; at += 1) {
      const third = folded[text[at] ?? 0] ?? 0;
      if (at + 1 >= trigramLength) {
        known[trigramNumber(first, second, third) & mask] = 1;
        if (isReversible) known[trigramNumber(third, second, first) & mask] = 1;
      }
      first = second;
      second = third;
    }
  }
}

function keyAt(bytes: Buffer, at: number): number {
  let key = 0;
  for (let index = at; index < at + shortestSearched; index += 1) key = key * 256 + fold(bytes[index] ?? gap);
  return key;
}

const standsAt = (bytes: Buffer, at: number, whole: Buffer): boolean =>
  whole.every((byte, index) => fold(bytes[at + index] ?? gap) === fold(byte));

function hasGap(view: View, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if (view.isGap(at)) return true;
  return false;
}
