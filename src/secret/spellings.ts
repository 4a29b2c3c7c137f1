import { readSqueezed, squeeze } from './decode.js';
import { decodeEscapes, escapeLayers } from './decode-escapes.js';
import { readFolded } from './fold-letters.js';
import { gramLength, shortestSearched } from './gram-index.js';
import { hasNonAscii, pool, readBytes, readText, type View } from './text-view.js';

/** Minimum length of a secret that is examined as hex or base64 of a key. */
const shortestEncoded = 16;

/**
 * Each secret unchanged, with its escapes decoded, without separators, and the bytes that it encodes, as Latin-1
 * characters.
 */
export function spellingsOf(secrets: readonly Uint8Array[]): string[] {
  const spellings = new Set<string>();
  for (const secret of secrets) {
    for (const text of readingsOf(secret)) {
      pool.fit(text);
      pool.lend((view) => {
        readBytes(text, view);
        addDecoded(view, spellings);
      });
    }
  }
  return [...spellings];
}

/** The bytes of a secret, those that it encodes, and those of its characters as people read them, as Latin-1. */
function readingsOf(secret: Uint8Array): string[] {
  const bytes = Buffer.from(secret);
  const text = bytes.toString('utf8');
  const trimmed = text.trim();
  const read = [bytes, ...encodedIn(trimmed)].map((one) => one.toString('latin1'));
  const add = (one: string, fill: (text: string, view: View) => unknown): void => {
    pool.fit(one);
    pool.lend((view) => {
      fill(one, view);
      read.push(view.text);
    });
  };
  if (hasNonAscii(text) && !text.includes('\ufffd')) {
    // In lower case, as people read it, and reversed by characters instead of bytes.
    add(text, readFolded);
    add(text, readText);
    add([...text].reverse().join(''), readText);
  }
  if (trimmed !== text && trimmed.length < gramLength) add(trimmed, readText);
  return read;
}

/** Adds a spelling, without its escapes too, and each of them without separators, as Latin-1 characters. */
function addDecoded(view: View, spellings: Set<string>, escapes = escapeLayers): void {
  if (view.length >= shortestSearched) spellings.add(view.text);
  pool.lend((squeezed) => {
    if (hasNonAscii(view.text)) squeeze(view, squeezed);
    else readSqueezed(view, squeezed);
    if (squeezed.length >= gramLength) spellings.add(squeezed.text);
  });
  if (escapes === 0) return;
  pool.lend((decoded) => {
    if (decodeEscapes(view, decoded)) addDecoded(decoded, spellings, escapes - 1);
  });
}

/** The bytes that a secret encodes as hex or base64, as keys are often written; none of a text that looks like words. */
export function encodedIn(text: string): Buffer[] {
  if (text.length < shortestEncoded) return [];
  if (/^(?:[0-9a-f]{2})+$/i.test(text)) return [Buffer.from(text, 'hex')];
  const isBase64 =
    /^[\w+/-]+={0,2}$/.test(text) && /\d/.test(text) && /[a-z]/.test(text) && /[A-Z]/.test(text);
  return isBase64 ? [Buffer.from(text, 'base64')] : [];
}
