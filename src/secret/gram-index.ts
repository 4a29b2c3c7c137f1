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

const fold = (byte: number): number => folded[byte] ?? 0;

/**
 * Index of every run of eight bytes of many texts, with exact comparison in constant time. Each run is stored as two
 * 32-bit numbers in an open-addressing table: thousands of secrets have a million runs.
 */
export class GramIndex {
  readonly #high: Uint32Array;
  readonly #low: Uint32Array;
  readonly #used: Uint8Array;
  readonly #mask: number;
  /** Texts that are searched in full, by their first three bytes. */
  readonly #wholes = new Map<number, Int16Array[]>();

  /**
   * @param texts texts of which no run of eight bytes may be printed
   * @param wholes texts that are removed only in full
   */
  constructor(texts: readonly Int16Array[], wholes: readonly Int16Array[]) {
    const runs = texts.reduce((sum, text) => sum + Math.max(0, text.length - gramLength + 1), 0);
    const size = 2 ** Math.ceil(Math.log2(Math.max(2, runs * 2)));
    this.#high = new Uint32Array(size);
    this.#low = new Uint32Array(size);
    this.#used = new Uint8Array(size);
    this.#mask = size - 1;
    for (const text of texts) {
      if (text.length < gramLength) this.#addWhole(text);
      else this.#addRuns(text);
    }
    for (const text of wholes) this.#addWhole(text);
  }

  /**
   * Reports the spans of the original text in which something was found.
   * @param shortest minimum length of texts that are searched in full
   */
  search(
    { bytes, from, to, length }: View,
    mark: (from: number, to: number) => void,
    shortest = shortestSearched,
  ): void {
    let high = 0;
    let low = 0;
    let run = 0;
    for (let at = 0; at < length; at += 1) {
      const byte = bytes[at] ?? gap;
      run = byte === gap ? 0 : run + 1;
      if (byte === gap) continue;
      high = ((high << 8) | (low >>> 24)) >>> 0;
      low = ((low << 8) | fold(byte)) >>> 0;
      if (run < gramLength || this.#used[this.#slot(high, low)] !== 1) continue;
      for (let index = at - gramLength + 1; index <= at; index += 1) mark(from[index] ?? 0, to[index] ?? 0);
    }
    if (this.#wholes.size === 0) return;
    for (let at = 0; at + shortestSearched <= length; at += 1) {
      for (const whole of this.#wholes.get(keyAt(bytes, at)) ?? []) {
        if (whole.length < shortest || !standsAt(bytes, at, length, whole)) continue;
        for (let index = at; index < at + whole.length; index += 1) mark(from[index] ?? 0, to[index] ?? 0);
      }
    }
  }

  #addRuns(text: Int16Array): void {
    let high = 0;
    let low = 0;
    for (let at = 0; at < text.length; at += 1) {
      high = ((high << 8) | (low >>> 24)) >>> 0;
      low = ((low << 8) | fold(text[at] ?? 0)) >>> 0;
      if (at + 1 >= gramLength) this.#add(high, low);
    }
  }

  #slot(high: number, low: number): number {
    let hash = Math.imul(high, 0x9e3779b1) ^ Math.imul(low, 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 15), 0xc2b2ae35);
    let slot = (hash ^ (hash >>> 13)) & this.#mask;
    while (this.#used[slot] === 1 && (this.#high[slot] !== high || this.#low[slot] !== low)) {
      slot = (slot + 1) & this.#mask;
    }
    return slot;
  }

  #add(high: number, low: number): void {
    const slot = this.#slot(high, low);
    this.#high[slot] = high;
    this.#low[slot] = low;
    this.#used[slot] = 1;
  }

  #addWhole(text: Int16Array): void {
    if (text.length < shortestSearched) return;
    const key = keyAt(text, 0);
    const same = this.#wholes.get(key) ?? [];
    if (same.some((other) => other.length === text.length && standsAt(text, 0, text.length, other))) return;
    this.#wholes.set(key, [...same, text]);
  }
}

function keyAt(bytes: Int16Array, at: number): number {
  let key = 0;
  for (let index = at; index < at + shortestSearched; index += 1) {
    const byte = bytes[index] ?? gap;
    if (byte === gap) return gap;
    key = key * 256 + fold(byte);
  }
  return key;
}

function standsAt(bytes: Int16Array, at: number, length: number, whole: Int16Array): boolean {
  if (at + whole.length > length) return false;
  return whole.every((byte, index) => {
    const here = bytes[at + index] ?? gap;
    return here !== gap && fold(here) === fold(byte);
  });
}
