import {
  type Input,
  type Transform,
  unwrapped,
  utf8,
  type Variant,
  type Wrapping,
  wrapped,
} from './transform.js';

const around: readonly (readonly [before: string, after: string])[] = [
  ['', ';'],
  ['', ','],
  ['', '.'],
  ['', '%'],
  ['[', ']'],
  ['{', '}'],
  ['(', ')'],
  ['<', '>'],
  ['${', '}'],
  ['{{', '}}'],
  ['{{ ', ' }}'],
  ['%', '%'],
  ['*', '*'],
  ['**', '**'],
  ['__', '__'],
  ['/', '/'],
  ['|', '|'],
  ['["', '"]'],
  ["['", "']"],
  ['("', '")'],
  ["('", "')"],
  ["(b'", "')"],
  ["('", "',)"],
  ['{"', '"}'],
  ['[[', ']]'],
  ['<<', '>>'],
  ['~', '~'],
  ['#', '#'],
  ['```', '```'],
  ['```\n', '\n```'],
  ['"', '",'],
  ["'", "',"],
  ['"', '";'],
  ["'", "';"],
  ['<string>', '</string>'],
  ['<value>', '</value>'],
  ['<secret>', '</secret>'],
  ['<key>', '</key>'],
  ['<p>', '</p>'],
  ['<pre>', '</pre>'],
  ['<code>', '</code>'],
  ['|\n', ''],
  ['|-\n  ', ''],
  ['> ', ''],
  ['$ ', ''],
  ['- ', ''],
  ['* ', ''],
  ['-n ', ''],
  ['-n ', '\n'],
  ['-e ', ''],
  ['-e ', '\n'],
  ['@', ''],
  ['+', ''],
  ['$', ''],
  ['#', ''],
  ['~', ''],
  ['!', ''],
  ['/', ''],
  [',', ''],
  ['.', ''],
  [';', ''],
  ['>', ''],
  ['<', ''],
  ['&', ''],
  ['-', ''],
  ['_', ''],
  ['\\', ''],
  ['', '$'],
  ['', '#'],
  ['', ':'],
  ['', '!'],
  ['', '?'],
  ['', '/'],
  ['', '\\'],
  ['', '|'],
  ['', '&'],
  ['', '='],
  ['', '=='],
  ['', '-'],
  ['', '_'],
  ['', ')'],
  ['', ']'],
  ['', '}'],
  ['', '>'],
  ['(', ''],
  ['[', ''],
  ['{', ''],
  ['', '*'],
  ['', '+'],
  ['', '~'],
  ['', '^'],
  ['', '@'],
  ['', '…'],
  ['', '...'],
  ['', '%\n'],
  ['', ';\n'],
  ['', ',\n'],
  ['', ' #'],
  ['', ' \\'],
  ['', '\\\n'],
  ['', ' EOF'],
  ['', '\nEOF'],
  ['', '\nEOF\n'],
  ['', '\x1a'],
  ['', '\x04'],
  ['', '\x03'],
  ['', '^D'],
  ['', '^C'],
  ['', '^M'],
  ['', '$\n'],
  ['\b', ''],
  ['\x07', ''],
  ['\x00', ''],
];

