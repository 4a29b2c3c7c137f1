import type { LiteralCode } from './codes.js';
import type { Words } from './transform.js';

/** The texts about a value that is not a secret. */
interface LiteralWords extends Words {
  /** The kind of value, in words that follow "it is". */
  readonly kind: string;
}

/** The texts of each code. */
export const literalWords: Record<LiteralCode, LiteralWords> = {
  'empty-secret': {
    kind: 'empty',
    title: 'The secret is empty',
    explanation:
      'The variable, file or secret exists but is empty. Many libraries silently accept an empty key, and then anyone ' +
      'can sign tokens. Usually an unset variable was passed on (`JWT_SECRET=$UNSET`), or an empty version was stored.',
    example: 'Compose passes JWT_SECRET=$JWT_SECRET on, but the variable is not set on that host.',
    proof: 'The fingerprint matches the empty value (e3b0c442…), or only a newline, a space or quotes.',
    incidents: ['pokecollector#350'],
    remedy:
      'Make the program stop at start if its secret is empty, and check variables before you pass them on.',
    look: 'Find out what should have set it: an unset variable is passed on as an empty value.',
  },
  'non-value': {
    kind: 'the text of a missing value',
    title: 'The secret is the text of a missing value',
    explanation:
      'A missing value was turned into text: `undefined` and `[object Object]` in JavaScript, `None` in Python, ' +
      '`null`, `nil` and `<no value>` elsewhere. The text works as a key, and anyone can guess it.',
    example: 'String(process.env.JWT_SECRET) is "undefined" if the variable is not set.',
    proof: 'The fingerprint matches `undefined`, `null`, `None` or a similar text.',
    incidents: ['baserow#2254'],
    remedy:
      'Read the secret with a function that stops the program if it is missing; never convert a missing value to text.',
    look: 'Find out which variable or field is missing there: it was converted to text.',
  },
  'unresolved-placeholder': {
    kind: 'a placeholder that nothing replaced',
    title: 'The secret is an unresolved placeholder',
    explanation:
      'The value is a text that should have been replaced by the secret: a variable in a template, or a reference to a ' +
      'secret store that only a launcher resolves. The service uses that text as the secret.',
    example:
      'A service that was started without its launcher holds "$(JWT_SECRET)" or "sm://…/jwt-secret-staging".',
    proof:
      'The value that jwtcheck read has the form of a placeholder, or the fingerprint matches a placeholder for a ' +
      'configured name.',
    incidents: ['jac#9003'],
    remedy:
      'Make the deployment resolve it, and make the program reject values that look like a placeholder.',
    look: 'Find out what should have replaced it: the template, the launcher or the plugin that did not run.',
  },
};

/** A value that is not a secret, with words that follow "holds". */
export interface Literal {
  readonly code: LiteralCode;
  readonly bytes: Buffer;
  readonly text: string;
}

/** The texts that a missing value is converted to: JavaScript, JSON, Python, Go, Ruby, Helm. */
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

/** Wrappings of a text. */
const wrapped = [
  ['', '', ''],
  ['', '\n', ' with "\\n" appended'],
  ['', '\r\n', ' with "\\r\\n" appended'],
  ['"', '"', ' in double quotes'],
  ["'", "'", ' in single quotes'],
] as const;

/** Every value that is never a secret, independent of the right one. */
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

/** Longer texts are not placeholders; bytes. */
const longestPlaceholder = 300;

const unreplaced = 'a placeholder that nothing replaced';

/** The forms of placeholders, and their names. The name inside is never shown: it may be anything. */
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

/** The kind of placeholder, in words that follow "holds"; `null` if it is not one. */
export function placeholderText(bytes: Buffer): string | null {
  if (bytes.length > longestPlaceholder) return null;
  const text = bytes
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '')
    .trim();
  const bare = /^(["']).*\1$/.test(text) ? text.slice(1, -1) : text;
  return placeholders.find(([pattern]) => pattern.test(bare))?.[1] ?? null;
}
