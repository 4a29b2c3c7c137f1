import { asciiStyles } from './escape-styles.js';
import { textStyles } from './text-escape-styles.js';
import { type Input, type Transform, utf8, type Variant } from './transform.js';

/** The same text, escaped for a syntax in which some of its characters are special. */
export const escapedText: Transform = {
  code: 'escaped-text',
  words: {
    title: 'The secret is escaped on one side',
    explanation:
      'One side holds the secret as it is written in HTML, XML, JSON, source code or a shell: with "&amp;" for "&", ' +
      'for example, or "\\u0026", or a backslash before quotes; or bytes that were printed as a list of numbers. The ' +
      'other side has the intended characters.',
    example: 'A template with HTML escaping wrote the .env file: "a&b" became "a&amp;b".',
    proof:
      "One side's fingerprint matches the other side's secret escaped for HTML, JSON, a shell or a format string.",
    incidents: ['mfserv#620', 'hasura#7606'],
    remedy:
      'Write secrets with tools that know the format (a JSON or YAML library, not a text template); or use only ' +
      'letters and digits.',
    phrase: 'escaped',
    look: 'Where the value is set, look for a template or a program that escapes it: turn its escaping off for this file, or unescape the value.',
  },
  *apply(input, all) {
    const { latin1, isLong } = input;
    if (isLong) return;
    yield* escaped(input, true);
    if (latin1.includes('%')) yield* formatted(latin1);
    if (!all) return;
    yield* escaped(input, false);
    yield* printed(input);
    // A tool unescaped a text that was never escaped: it reads two characters as one.
    for (const style of asciiStyles) {
      const plain = style.unescape?.(latin1);
      if (plain !== undefined) yield { to: plain, text: style.undone };
    }
  },
  *undo(input, all) {
    const { latin1, isLong } = input;
    if (isLong || !/[\\&%'"^`{}<[]/.test(latin1)) return;
    yield* unescaped(input, true);
    if (all) yield* unescaped(input, false);
  },
};

function* escaped({ latin1, unicode }: Input, usual: boolean): Iterable<Variant> {
  const isPlain = !/[^A-Za-z0-9_]/.test(latin1);
  for (const style of isPlain ? [] : asciiStyles) {
    if ((style.usual === true) === usual) yield { to: style.escape(latin1), text: style.text };
  }
  if (unicode === null) return;
  for (const style of textStyles) {
    if ((style.usual === true) === usual) yield { to: utf8(style.escape(unicode)), text: style.text };
  }
}

function* unescaped({ latin1, unicode }: Input, usual: boolean): Iterable<Variant> {
  for (const style of asciiStyles) {
    if (style.unescape !== undefined && (style.usual === true) === usual)
      yield { to: style.unescape(latin1), text: style.undone };
  }
  if (unicode === null) return;
  for (const style of textStyles) {
    if (style.unescape !== undefined && (style.usual === true) === usual)
      yield { to: utf8(style.unescape(unicode)), text: style.undone };
  }
}

const days = { t: '\t', n: '\n', '%': '%' } as const;
const isKnown = (name: string): name is keyof typeof days => name in days;

/** Read as a format: printf, strftime, a crontab. */
function* formatted(text: string): Iterable<Variant> {
  yield { to: text.replaceAll('%%', '%'), text: 'with one "%" for two' };
  yield {
    to: text.replace(/%(.)/gs, (found, name: string) => (isKnown(name) ? days[name] : found)),
    text: 'with "%n" taken for a newline, as in a format string',
  };
  yield { to: text.replaceAll('%n', '\n'), text: 'with a newline for every "%n"' };
  yield {
    to: text.replace(/(?<!\\)%/g, '\n').replaceAll('\\%', '%'),
    text: 'with a newline for every "%", as in a crontab',
  };
  yield { to: text.replaceAll('\\%', '%'), text: 'without the backslash before its "%"' };
  yield {
    to: text.replace(/%[-+ #0]*\d*(?:\.\d+)?[sdiuxXocfeEgGpvq]/g, ''),
    text: 'with what printf takes for a format left out',
  };
}

/** Bytes as programs print them. */
function* printed({ bytes }: Input): Iterable<Variant> {
  if (bytes.length > 256) return;
  const numbers = [...bytes];
  const signed = numbers.map((byte) => (byte > 0x7f ? byte - 0x100 : byte));
  const text = 'as a list of the numbers of its bytes';
  for (const list of [numbers, signed]) {
    yield { to: `[${list.join(', ')}]`, text };
    yield { to: `[${list.join(',')}]`, text };
    yield { to: `[${list.join(' ')}]`, text };
    yield { to: list.join(','), text };
    yield { to: list.join(', '), text };
    yield { to: list.join(' '), text };
  }
  for (const [before, after] of [
    ['bytearray([', '])'],
    ['Uint8Array(', `${bytes.length}) `],
    ['{', '}'],
    ['(', ')'],
  ] as const)
    yield { to: `${before}${numbers.join(', ')}${after}`, text };
  yield { to: JSON.stringify(bytes), text: 'as the JSON of a Node Buffer' };
  yield {
    to: JSON.stringify({ type: 'Buffer', data: numbers }, null, 2),
    text: 'as the JSON of a Node Buffer',
  };
  yield { to: JSON.stringify(Object.fromEntries(numbers.entries())), text: 'as the JSON of a Uint8Array' };
  const hex = numbers.map((byte) => byte.toString(16).padStart(2, '0'));
  const more = hex.length > 50 ? ` ... ${hex.length - 50} more byte${hex.length > 51 ? 's' : ''}` : '';
  yield { to: `<Buffer ${hex.slice(0, 50).join(' ')}${more}>`, text: 'as Node prints a Buffer' };
  yield { to: `[${hex.map((byte) => `0x${byte}`).join(', ')}]`, text: 'as a list of its bytes in hex' };
  yield { to: hex.map((byte) => `0x${byte}`).join(', '), text: 'as a list of its bytes in hex' };
  yield { to: `<${(hex.join('').match(/.{1,8}/g) ?? []).join(' ')}>`, text: 'as Objective-C prints data' };
  for (const quote of ["'", '"']) {
    const inner = numbers.map((byte) => pythonByte(byte, quote)).join('');
    yield { to: `b${quote}${inner}${quote}`, text: "as Python prints bytes (b'…')" };
    yield { to: `bytearray(b${quote}${inner}${quote})`, text: 'as Python prints a bytearray' };
    yield { to: inner, text: "as Python prints bytes, without b'…'" };
  }
}

function pythonByte(byte: number, quote: string): string {
  const character = String.fromCharCode(byte);
  if (character === '\\' || character === quote) return `\\${character}`;
  if (character === '\n') return '\\n';
  if (character === '\r') return '\\r';
  if (character === '\t') return '\\t';
  return byte >= 0x20 && byte < 0x7f ? character : `\\x${byte.toString(16).padStart(2, '0')}`;
}
