/** Separates parts of a view that do not belong together. */
export const gap = -1;

const utf8 = new TextEncoder();

/**
 * A text as bytes, each with the span of the original that it was read from, so that what is found in a decoded text can
 * be taken out of the text that it was decoded from. Views are filled again and again: a check reads thousands of texts,
 * each in dozens of ways.
 */
export class View {
  /** Bytes, or `gap`. */
  readonly bytes: Int16Array;
  /** Index of the first code unit, and of the one after the last. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  length = 0;

  constructor(capacity: number) {
    this.bytes = new Int16Array(capacity);
    this.from = new Int32Array(capacity);
    this.to = new Int32Array(capacity);
  }

  add(byte: number, from: number, to: number): void {
    this.bytes[this.length] = byte;
    this.from[this.length] = from;
    this.to[this.length] = to;
    this.length += 1;
  }

  /** A code point as UTF-8, beyond ASCII in lower case. */
  addCodePoint(codePoint: number, from: number, to: number): void {
    if (codePoint < 0x80) {
      this.add(codePoint, from, to);
      return;
    }
    const text = codePoint > 0x10ffff ? '\ufffd' : String.fromCodePoint(codePoint).toLowerCase();
    for (const byte of utf8.encode(text)) this.add(byte, from, to);
  }

  addGap(): void {
    if (this.length > 0 && this.bytes[this.length - 1] !== gap) this.add(gap, 0, 0);
  }
}

/** Bytes that one code unit can become: changing its case makes at most three of it. */
const bytesOfUnit = 3;

/** So many more than a text has may be needed while it is decoded. */
const spare = 8;

/** How large a view of a text and of whatever is decoded from it can become. */
export const capacityFor = (text: string): number => text.length * bytesOfUnit + spare;

/** Fills a view with a text, but for the code units at some places. */
export function readText(text: string, view: View, without?: ReadonlySet<number>): void {
  view.length = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (without?.has(at) === true) continue;
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

/** What nothing shows: joiners, directions, soft hyphens. */
const invisible = /\p{Cf}/gu;

/** Fills a view with what can be seen of a text. @returns whether that is less than all of it */
export function readVisible(text: string, view: View): boolean {
  view.length = 0;
  if (!/[^\x00-\x7f]/.test(text)) return false;
  const hidden = new Set<number>();
  for (const { index, 0: character } of text.matchAll(invisible)) {
    for (let unit = 0; unit < character.length; unit += 1) hidden.add(index + unit);
  }
  if (hidden.size === 0) return false;
  readText(text, view, hidden);
  return true;
}

/** Fills a view with Latin-1 characters as the bytes that they were made of. @returns whether there are any */
export function readLatin1(text: string, view: View): boolean {
  view.length = 0;
  let found = false;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    found ||= unit >= 0x80 && unit <= 0xff;
    view.add(unit > 0xff ? gap : unit, at, at + 1);
  }
  return found;
}

/** Bytes as a view, for reading a secret in the same ways as a text. */
export function viewOfBytes(bytes: Uint8Array): View {
  const view = new View(bytes.length + spare);
  for (const [at, byte] of bytes.entries()) view.add(byte, at, at + 1);
  return view;
}

/** Views to be filled, taken and given back. */
export class ViewPool {
  readonly #capacity: number;
  readonly #free: View[] = [];

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Lends a view to a piece of work. */
  lend<T>(work: (view: View) => T): T {
    const view = this.#free.pop() ?? new View(this.#capacity);
    view.length = 0;
    try {
      return work(view);
    } finally {
      this.#free.push(view);
    }
  }
}
