import { gap, hasNonAscii, type View } from './text-view.js';

/** A character as people read it. */
export interface Folded {
  /** UTF-8, in lower case, without compatibility forms, accents and invisible characters. */
  readonly bytes: readonly number[];
  /** The same, without punctuation and symbols. */
  readonly letters: readonly number[];
}

const utf8 = new TextEncoder();
const marks = /[\p{M}\p{Default_Ignorable_Code_Point}\p{Cf}]/gu;
const notLetters = /[^\p{L}\p{N}]/gu;

/** Blocks of letters without a compatibility form, by their first code point and the first letter. */
const alphabets: readonly (readonly [first: number, last: number, letter: string])[] = [
  [0x1f150, 0x1f169, 'a'],
  [0x1f170, 0x1f189, 'a'],
  [0x1f1e6, 0x1f1ff, 'a'],
  [0xe0020, 0xe007e, ' '],
];

/** Every character is folded once: there are few in the texts of services. */
const known = new Map<number, Folded>();

/** Maximum number of remembered characters. */
const mostKnown = 4096;

/** Folds a code point beyond ASCII. The result is never longer than its UTF-8. */
export function foldCodePoint(codePoint: number): Folded {
  const found = known.get(codePoint);
  if (found !== undefined) return found;
  const character = codePoint > 0x10ffff ? '\ufffd' : String.fromCodePoint(codePoint);
  const size = utf8.encode(character).length;
  const inAlphabet = alphabets.find(([first, last]) => codePoint >= first && codePoint <= last);
  const read =
    inAlphabet === undefined
      ? character.normalize('NFKD').replace(marks, '')
      : String.fromCharCode(inAlphabet[2].charCodeAt(0) + codePoint - inAlphabet[0]);
  const fitting = (text: string, otherwise: string): number[] => {
    const bytes = utf8.encode(text);
    return [...(bytes.length <= size ? bytes : utf8.encode(otherwise))];
  };
  const lower = read.toLowerCase().replace(marks, '');
  const folded = {
    bytes: fitting(lower, character),
    letters: fitting(lower.replace(notLetters, ''), character),
  };
  if (known.size < mostKnown) known.set(codePoint, folded);
  return folded;
}

/** Length of the UTF-8 of a character beyond ASCII, by its first byte; 0 if it is not the first byte of one. */
const lengthAt = (byte: number): number =>
  byte < 0xc2 || byte > 0xf4 ? 0 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;

/** Reads a character beyond ASCII. Its length is 0 if there is none. */
export function characterAt(
  bytes: Buffer,
  at: number,
  length: number,
): { readonly codePoint: number; readonly length: number } {
  const first = bytes[at] ?? gap;
  const size = lengthAt(first);
  if (size === 0 || at + size > length) return none;
  let codePoint = first & (0x7f >> size);
  for (let index = at + 1; index < at + size; index += 1) {
    const byte = bytes[index] ?? gap;
    if (byte < 0x80 || byte > 0xbf) return none;
    codePoint = codePoint * 64 + byte - 0x80;
  }
  return { codePoint, length: size };
}

const none = { codePoint: -1, length: 0 };

/** Fills a view with the characters of a text as people read them. @returns whether any differ from the text */
export function readFolded(text: string, view: View): boolean {
  view.clear();
  if (!hasNonAscii(text)) return false;
  let at = 0;
  for (const character of text) {
    const codePoint = character.codePointAt(0) ?? 0;
    const end = at + character.length;
    if (codePoint < 0x80) view.add(codePoint, at, end);
    else {
      const { bytes } = foldCodePoint(codePoint);
      if (bytes.length === 0) view.extendTo(end);
      for (const byte of bytes) view.add(byte, at, end);
    }
    at = end;
  }
  return true;
}
