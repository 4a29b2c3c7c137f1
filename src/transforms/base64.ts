import type { Input, Variant } from './transform.js';

/** Shorter texts are too likely to be base64 by chance, and too short to be an encoded secret. */
const shortest = 4;

/** Yields base64 as programs print it: with and without padding, in both alphabets, in lines, and done twice. */
export function* encoded({ bytes, isLong }: Input, all: boolean): Iterable<Variant> {
  const standard = bytes.toString('base64');
  const url = bytes.toString('base64url');
  yield { to: standard, text: 'as base64' };
  yield { to: url, text: 'as base64url without padding' };
  if (!all || isLong) return;
  const bare = standard.replace(/=+$/, '');
  const padding = '='.repeat(standard.length - bare.length);
  yield { to: bare, text: 'as base64 without padding' };
  yield { to: `${url}${padding}`, text: 'as base64url with padding' };
  for (const width of [76, 64].filter((one) => one < standard.length)) {
    const lines = inLines(standard, width);
    yield { to: lines, text: `as base64 in lines of ${width}` };
    yield { to: `${lines}\n`, text: `as base64 in lines of ${width}, with a newline at its end` };
    yield { to: lines.replaceAll('\n', '\r\n'), text: `as base64 in lines of ${width}, with CRLF` };
  }
  const twice = Buffer.from(standard).toString('base64');
  yield { to: twice, text: 'as base64, twice' };
  yield { to: Buffer.from(url).toString('base64url'), text: 'as base64url without padding, twice' };
  yield {
    to: Buffer.from(`${standard}\n`).toString('base64'),
    text: 'as base64, twice, with a newline between',
  };
  yield { to: Buffer.from(twice).toString('base64'), text: 'as base64, three times' };
}

/**
 * Yields the results of decoders: strict ones, those that ignore characters outside the alphabet, and double decoding.
 */
export function* decoded(input: Input, all: boolean): Iterable<Variant> {
  const { latin1 } = input;
  const once = strictly(latin1);
  if (once !== null) yield { to: once, text: 'decoded from base64' };
  const prefix = /^(?:base64|b64):(?:\/\/)?/i.exec(latin1)?.[0];
  const named = prefix === undefined ? null : strictly(latin1.slice(prefix.length));
  if (named !== null && prefix !== undefined)
    yield { to: named, text: `decoded from base64 after its prefix "${prefix}"` };
  if (!all || input.isLong) return;
  const twice = once === null ? null : strictly(once.toString('latin1'));
  if (twice !== null) {
    yield { to: twice, text: 'decoded from base64, twice' };
    const thrice = strictly(twice.toString('latin1'));
    if (thrice !== null) yield { to: thrice, text: 'decoded from base64, three times' };
  }
  yield* lenient(latin1);
}

/** As lenient decoders read it; each library drops other characters, and some read whole groups of four only. */
function* lenient(text: string): Iterable<Variant> {
  const kept = text
    .replace(/[^\w+/-]+/g, '')
    .replace(/_/g, '/')
    .replace(/-/g, '+');
  if (kept.length < shortest) return;
  yield { to: bytesOf(text), text: 'decoded from base64 as Node reads it, up to its first "="' };
  yield { to: bytesOf(kept), text: 'decoded from base64, without all other characters' };
  yield {
    to: wholeGroups(kept),
    text: 'decoded from base64 in whole groups of four, without all other characters',
  };
  const standard = text.replace(/[^A-Za-z0-9+/]+/g, '');
  if (standard.length < shortest) return;
  yield { to: bytesOf(standard), text: 'decoded from base64, without "-", "_" and all other characters' };
  yield {
    to: wholeGroups(standard),
    text: 'decoded from base64 in whole groups of four, without "-", "_" and all other characters',
  };
  const url = text.replace(/[^\w-]+/g, '');
  yield { to: bytesOf(url), text: 'decoded from base64url, without "+", "/" and all other characters' };
  const untilEnd = text.replace(/=[\s\S]*$/, '').replace(/[^A-Za-z0-9+/]+/g, '');
  yield { to: bytesOf(untilEnd), text: 'decoded from base64, without "-" and "_", up to its first "="' };
  const start = /^[A-Za-z0-9+/]*/.exec(text)?.[0] ?? '';
  yield { to: wholeGroups(start), text: 'decoded from base64 up to the first character that is none' };
  yield {
    to: bytesOf(start),
    text: 'decoded from base64 up to the first character that is none, to the last bit',
  };
}

const bytesOf = (text: string): Buffer => Buffer.from(text, 'base64');

const wholeGroups = (text: string): Buffer => bytesOf(text.slice(0, text.length & ~3));

/** The decoded bytes; `null` if it is not base64 or base64url, whitespace and line breaks aside. */
export function strictly(text: string): Buffer | null {
  if (!/^[\w+/=\s-]+$/.test(text)) return null;
  const bare = text.replace(/[ \t\r\n]+/g, '').replace(/={1,2}$/, '');
  if (bare.length < shortest || bare.length % 4 === 1) return null;
  return /^[A-Za-z0-9+/]+$/.test(bare) || /^[\w-]+$/.test(bare) ? bytesOf(bare) : null;
}

/** A text in lines of a fixed width. */
export function inLines(text: string, width: number, end = '\n'): string {
  if (text.length <= width) return text;
  return (text.match(new RegExp(`.{1,${width}}`, 'gs')) ?? []).join(end);
}
