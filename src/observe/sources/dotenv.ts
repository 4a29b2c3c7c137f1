/**
 * The bytes of one entry of a dotenv file as they stand there: all that follows `=` up to the end of the line, with
 * spaces, quotes, comments and a carriage return, for those are what services disagree about. `export` may stand
 * before the name, spaces around it; of several entries the last one counts. `null` where there is none.
 */
export function rawEntryOf(content: Buffer, key: string): Buffer | null {
  // One character a byte, so that nothing is lost in what is no UTF-8.
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
 * One entry of a dotenv file as the usual readers take it (Docker Compose, dotenv, python-dotenv, godotenv): whitespace
 * around the value and a comment after it are taken off, and one pair of quotes. Double quotes may span lines, and
 * `\n`, `\r`, `\t`, `\"`, `\\` and `\$` in them are escapes; single quotes are taken as they are. Without quotes a `#`
 * begins a comment only after whitespace. Variables are not expanded. `null` where there is none.
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
  /** `null` for a line that is none: empty, a comment, without `=`. */
  readonly name: string | null;
  readonly value: string;
  /** Where the next line begins. */
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