const shown = (text: string): string => {
  const named = text
    .replaceAll('\n', '\\n')
    .replaceAll('\b', '\\b')
    .replaceAll('\x07', '\\a')
    .replaceAll('\0', '\\0');
  return `"${named.replace(/[\x01-\x1f]/g, (one) => `0x${one.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`).replaceAll('…', '...')}"`;
};

const wrappings: readonly Wrapping[] = around.map(([before, after]): Wrapping => {
  const [start, end] = [shown(before), shown(after)];
  if (before === '') return ['', utf8(after), `followed by ${end}`, `without the ${end} after it`];
  if (after === '') return [utf8(before), '', `with ${start} before it`, `without the ${start} before it`];
  return [
    utf8(before),
    utf8(after),
    `between ${start} and ${end}`,
    `without the ${start} and ${end} around it`,
  ];
});

/** Colours and other control sequences of terminals (ECMA-48 §8.3.117). */
const colours: readonly Wrapping[] = [
  ...[1, 2, 3, 4, 7, 22, 30, 31, 32, 33, 34, 35, 36, 37, 39, 90, 91, 92, 93, 94, 95, 96, 97].flatMap(
    (colour): Wrapping[] =>
      ['0', '', '39'].flatMap((reset): Wrapping[] =>
        [String(colour), `0;${colour}`, `1;${colour}`, `${colour};1`].map(
          (start): Wrapping => [
            `\x1b[${start}m`,
            `\x1b[${reset}m`,
            "between a terminal's colour codes",
            "without the terminal's colour codes around it",
          ],
        ),
      ),
  ),
  [
    '\x1b[1m',
    '\x1b[22m',
    "between a terminal's colour codes",
    "without the terminal's colour codes around it",
  ],
  ['', '\x1b[0m', "with a terminal's colour code after it", "without the terminal's colour code after it"],
  ['\x1b[0m', '', "with a terminal's colour code before it", "without the terminal's colour code before it"],
  [
    '\x1b[?2004h',
    '',
    "with a terminal's control sequence before it",
    "without the terminal's control sequence before it",
  ],
  [
    '\x1b[200~',
    '\x1b[201~',
    "between a terminal's paste codes",
    "without the terminal's paste codes around it",
  ],
  [
    '',
    '\x1b[K',
    "with a terminal's control sequence after it",
    "without the terminal's control sequence after it",
  ],
];

/** Invisible characters that are copied with a text. */
const invisible: readonly (readonly [character: string, name: string])[] = [
  [utf8('\u00ad'), 'a soft hyphen'],
  [utf8('\u200b'), 'a zero-width space'],
  [utf8('\ufeff'), 'a byte-order mark'],
  [utf8('\u200c'), 'a zero-width non-joiner'],
  [utf8('\u200d'), 'a zero-width joiner'],
  [utf8('\u200e'), 'a left-to-right mark'],
  [utf8('\u2060'), 'a word joiner'],
  [utf8('\u00a0'), 'a no-break space'],
  [utf8('\u2028'), 'a line separator'],
  [' ', 'a space'],
];

/** There are extra characters before, after or inside it. */
export const extraCharacters: Transform = {
  code: 'extra-characters',
  words: {
    title: 'Extra characters around or in the secret are part of the key',
    explanation:
      'Something other than whitespace or quotes was copied with the value: brackets, a ";" or "%" at its end (zsh ' +
      'shows "%" after a line without a newline), color codes of a terminal, an invisible character, or the length and ' +
      "quotes of PHP's serialize.",
    example: 'The value was copied from a terminal together with the "%" that zsh shows after it.',
    proof: "One side's fingerprint matches the other side's secret with those characters.",
    incidents: ['hasura#7606'],
    remedy:
      'Copy secrets with a command that writes only the value, without colors; do not copy them by hand.',
    phrase: 'with extra characters',
    look: 'Where the value is set, look at it byte for byte (xxd), and remove the characters that the report names.',
  },
  *apply(input, all) {
    yield* wrapped(input, all ? wrappings : wrappings.slice(0, 5));
    if (!all || input.isLong) return;
    const { latin1 } = input;
    yield* wrapped(input, colours);
    const serialized = `s:${input.bytes.length}:"${latin1}";`;
    yield { to: serialized, text: "as PHP's serialize writes it" };
    yield { to: serialized.slice(0, -1), text: "as PHP's serialize writes it, without the last semicolon" };
    yield { to: `string(${input.bytes.length}) "${latin1}"`, text: "as PHP's var_dump prints it" };
    yield { to: `string(${input.bytes.length}) "${latin1}"\n`, text: "as PHP's var_dump prints it" };
    yield { to: `i:0;s:${input.bytes.length}:"${latin1}";`, text: "as PHP's serialize writes it" };
    yield { to: `a:1:{i:0;${serialized}}`, text: "as a list that PHP's serialize writes" };
    yield { to: `${latin1}${latin1}`, text: 'twice in a row' };
    yield { to: `${latin1}\n${latin1}`, text: 'twice, in two lines' };
    yield { to: `${latin1},${latin1}`, text: 'twice, with a comma between' };
    yield* inside(latin1);
  },
  *undo(input, all) {
    yield* unwrapped(input, all ? wrappings : wrappings.slice(0, 5));
    if (!all || input.isLong) return;
    yield* unwrapped(input, colours);
    const { latin1 } = input;
    const serialized = /^s:\d+:"([\s\S]*)";?$/.exec(latin1)?.[1];
    if (serialized !== undefined) yield { to: serialized, text: "without the form of PHP's serialize" };
    const dumped = /^string\(\d+\) "([\s\S]*)"\n?$/.exec(latin1)?.[1];
    if (dumped !== undefined) yield { to: dumped, text: "without the form of PHP's var_dump" };
    yield {
      to: latin1.replace(/\x1b\[[0-9;?]*[A-Za-z~]/g, ''),
      text: "without a terminal's control sequences",
    };
    yield* visible(input);
    yield* items(latin1);
  },
};

/** One invisible character at any place. Its place is reported: it cannot be seen. */
function* inside(text: string): Iterable<Variant> {
  for (const [character, name] of invisible) {
    for (let at = 1; at < text.length; at += 1)
      yield {
        to: text.slice(0, at) + character + text.slice(at),
        text: `with ${name} inside, after byte ${at}`,
        facts: { position: at },
      };
  }
}

function* visible({ unicode }: Input): Iterable<Variant> {
  if (unicode === null) return;
  yield {
    to: utf8(unicode.replace(/[\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u2064\ufeff]/g, '')),
    text: 'without the invisible characters in it',
  };
  yield {
    to: utf8(unicode.replace(/[\u00a0\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u2064\ufeff\s]/g, '')),
    text: 'without the invisible characters and whitespace in it',
  };
}

/** A list of several secrets, as for rotation. */
function* items(text: string): Iterable<Variant> {
  for (const separator of [',', ';', ':', '|', ' ', '\n', ', ']) {
    const parts = text.split(separator);
    if (parts.length < 2 || parts.length > 8) continue;
    for (const [index, part] of parts.entries())
      if (part.length >= 8) yield { to: part, text: `as value ${index + 1} of its list` };
  }
}
