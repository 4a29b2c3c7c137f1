import type { LiteralCode } from './codes.js';

/** A text that stands where a secret should, and what it is in words that go after "holds". */
export interface Literal {
  readonly code: LiteralCode;
  readonly bytes: Buffer;
  readonly text: string;
}

/** What a missing value becomes when it is made a text: JavaScript, JSON, Python, Go, Ruby, Helm. */
const nonValues = [
  'undefined',
  'null',
  'None',
  'NaN',
  'nil',
  '[object Object]',
  '[object Promise]',
  '<nil>',
  '%!s(<nil>)',
  '<no value>',
  'NULL',
  'Null',
  'none',
  'Undefined',
  'nan',
  'Nil',
];

/** How a text may be wrapped. */
const wrapped = [
  ['', '', ''],
  ['', '\n', ' with "\\n" appended'],
  ['', '\r\n', ' with "\\r\\n" appended'],
  ['"', '"', ' in double quotes'],
  ["'", "'", ' in single quotes'],
] as const;

/** Everything that can be no secret, whatever the right one is. */
export function literals(): Literal[] {
  return [
    literal('empty-secret', '', 'nothing at all'),
    literal('empty-secret', '\n', 'nothing but "\\n"'),
    literal('empty-secret', '\r\n', 'nothing but "\\r\\n"'),
    literal('empty-secret', ' ', 'a single space'),
    literal('empty-secret', '""', 'nothing but two double quotes'),
    literal('empty-secret', "''", 'nothing but two single quotes'),
    literal('empty-secret', '\ufeff', 'nothing but a byte-order mark'),
    ...nonValues.flatMap((value) =>
      wrapped.map(([before, after, words]) =>
        literal('non-value', `${before}${value}${after}`, `the text ${JSON.stringify(value)}${words}`),
      ),
    ),
  ];
}

const literal = (code: LiteralCode, value: string, text: string): Literal => ({
  code,
  bytes: Buffer.from(value),
  text,
});

/** Longer texts are no placeholders, bytes. */
const longestPlaceholder = 300;

const unreplaced = 'a placeholder that nothing replaced';

/** What placeholders look like, and what to call them. Never the name within: it may be anything. */
const placeholders: readonly (readonly [RegExp, string])[] = [
  [/^\$\{\{[^{}]+\}\}$/, unreplaced],
  [/^\$\{[^{}]+\}$/, unreplaced],
  [/^\$\([^()]+\)$/, unreplaced],
  [/^\$[A-Z_][A-Z0-9_]{2,}$/, unreplaced],
  [/^\{\{[^{}]+\}\}$/, unreplaced],
  [/^%[A-Za-z_][A-Za-z0-9_]*%$/, unreplaced],
  [/^#\{[^{}]+\}#?$/, unreplaced],
  [/^__[A-Z][A-Z0-9_]*__$/, unreplaced],
  [/^<%[^%]+%>$/, unreplaced],
  [/^<[A-Za-z][A-Za-z _-]*>$/, unreplaced],
  [/^@Microsoft\.KeyVault\(.*\)$/, 'a reference to Key Vault that nothing resolved'],
  [/^arn:aws[a-z-]*:(?:secretsmanager|ssm):\S+$/, 'the name of a secret at AWS that nothing resolved'],
  [
    /^(?:\/\/secretmanager\.googleapis\.com\/)?projects\/[^/\s]+\/(?:locations\/[^/\s]+\/)?secrets\/\S+$/,
    'the name of a secret in Secret Manager that nothing resolved',
  ],
  [/^[A-Za-z][A-Za-z0-9+.-]{1,30}:\/\/[\w./#@:?=&%+-]+$/, 'a reference to a secret that nothing resolved'],
  [/^vault:[\w./-]+#[\w.-]+$/, 'a reference to Vault that nothing resolved'],
];

/** What kind of placeholder these bytes are, in words that go after "holds"; `null` where they are none. */
export function placeholderText(bytes: Buffer): string | null {
  if (bytes.length > longestPlaceholder) return null;
  const text = bytes
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '')
    .trim();
  const bare = /^(["']).*\1$/.test(text) ? text.slice(1, -1) : text;
  return placeholders.find(([pattern]) => pattern.test(bare))?.[1] ?? null;
}
