/**
 * Finds the raw bytes of one entry of a dotenv file: everything from `=` to the end of the line, including spaces,
 * quotes, comments and a carriage return, because dotenv readers disagree about those. The name may follow `export`
 * and spaces. The last of several entries counts. `null` if there is no entry.
 */
export function rawEntryOf(content: Buffer, key: string): Buffer | null {
  // One character for each byte, so that bytes that are not UTF-8 are kept.
  const name = Buffer.from(key).toString('latin1');
  let value: string | null = null;
  for (const line of content.toString('latin1').split('\n')) {
    const equals = line.indexOf('=');
    if (equals === -1) continue;
    const left = line
      .slice(0, equals)
      .replace(/^[ \t]*(?:export[ \t]+)?/, '')
      .replace(/[ \t]+$/, '');
    if (left === name) value = line.slice(equals + 1);
  }
  return value === null ? null : Buffer.from(value, 'latin1');
}

/**
 * Finds the value of one entry of a dotenv file as common readers parse it (Docker Compose, dotenv, python-dotenv,
 * godotenv): without surrounding whitespace, a trailing comment and one pair of quotes. Double quotes may span lines,
 * and support the escapes `\n`, `\r`, `\t`, `\"`, `\\` and `\$`; single quotes have no escapes. Without quotes, a `#`
 * starts a comment only after whitespace. Variables are not expanded. `null` if there is no entry.
 */
export function entryOf(content: Buffer, key: string): Buffer | null {
  const text = content.toString('latin1').replace(/^\xef\xbb\xbf/, '');
  const name = Buffer.from(key).toString('latin1');
  let value: string | null = null;
  for (let at = 0; at < text.length; ) {
    const entry = entryAt(text, at);
    at = entry.end;
    if (entry.name === name) value = entry.value;
  }
  return value === null ? null : Buffer.from(value, 'latin1');
}

interface Entry {
  /** `null` for a line without an entry: empty, a comment, or without `=`. */
  readonly name: string | null;
  readonly value: string;
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
  if (left === null || begins.lastIndex > end) return { name: null, value: '', end };
  const name = left[1] ?? '';
  const start = begins.lastIndex;
  quoted.lastIndex = start;
  const found = quoted.exec(text);
  if (found !== null) {
    const [, double, single = ''] = found;
    return { name, value: double === undefined ? single : unescaped(double), end: quoted.lastIndex };
  }
  const line = text.slice(start, end).replace(/\r?\n?$/, '');
  const bare = line.startsWith('#') ? '' : line.replace(/[ \t]#.*$/, '').replace(/[ \t]+$/, '');
  return { name, value: bare, end };
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\', $: '$' };

const unescaped = (text: string): string =>
  text.replace(/\\([\s\S])/g, (whole, escaped: string) => escapes[escaped] ?? whole);
