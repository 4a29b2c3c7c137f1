import { type Transform, unwrapped, utf8, type Wrapping, wrapped } from './transform.js';

const usual: readonly Wrapping[] = [
  ['"', '"', 'in double quotes', 'without its double quotes'],
  ["'", "'", 'in single quotes', 'without its single quotes'],
];

const others: readonly Wrapping[] = [
  ['`', '`', 'in backquotes', 'without its backquotes'],
  ['""', '""', 'in doubled double quotes', 'without its doubled quotes'],
  ["''", "''", 'in doubled single quotes', 'without its doubled quotes'],
  ['"""', '"""', 'in triple quotes', 'without its triple quotes'],
  ["'''", "'''", 'in triple quotes', 'without its triple quotes'],
  ['"\'', '\'"', 'in single quotes within double quotes', 'without its quotes'],
  ['\'"', '"\'', 'in double quotes within single quotes', 'without its quotes'],
  ['\\"', '\\"', 'in escaped double quotes', 'without its escaped quotes'],
  ["\\'", "\\'", 'in escaped single quotes', 'without its escaped quotes'],
  ['"\\"', '\\""', 'in double quotes, twice', 'without its quotes'],
  ["b'", "'", "in b'…', as Python prints bytes", "without the b'…' around it"],
  ['b"', '"', 'in b"…", as Python prints bytes', 'without the b"…" around it'],
  ["u'", "'", "in u'…', as Python 2 prints text", "without the u'…' around it"],
  ["$'", "'", "in $'…', as bash prints text", "without the $'…' around it"],
  [utf8('\u201c'), utf8('\u201d'), 'in typographic double quotes', 'without its typographic quotes'],
  [utf8('\u2018'), utf8('\u2019'), 'in typographic single quotes', 'without its typographic quotes'],
  [utf8('\u201d'), utf8('\u201d'), 'in typographic closing quotes', 'without its typographic quotes'],
  [utf8('\u2019'), utf8('\u2019'), 'in typographic closing quotes', 'without its typographic quotes'],
  [utf8('\u201e'), utf8('\u201c'), 'in low typographic quotes', 'without its typographic quotes'],
  [utf8('\u201a'), utf8('\u2018'), 'in low typographic quotes', 'without its typographic quotes'],
  [utf8('\u00ab'), utf8('\u00bb'), 'in angle quotes', 'without its angle quotes'],
  [utf8('\u2039'), utf8('\u203a'), 'in single angle quotes', 'without its angle quotes'],
  ['\x93', '\x94', 'in typographic quotes of cp1252', 'without its typographic quotes'],
  ['\x91', '\x92', 'in typographic quotes of cp1252', 'without its typographic quotes'],
  ['&quot;', '&quot;', 'in double quotes, escaped for HTML', 'without its escaped quotes'],
];

const marks: readonly (readonly [mark: string, name: string])[] = [
  ['"', 'double quote'],
  ["'", 'single quote'],
  ['`', 'backquote'],
  [utf8('\u201c'), 'typographic quote'],
  [utf8('\u201d'), 'typographic quote'],
  [utf8('\u2018'), 'typographic quote'],
  [utf8('\u2019'), 'typographic quote'],
];

/** At one end only: the other one was removed, or was never there. The first four are the usual ones. */
const oneEnded: readonly Wrapping[] = marks.flatMap(([mark, name]): Wrapping[] => [
  [mark, '', `with a ${name} before it, and none after it`, `without the ${name} at its start`],
  ['', mark, `with a ${name} after it, and none before it`, `without the ${name} at its end`],
]);

/** Quotes that were meant for a shell or a dotenv file. */
export const quotesKept: Transform = {
  code: 'quotes-kept',
  words: {
    title: 'Quotes around the secret are part of the key',
    explanation:
      'Quotes that were meant for a shell, a dotenv file or a program were kept: `docker run --env-file` keeps them, ' +
      'Compose and most dotenv readers remove them. Word processors replace straight quotes with typographic ones, ' +
      'which no reader removes.',
    example: 'JWT_SECRET="abc" in a file for --env-file: the container gets the quotes, too.',
    proof: "One side's fingerprint matches the other side's secret in quotes, or with a quote at one end.",
    incidents: ['moby#46773', 'docker/cli#3630'],
    remedy:
      'Write values in env files without quotes, and use secrets of letters and digits, which need none.',
    phrase: 'in quotes',
    look: 'Where the value is set, remove the quotes; docker run --env-file keeps them, and print(bytes) of Python adds b and quotes.',
  },
  *apply(input, all) {
    yield* wrapped(input, usual);
    if (!all) return;
    const { latin1 } = input;
    if (!input.isLong && /["\\]/.test(latin1)) {
      const escaped = latin1.replace(/["\\]/g, '\\$&');
      yield { to: `"${escaped}"`, text: 'in double quotes, with backslashes before its own' };
    }
    if (!input.isLong && latin1.includes('"'))
      yield { to: `"${latin1.replaceAll('"', '\\"')}"`, text: 'in double quotes, with its own escaped' };
    yield* wrapped(input, others);
    yield* wrapped(input, oneEnded);
  },
  *undo(input, all) {
    for (const variant of unwrapped(input, usual)) yield { ...variant, filter: "sed 's/^.//; s/.$//'" };
    yield* unwrapped(input, oneEnded.slice(0, 4));
    if (!all) return;
    const { latin1 } = input;
    if (!input.isLong && /^"[\s\S]+"$/.test(latin1) && latin1.includes('\\')) {
      const inner = latin1.slice(1, -1).replace(/\\(["\\])/g, '$1');
      yield { to: inner, text: 'without its quotes and the backslashes before inner ones' };
    }
    yield* unwrapped(input, others);
    yield* unwrapped(input, oneEnded.slice(4));
  },
};
