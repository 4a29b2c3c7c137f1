import { isUtf8 } from 'node:buffer';
import { entryOf, placesOf, rawEntryOf, rawPlacesOf } from '../observe/sources/dotenv.js';
import type { Secret } from '../secret/secret.js';

/** The content of a file with one value replaced, or why it cannot be. */
export type Edited =
  | { readonly ok: true; readonly content: Buffer }
  | { readonly ok: false; readonly problem: string };

/** An entry of a dotenv file, as the configuration names it. */
export interface EntryName {
  readonly key: string;
  /** The value is the bytes after `=`. */
  readonly raw: boolean;
}

/** Values that every dotenv reader and shell reads as they are, without quotes. */
const bare = /^[A-Za-z0-9_./+=:@%,-]+$/;

/**
 * Values that every reader returns unchanged between single quotes: some readers expand `$` there, and some read a
 * backslash as an escape.
 */
const inSingleQuotes = /^[^'\\$\x00-\x1f\x7f]+$/;

/**
 * Replaces the value of one entry by a secret, so that dotenv readers read exactly its bytes. Everything else stays as it
 * is, the comment in the same line included.
 */
export function editedEntry(content: Buffer, { key, raw }: EntryName, secret: Secret): Edited {
  const places = (raw ? rawPlacesOf : placesOf)(content, key);
  const [place, ...others] = places;
  if (place === undefined) return { ok: false, problem: 'it has no such entry' };
  if (others.length > 0)
    return {
      ok: false,
      problem: `it has the entry ${places.length} times, and readers differ in which one counts`,
    };
  if (!raw && rawPlacesOf(content, key).length > 1)
    return {
      ok: false,
      problem:
        'a value of several lines has a line that looks like the entry, and readers differ in which one counts',
    };
  const bytes = secret.reveal();
  const value = raw ? asRaw(bytes) : asQuoted(bytes);
  if (value === null)
    return {
      ok: false,
      problem:
        'the secret has characters that dotenv readers do not read alike, so it cannot be written there',
    };
  const edited = Buffer.concat([content.subarray(0, place.start), value, content.subarray(place.end)]);
  // Read again with the code that checks use.
  const read = (raw ? rawEntryOf : entryOf)(edited, key);
  return read?.equals(bytes) === true
    ? { ok: true, content: edited }
    : { ok: false, problem: 'the entry would not be read as the secret' };
}

function asQuoted(bytes: Buffer): Buffer | null {
  if (!isUtf8(bytes)) return null;
  const text = bytes.toString('utf8');
  if (bare.test(text)) return bytes;
  return inSingleQuotes.test(text) ? Buffer.from(`'${text}'`) : null;
}

/** Readers of raw values differ in nothing but the end of the line. */
const asRaw = (bytes: Buffer): Buffer | null =>
  bytes.length === 0 || bytes.includes(0) || bytes.includes(10) || bytes.includes(13) ? null : bytes;
