/**
 * Finds the raw bytes of one entry of a dotenv file: everything from `=` to the end of the line, including spaces,
 * quotes, comments and a carriage return, because dotenv readers disagree about those. The name may follow `export`
 * and spaces. The last of several entries counts. `null` if there is no entry.
 */
export function rawEntryOf(content: Buffer, key: string): Buffer | null {
  const place = rawPlacesOf(content, key).at(-1);
  return place === undefined ? null : content.subarray(place.start, place.end);
}

/** The bytes of a file that hold the value of an entry, with its quotes. */
export interface Place {
  readonly start: number;
  readonly end: number;
}

/** Every entry of this name, as `rawEntryOf` reads it. */
export function rawPlacesOf(content: Buffer, key: string): Place[] {
  // One character for each byte, so that bytes that are not UTF-8 are kept.
  const name = Buffer.from(key).toString('latin1');
  const places: Place[] = [];
  let at = 0;
  for (const line of content.toString('latin1').split('\n')) {
    const equals = line.indexOf('=');
    const left = line
      .slice(0, Math.max(0, equals))
      .replace(/^[ \t]*(?:export[ \t]+)?/, '')
      .replace(/[ \t]+$/, '');
    if (equals !== -1 && left === name) places.push({ start: at + equals + 1, end: at + line.length });
    at += line.length + 1;
  }
  return places;
}

/**
 * Finds the value of one entry of a dotenv file as common readers parse it (Docker Compose, dotenv, python-dotenv,
 * godotenv): without surrounding whitespace, a trailing comment and one pair of quotes. Double quotes may span lines,
 * and support the escapes `\n`, `\r`, `\t`, `\"`, `\\` and `\$`; single quotes have no escapes. Without quotes, a `#`
 * starts a comment only after whitespace. Variables are not expanded. `null` if there is no entry.
 */
export function entryOf(content: Buffer, key: string): Buffer | null {
  const value = entriesOf(content, key).at(-1)?.value;
  return value === undefined ? null : Buffer.from(value, 'latin1');
}

/** Every entry of this name, as `entryOf` reads it. */
export function placesOf(content: Buffer, key: string): Place[] {
  return entriesOf(content, key).map(({ place }) => place);
}

function entriesOf(content: Buffer, key: string): Entry[] {
  const text = content.toString('latin1');
  const name = Buffer.from(key).toString('latin1');
  const found: Entry[] = [];
  for (let at = text.startsWith('\xef\xbb\xbf') ? 3 : 0; at < text.length; ) {
    const entry = entryAt(text, at);
    at = entry.end;
    if (entry.name === name) found.push(entry);
  }
  return found;
}

interface Entry {
  /** `null` for a line without an entry: empty, a comment, or without `=`. */
  readonly name: string | null;
  readonly value: string;
  /** Of the value, with its quotes. */
  readonly place: Place;
  /** Start of the next line. */
  readonly end: number;
}

const begins = /[ \t]*(?:export[ \t]+)?([^\s=#'"]+)[ \t]*=[ \t]*/y;
const quoted =
  /"((?:\\[\s\S]|[^"\\])*)"[ \t]*(?:#[^\n]*)?\r?(?:\n|$)|'([^']*)'[ \t]*(?:#[^\n]*)?\r?(?:\n|$)/y;

function entryAt(text: string, from: number): Entry {
  const newline = text.indexOf('\n', from);
  const end = newline === -1 ? text.length : newline + 1;
  begins.lastIndex = from;
  const left = begins.exec(text);
  if (left === null || begins.lastIndex > end)
    return { name: null, value: '', place: { start: end, end }, end };
  const name = left[1] ?? '';
  const start = begins.lastIndex;
  quoted.lastIndex = start;
  const found = quoted.exec(text);
  if (found !== null) {
    const [, double, single = ''] = found;
    const place = { start, end: start + 2 + (double ?? single).length };
    return { name, value: double === undefined ? single : unescaped(double), place, end: quoted.lastIndex };
  }
  const line = text.slice(start, end).replace(/\r?\n?$/, '');
  const bare = line.startsWith('#') ? '' : line.replace(/[ \t]#.*$/, '').replace(/[ \t]+$/, '');
  return { name, value: bare, place: { start, end: start + bare.length }, end };
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\', $: '$' };

const unescaped = (text: string): string =>
  text.replace(/\\([\s\S])/g, (whole, escaped: string) => escapes[escaped] ?? whole);
