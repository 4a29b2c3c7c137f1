/** Stands where there is no byte. It is part of no encoding, and of no character. */
export const gap = 0xff;

/** Whether it is a letter or digit of ASCII. */
export const isAlphanumeric = (byte: number): boolean =>
  (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);

const utf8 = new TextEncoder();

/**
 * A text as bytes, each with its span in the original, so that a match in a decoded text can be removed from the
 * original text. Views are reused: a check examines thousands of texts, each in dozens of decodings.
 */
export class View {
  readonly bytes: Buffer;
  /** Index of the first code unit, and of the one after the last. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  length = 0;
  #text: string | null = null;

  constructor(capacity: number) {
    this.bytes = Buffer.alloc(capacity);
    this.from = new Int32Array(capacity);
    this.to = new Int32Array(capacity);
  }

  add(byte: number, from: number, to: number): void {
    this.bytes[this.length] = byte;
    this.from[this.length] = from;
    this.to[this.length] = to;
    this.length += 1;
  }

  /** Appends a code point as UTF-8, beyond ASCII in lower case. */
  addCodePoint(codePoint: number, from: number, to: number): void {
    if (codePoint < 0x80) {
      this.add(codePoint, from, to);
      return;
    }
    const text = codePoint > 0x10ffff ? '\ufffd' : String.fromCodePoint(codePoint).toLowerCase();
    for (const byte of utf8.encode(text)) this.add(byte, from, to);
  }

  /** Lets the last byte stand for what follows it, too, such as an accent. */
  extendTo(to: number): void {
    if (this.length > 0 && this.to[this.length - 1] !== 0) this.to[this.length - 1] = to;
  }

  /** Separates parts that do not belong together. */
  addGap(): void {
    if (this.length > 0 && !this.isGap(this.length - 1)) this.add(gap, 0, 0);
  }

  isGap(at: number): boolean {
    return this.to[at] === 0;
  }

  /** The bytes as Latin-1 characters, which regular expressions search fast. Nothing may be added afterwards. */
  get text(): string {
    this.#text ??= this.bytes.toString('latin1', 0, this.length);
    return this.#text;
  }

  clear(): void {
    this.length = 0;
    this.#text = null;
  }
}

/** Maximum number of bytes of one code unit: changing its case yields up to three. */
const bytesOfUnit = 3;

/** Additional capacity that decoding may need. */
const spare = 8;

/** Maximum size of a view of a text and of its decodings. */
export const capacityFor = (text: string): number => text.length * bytesOfUnit + spare;

/** Capacity up to which views are kept for the next text: larger ones are rare, and take a megabyte each. */
const mostKept = 65_536;

/** Whether there is a character beyond ASCII, or its bytes. */
export const hasNonAscii = (text: string): boolean => /[^\x00-\x7f]/.test(text);

/** The numbers from 0 on: the spans of single characters, which are copied at once. */
let positions = new Int32Array(0);

/** Fills a view with bytes, given as Latin-1 characters, such as those of a text of ASCII. */
export function readBytes(text: string, view: View): void {
  if (positions.length <= text.length) {
    positions = Int32Array.from({ length: capacityFor(text) }, (_, at) => at);
  }
  view.clear();
  view.bytes.write(text, 'latin1');
  view.from.set(positions.subarray(0, text.length));
  view.to.set(positions.subarray(1, text.length + 1));
  view.length = text.length;
}

/** Fills a view with a text. */
export function readText(text: string, view: View): void {
  if (text.length < mostKept && !hasNonAscii(text)) {
    readBytes(text, view);
    return;
  }
  view.clear();
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) {
      view.add(unit, at, at + 1);
      continue;
    }
    const codePoint = text.codePointAt(at) ?? unit;
    const end = at + (codePoint > 0xffff ? 2 : 1);
    view.addCodePoint(codePoint, at, end);
    at = end - 1;
  }
}

/** Fills a view with Latin-1 characters as the bytes that they encode. @returns whether there are any */
export function readLatin1(text: string, view: View): boolean {
  view.clear();
  if (!/[\x80-\xff]/.test(text)) return false;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit > 0xff) view.addGap();
    else view.add(unit, at, at + 1);
  }
  return true;
}

/** A pool of reusable views, for one text after the other. */
export class ViewPool {
  #capacity = 0;
  #free: View[] = [];

  /** Makes the views large enough for a text and its decodings. None may be lent. */
  fit(text: string): void {
    const capacity = capacityFor(text);
    if (capacity <= this.#capacity && this.#capacity <= mostKept) return;
    this.#capacity = 2 ** Math.ceil(Math.log2(capacity));
    this.#free = [];
  }

  /** Lends a view for the duration of a call. */
  lend<T>(work: (view: View) => T): T {
    const view = this.#free.pop() ?? new View(this.#capacity);
    view.clear();
    try {
      return work(view);
    } finally {
      this.#free.push(view);
    }
  }
}

/** Views for every text: only one is examined at a time. */
export const pool = new ViewPool();
