import { asText, type Variant } from './distortion.js';

/** Shorter texts are too likely to be base64 by chance, and nothing that anybody would have encoded. */
const shortest = 4;

/** As programs print it: with and without padding, in both alphabets, in lines, and done twice. */
export function encoded(bytes: Buffer): Variant[] {
  const standard = bytes.toString('base64');
  const bare = standard.replace(/=+$/, '');
  const url = bytes.toString('base64url');
  const padding = '='.repeat(standard.length - bare.length);
  const texts: [string, string][] = [
    [standard, 'as base64'],
    [url, 'as base64url without padding'],
    [bare, 'as base64 without padding'],
    [`${url}${padding}`, 'as base64url with padding'],
    [inLines(standard, 76), 'as base64 in lines of 76'],
    [inLines(standard, 64), 'as base64 in lines of 64'],
    [Buffer.from(standard).toString('base64'), 'as base64, twice'],
    [Buffer.from(url).toString('base64url'), 'as base64url without padding, twice'],
  ];
  return distinct(bytes, texts);
}

/** What decoders make of a text: strict ones, those that drop what is not of the alphabet, and twice. */
export function decoded(bytes: Buffer): Variant[] {
  const text = asText(bytes);
  const once = strictly(text);
  const twice = once === null ? null : strictly(asText(once));
  const kept = text
    .replace(/[^\w+/-]+/g, '')
    .replace(/_/g, '/')
    .replace(/-/g, '+');
  const loosely = kept.length < shortest ? null : kept;
  const variants: [Buffer | null, string][] = [
    [once, 'decoded from base64'],
    [twice, 'decoded from base64, twice'],
    // Some decoders take whole groups of four only (Java's DatatypeConverter), some whatever is left at the end.
    [
      loosely === null ? null : Buffer.from(loosely, 'base64'),
      'decoded from base64 without regard to what is none',
    ],
    [
      loosely === null ? null : Buffer.from(loosely.slice(0, loosely.length & ~3), 'base64'),
      'decoded from base64 in whole groups of four',
    ],
    [standardOnly(text), 'decoded from base64 without regard to "-" and "_"'],
  ];
  return distinct(bytes, variants);
}

/** `null` where it is not base64 or base64url, blanks and line breaks apart. */
function strictly(text: string): Buffer | null {
  const compact = text.replace(/[ \t\r\n]+/g, '');
  const bare = compact.replace(/={1,2}$/, '');
  if (bare.length < shortest || bare.length % 4 === 1) return null;
  return /^[A-Za-z0-9+/]+$/.test(bare) || /^[\w-]+$/.test(bare) ? Buffer.from(bare, 'base64') : null;
}

/** Decoders of the standard alphabet that skip everything else (Python's `b64decode`) also skip that of the URL one. */
function standardOnly(text: string): Buffer | null {
  if (!/[_-]/.test(text)) return null;
  const kept = text.replace(/[^A-Za-z0-9+/]+/g, '');
  return kept.length < shortest ? null : Buffer.from(kept, 'base64');
}

function inLines(text: string, width: number): string {
  if (text.length <= width) return text;
  return (text.match(new RegExp(`.{1,${width}}`, 'g')) ?? []).join('\n');
}

function distinct(
  before: Buffer,
  variants: readonly (readonly [string | Buffer | null, string])[],
): Variant[] {
  const seen = new Set<string>();
  return variants.flatMap(([value, text]) => {
    if (value === null || value.length === 0) return [];
    const bytes = Buffer.from(value);
    const key = asText(bytes);
    if (seen.has(key) || bytes.equals(before)) return [];
    seen.add(key);
    return [{ bytes, text }];
  });
}
