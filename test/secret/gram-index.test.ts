import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GramIndex, gramLength } from '../../src/secret/gram-index.js';
import { View } from '../../src/secret/text-view.js';
import { runs } from '../support/random.js';

/** A byte of a text; `null`: a gap. */
type Byte = number | null;

function viewOf(bytes: readonly Byte[]): View {
  const view = new View(bytes.length);
  for (const [at, byte] of bytes.entries()) {
    if (byte === null) view.addGap();
    else view.add(byte, at, at + 1);
  }
  return view;
}

/** Upper and lower case, both alphabets of base64, and the space in forms and URLs count as equal. */
const fold = (text: string): string =>
  text
    .replace(/[A-Z]/g, (letter) => letter.toLowerCase())
    .replace(/[ +]/g, '-')
    .replaceAll('/', '_');

const rotate = (text: string): string =>
  text.replace(/[a-z]/gi, (letter) =>
    String.fromCharCode(letter.charCodeAt(0) + (letter.toLowerCase() < 'n' ? 13 : -13)),
  );

/** Compares every part of a text with every text that is searched. */
function foundIn(
  read: string,
  texts: readonly string[],
  wholes: readonly string[],
  shortest = 3,
): Set<number> {
  const long = texts.filter(({ length }) => length >= gramLength);
  const inFull = [...texts.filter(({ length }) => length < gramLength), ...wholes];
  const grams = long.flatMap((text) =>
    Array.from({ length: text.length - gramLength + 1 }, (_, at) => text.slice(at, at + gramLength)),
  );
  const sought = [
    ...grams,
    ...grams.map((gram) => [...gram].reverse().join('')),
    ...inFull.filter(({ length }) => length >= shortest),
  ].map(fold);
  const found = new Set<number>();
  for (const one of sought) {
    for (let at = 0; at < read.length; at += 1) {
      if (!fold(read).startsWith(one, at)) continue;
      for (let index = at; index < at + one.length; index += 1) found.add(index);
    }
  }
  return found;
}

/** Few different bytes, so that much is found by chance, and those that count as equal. */
const character = fc.constantFrom(...'aaabbnoABN+/ -_\xff\0');
const texts = fc.array(fc.string({ unit: character, maxLength: 20 }), { maxLength: 4 });
const separator = '\u0100';
const read = fc
  .array(fc.oneof(fc.string({ unit: character, maxLength: 12 }), fc.constant(separator)), { maxLength: 8 })
  .map((parts) =>
    parts
      .join('')
      .replace(/^\u0100+/, '')
      .replace(/\u0100+/g, separator),
  );

/** Texts that contain parts of what is searched, too, in either direction. */
const cases = fc
  .tuple(texts, texts, read, fc.nat(20), fc.nat(20), fc.boolean())
  .map(([secrets, words, around, from, to, isReversed]) => {
    const parts = [...secrets, ...words].map((text) => text.slice(Math.min(from, to), Math.max(from, to)));
    const shown = parts.map((part) => (isReversed ? [...part].reverse().join('') : part)).join('a');
    return { secrets, words, text: `${around}${shown}` };
  });

describe('the index of the runs of eight bytes', () => {
  it('finds what a comparison of everything with everything finds', () => {
    fc.assert(
      fc.property(cases, fc.constantFrom(3, gramLength), ({ secrets, words, text }, shortest) => {
        const view = viewOf([...text].map((one) => (one === separator ? null : one.charCodeAt(0))));
        const index = new GramIndex(secrets, words);
        const found = new Set<number>();
        index.search(
          view,
          (from, to) => {
            for (let at = from; at < to; at += 1) found.add(at);
          },
          shortest,
        );
        expect(found).toEqual(foundIn(text, secrets, words, shortest));
        if (found.size > 0) expect(index.mayContain(view)).toBe(true);
      }),
      { numRuns: runs(5000) },
    );
  });

  it('may contain a text whose halves of the alphabet are exchanged if it contains the text', () => {
    fc.assert(
      fc.property(cases, ({ secrets, words, text }) => {
        const plain = text.replaceAll(separator, '');
        const index = new GramIndex(secrets, words);
        const isFound = foundIn(plain, secrets, words).size > 0;
        const rotated = viewOf([...rotate(plain)].map((one) => one.charCodeAt(0)));
        if (isFound) expect(index.mayContainRotated(rotated)).toBe(true);
      }),
      { numRuns: runs(1000) },
    );
  });
});
