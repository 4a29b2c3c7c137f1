import {
  decodeBase64,
  decodeDecimals,
  decodeEscapes,
  decodeHex,
  longestReadable,
  shortestBase64,
  squeeze,
} from './decode.js';
import { GramIndex, gramLength, shortestSearched } from './gram-index.js';
import { withoutRandom } from './random-text.js';
import { redactTokens } from './token-shaped.js';
import { capacityFor, readLatin1, readText, readVisible, View, ViewPool, viewOfBytes } from './view.js';

/** Code units of one text that are looked at: far more than is ever shown, so that what is cut off gives nothing away. */
const longestRead = 4096;

/** So often escapes are undone: a text may be encoded, and what holds it once more. */
const escapeLayers = 3;

/** So often base64 and hex are undone. */
const encodingLayers = 2;

/** Texts of the same check that are alike are read once; no more than these are remembered. */
const mostRemembered = 4096;

/** Takes out of texts of one service whatever can be read back as a secret, also where it is split over them. */
export type Scrubber = (texts: readonly string[]) => string[];

/** What must not be seen. */
export interface Unseen {
  /** No run of eight characters of these is shown. */
  readonly secrets: readonly Uint8Array[];
  /** Known words, such as a published default: they are taken out as a whole, so that texts with parts of them stay. */
  readonly words?: readonly Uint8Array[];
  /** Leaves what only looks random for later; default: it is left out. */
  readonly keepsRandom?: boolean;
  /** What stands for what was taken out; default: `[secret]`. */
  readonly mark?: string;
}

/**
 * Makes a function for what services say. First whatever can be read back as a secret is taken out: any eight
 * characters, in either case, reversed, and as URLs, JSON, HTML, base64, hex or a list of numbers would write them, also
 * twice and split over neighbouring texts. Then what looks like a token; then all that looks random. It takes time in
 * proportion to the texts.
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
  const runs: Int16Array[] = [];
  for (const secret of secrets) {
    for (const bytes of spellingsOf(secret)) {
      runs.push(bytes);
      if (bytes.length >= gramLength) runs.push(bytes.toReversed());
    }
  }
  return new GramIndex(runs, words.flatMap(spellingsOf));
}

/** A secret as it is, with its escapes undone, and without what separates its parts. */
function spellingsOf(secret: Uint8Array): Int16Array[] {
  const read = [viewOfBytes(secret)];
  const text = Buffer.from(secret).toString('utf8');
  if (/[^\x00-\x7f]/.test(text) && !text.includes('\ufffd')) {
    // In lower case, and reversed by characters instead of bytes.
    read.push(viewOfText(text), viewOfText([...text].reverse().join('')));
  }
  const trimmed = text.trim();
  if (trimmed !== text && trimmed.length < gramLength) read.push(viewOfText(trimmed));
  const spellings: Int16Array[] = [];
  for (const view of read) {
    for (let layer = 0, next: View | null = view; next !== null; layer += 1) {
      const current: View = next;
      if (current.length >= shortestSearched) spellings.push(current.bytes.subarray(0, current.length));
      const squeezed = new View(current.length);
      if (squeeze(current, squeezed) && squeezed.length >= gramLength) {
        spellings.push(squeezed.bytes.subarray(0, squeezed.length));
      }
      const decoded = new View(current.bytes.length);
      next = layer < escapeLayers && decodeEscapes(current, decoded) ? decoded : null;
    }
  }
  return spellings;
}

function viewOfText(text: string): View {
  const view = new View(capacityFor(text));
  readText(text, view);
  return view;
}

/** Reads one text in every way, and marks what is found in any. */
class Reading {
  readonly #index: GramIndex;
  readonly #pool: ViewPool;
  readonly #marked: Uint8Array;

  constructor(text: string, index: GramIndex) {
    this.#index = index;
    this.#pool = new ViewPool(capacityFor(text));
    this.#marked = new Uint8Array(text.length);
    this.#pool.lend((view) => {
      readText(text, view);
      this.#read(view, encodingLayers);
    });
    this.#pool.lend((view) => {
      if (readVisible(text, view)) this.#read(view, encodingLayers);
    });
    this.#pool.lend((view) => {
      if (readLatin1(text, view)) this.#read(view, encodingLayers);
    });
  }

  /** One for each code unit that must not be shown. */
  get marked(): Uint8Array {
    return this.#marked;
  }

  readonly #mark = (from: number, to: number): void => {
    this.#marked.fill(1, from, to);
  };

  /** A text, and what it is once its escapes are undone. */
  #read(view: View, encodings: number, escapes = escapeLayers): void {
    this.#index.search(view, this.#mark);
    // What comes of decoding what was not encoded is not worth a second look.
    const readable = encodings === encodingLayers ? view.length : longestReadable(view);
    if (readable < gramLength) return;
    this.#pool.lend((squeezed) => {
      if (squeeze(view, squeezed)) this.#index.search(squeezed, this.#mark, gramLength);
    });
    if (encodings > 0 && readable >= shortestBase64) this.#decode(view, encodings - 1);
    if (escapes === 0) return;
    this.#pool.lend((decoded) => {
      if (decodeEscapes(view, decoded)) this.#read(decoded, encodings, escapes - 1);
    });
  }

  #decode(view: View, encodings: number): void {
    for (const shift of [0, 1, 2, 3]) {
      this.#pool.lend((decoded) => {
        decodeBase64(view, shift, decoded);
        this.#read(decoded, encodings);
      });
    }
    for (const shift of [0, 1]) {
      this.#pool.lend((decoded) => {
        if (decodeHex(view, shift, decoded)) this.#read(decoded, encodings);
      });
    }
    this.#pool.lend((decoded) => {
      if (decodeDecimals(view, decoded)) this.#read(decoded, encodings);
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

/** One mark stands for each stretch that was found. */
function hide(text: string, marked: Uint8Array, mark: string): string {
  if (!marked.includes(1)) return text;
  let shown = '';
  for (let at = 0; at < text.length; at += 1) {
    if (marked[at] !== 1) shown += text.charAt(at);
    else if (at === 0 || marked[at - 1] !== 1) shown += mark;
  }
  return shown;
}
