import {
  base64DigitsOf,
  base64Shifts,
  decodeBase64,
  decodeHex,
  decodeUuencode,
  hasReadable,
  readBase64,
  readSqueezed,
  rotate,
  shortestBase64,
  squeeze,
} from './decode.js';
import { type Base32Alphabet, base32Alphabets, base32GroupsOf, decodeBase32 } from './decode-base32.js';
import { type Base85Alphabet, base85Alphabets, decodeBase85 } from './decode-base85.js';
import { decodeEscapes, escapeLayers } from './decode-escapes.js';
import { decodeNumbers, hasNumbers, notations, withoutLabels } from './decode-numbers.js';
import { readFolded } from './fold-letters.js';
import { GramIndex, gramLength } from './gram-index.js';
import { withoutRandom } from './random-text.js';
import { spellingsOf } from './spellings.js';
import { hasNonAscii, pool, readLatin1, readText, type View } from './text-view.js';
import { redactTokens } from './token-shaped.js';

/**
 * Maximum number of code units of one text to examine: more than is ever printed, so that the truncated rest reveals
 * nothing.
 */
const longestRead = 4096;

/** Maximum number of base64 and hex layers. */
const encodingLayers = 2;

/** Equal texts of a check are examined once. This is the maximum number of remembered texts. */
const mostRemembered = 4096;

/** Removes everything from texts of one service that can be decoded to a secret, even if it is split across them. */
export type Scrubber = (texts: readonly string[]) => string[];

/** Values that must not be printed. */
export interface Unseen {
  /** No run of eight characters of these is printed. */
  readonly secrets: readonly Uint8Array[];
  /**
   * Known words, such as a published default. They are removed only in full, so that texts with parts of them stay
   * readable.
   */
  readonly words?: readonly Uint8Array[];
  /** Keeps random-looking parts for later. Default: they are removed. */
  readonly keepsRandom?: boolean;
  /** Replacement text. Default: `[secret]`. */
  readonly mark?: string;
}

/**
 * Makes a function that redacts texts of services. It first removes everything that can be decoded to a secret: any
 * eight characters in either case, reversed, in letters of another form, or encoded for URLs, JSON, HTML, mails or
 * terminals, as base64, base32, base85, uuencode, ROT13, hex or a list of numbers, also twice and split across
 * adjacent texts. It then removes texts in the form of a token, and finally random-looking texts. It takes linear
 * time.
 */
export function scrubberFor(unseen: Unseen): Scrubber {
  let index: GramIndex | null = null;
  const remembered = new Map<string, string[]>();
  return (texts) => {
    const key = texts.length === 1 ? (texts[0] ?? '') : JSON.stringify(texts);
    const known = remembered.get(key);
    if (known !== undefined && known.length === texts.length) return known;
    index ??= indexOf(unseen);
    const scrubbed = scrub(texts, index, unseen);
    if (remembered.size < mostRemembered && key.length <= longestRead) remembered.set(key, scrubbed);
    return scrubbed;
  };
}

function indexOf({ secrets, words = [] }: Unseen): GramIndex {
  return new GramIndex(spellingsOf(secrets), spellingsOf(words));
}

/** Examines one text in every decoding, and marks what is found in any of them. */
class Reading {
  readonly #index: GramIndex;
  readonly #marked: Uint8Array;

  constructor(text: string, index: GramIndex) {
    this.#index = index;
    pool.fit(text);
    this.#marked = new Uint8Array(text.length);
    pool.lend((view) => {
      readText(text, view);
      this.#read(view, encodingLayers);
      this.#readRotated(view);
    });
    pool.lend((view) => {
      if (readFolded(text, view)) this.#read(view, encodingLayers);
    });
    pool.lend((view) => {
      if (readLatin1(text, view)) this.#read(view, encodingLayers);
    });
  }

  /** One flag for each code unit that must not be printed. */
  get marked(): Uint8Array {
    return this.#marked;
  }

  readonly #mark = (from: number, to: number): void => {
    this.#marked.fill(1, from, to);
  };

  /** A text, and its content without escapes. */
  #read(view: View, encodings: number, escapes = escapeLayers): void {
    this.#index.search(view, this.#mark);
    // Decoding a text that was not encoded yields nothing worth examining again.
    const isOriginal = encodings === encodingLayers;
    if (isOriginal ? view.length < gramLength : !hasReadable(view, gramLength)) return;
    this.#readSqueezed(view);
    if (encodings > 0 && (isOriginal ? view.length >= shortestBase64 : hasReadable(view, shortestBase64))) {
      this.#decode(view, encodings - 1);
    }
    if (escapes === 0) return;
    pool.lend((decoded) => {
      if (decodeEscapes(view, decoded)) this.#read(decoded, encodings, escapes - 1);
    });
  }

  #readSqueezed(view: View): void {
    pool.lend((squeezed) => {
      if (!hasNonAscii(view.text)) {
        readSqueezed(view, squeezed);
        if (!this.#index.mayContain(squeezed)) return;
        squeezed.clear();
      }
      if (squeeze(view, squeezed)) this.#index.search(squeezed, this.#mark, gramLength);
    });
  }

  #readRotated(view: View): void {
    pool.lend((rotated) => {
      if (!hasNonAscii(view.text) && !this.#index.mayContainRotated(view)) {
        readSqueezed(view, rotated);
        if (!this.#index.mayContainRotated(rotated)) return;
        rotated.clear();
      }
      rotate(view, rotated);
      this.#read(rotated, 0, 0);
    });
  }

  /** Whether anything can be found in decoded bytes, or in what they encode themselves. */
  #isWorthReading(decoded: View): boolean {
    return this.#index.mayContain(decoded) || hasReadable(decoded, gramLength);
  }

  #decode(view: View, encodings: number): void {
    const digits = base64DigitsOf(view);
    for (const shift of base64Shifts) {
      pool.lend((decoded) => {
        readBase64(digits, shift, decoded);
        if (!this.#isWorthReading(decoded)) return;
        decoded.clear();
        decodeBase64(view, shift, decoded);
        this.#read(decoded, encodings);
      });
    }
    for (const shift of [0, 1]) {
      pool.lend((decoded) => {
        if (decodeHex(view, shift, decoded)) this.#read(decoded, encodings);
      });
    }
    pool.lend((decoded) => {
      if (decodeUuencode(view, decoded)) this.#read(decoded, encodings);
    });
    for (const alphabet of base85Alphabets) this.#decodeBase85(view, alphabet, encodings);
    for (const alphabet of base32Alphabets) this.#decodeBase32(view, alphabet, encodings);
    if (hasNumbers(view)) this.#decodeNumbers(view, encodings);
  }

  #decodeBase85(view: View, { values, runs, longRuns }: Base85Alphabet, encodings: number): void {
    // What is shorter is found only beside them, unless it is searched in full.
    const first = this.#index.hasShort ? runs : longRuns;
    pool.lend((decoded) => {
      if (!decodeBase85(view, values, first, decoded) || !this.#isWorthReading(decoded)) return;
      decoded.clear();
      decodeBase85(view, values, runs, decoded);
      this.#read(decoded, encodings);
    });
  }

  #decodeBase32(view: View, alphabet: Base32Alphabet, encodings: number): void {
    const groups = base32GroupsOf(view, alphabet);
    for (let shift = 0; groups.length > 0 && shift < 8; shift += 1) {
      pool.lend((decoded) => {
        decodeBase32(view, groups, alphabet, shift, decoded);
        this.#read(decoded, encodings);
      });
    }
  }

  #decodeNumbers(view: View, encodings: number): void {
    for (const notation of notations) {
      pool.lend((decoded) => {
        if (decodeNumbers(view, notation, decoded)) this.#read(decoded, encodings);
      });
    }
    pool.lend((listed) => {
      if (withoutLabels(view, listed)) this.#read(listed, encodings);
    });
  }
}

function scrub(
  texts: readonly string[],
  index: GramIndex,
  { keepsRandom = false, mark = '[secret]' }: Unseen,
): string[] {
  const read = texts.map((text) => (text.length > longestRead ? text.slice(0, longestRead) : text));
  const { marked } = new Reading(read.join('\n'), index);
  let start = 0;
  return read.map((text, at) => {
    const found = hide(text, marked.subarray(start, start + text.length), mark);
    start += text.length + 1;
    const shown = keepsRandom ? found : withoutRandom(redactTokens(found));
    return text.length < (texts[at]?.length ?? 0) ? `${shown}…` : shown;
  });
}

/** One replacement for each contiguous span. */
function hide(text: string, marked: Uint8Array, mark: string): string {
  if (!marked.includes(1)) return text;
  let shown = '';
  for (let at = 0; at < text.length; at += 1) {
    if (marked[at] !== 1) shown += text.charAt(at);
    else if (at === 0 || marked[at - 1] !== 1) shown += mark;
  }
  return shown;
}
