import type { LiteralCode } from './codes.js';
import { asText } from './transform.js';

/**
 * Texts that logs and tools show in place of a secret, and notes that should have been replaced by one. Each family is
 * built from the few words and characters of such texts.
 */

export interface StandIn {
  readonly code: LiteralCode;
  readonly value: string;
  /** In words that follow "holds". */
  readonly text: string;
}

/** The words that replace a hidden value in output. */
const hidden = listed(`
  redacted, masked, hidden, filtered, sensitive, sensitive value, sensitive data, concealed, removed,
  omitted, protected, confidential, private, scrubbed, obfuscated, censored, encrypted, secret,
  secret value, value hidden, hidden for security, password, token, data, value, elided, set, unset,
  not set, empty, none, null, undefined, unknown, no value, missing, n/a, computed,
  known after apply, sealed, truncated, secret removed, redacted by ci, not available
`);

/** For these, the bare word without brackets is no secret either. */
const withoutBrackets: ReadonlySet<string> = new Set(
  listed(`
    redacted, masked, filtered, sensitive, sensitive value, known after apply, not set, unset, n/a, no value,
    concealed, omitted, scrubbed, elided, not available
  `),
);

/** The characters before and after them. */
const brackets = pairs(
  '[ ]  ( )  < >  { }  * *  ** **  *** ***  **** ****  -- --  << >>  [[ ]]  __ __  {{ }}  % %  # #  « »  ! !',
);

/** Characters that are repeated in the place of others. */
const covers = listed(`
  *, x, X, ., •, ●, ·, ∙, #, -, _, ?, █, ▒, …, ×, =, +, ~
`);
const longestRun = 64;

/** Notes of authors. */
const notes = listed(`
  todo, fixme, tbd, tba, tbc, wip, placeholder, replace, replace me, replace this, replace it,
  replace here, replace with secret, replace with value, replace with real value, to be replaced,
  to be set, to be defined, to be determined, to be filled, to be generated, to be done, insert here,
  insert secret, insert secret here, insert value here, fill me, fill me in, fill in, fill this in,
  set me, set this, enter here, enter value, enter secret, put here, put secret here, update me,
  edit me, define me, generate me, override me, overwrite me, paste here, paste secret here,
  add here, not configured, missing, unset, redacted, value, your value, your value here,
  configure me, secret here, secret goes here, value goes here, ask an admin,
  see vault, from vault
`);

const noteBrackets = [['', ''], ['', '!'], ['TODO: ', ''], ...pairs('< >  [ ]  {{ }}  __ __  ( )')];

const covered = 'what a log or a tool shows in the place of a secret';
const noted = 'a note that was to be replaced by the secret';

/** Every text of these families, about 7,000; some of them twice. */
export function* standIns(): Generator<StandIn> {
  for (const phrase of hidden) {
    for (const shown of inEveryCase(phrase)) {
      for (const [before, after] of brackets) yield nonValue(`${before}${shown}${after}`, covered);
      if (withoutBrackets.has(phrase)) yield nonValue(shown, covered);
    }
  }
  for (const cover of covers)
    for (let length = 2; length <= longestRun; length += 1)
      yield nonValue(cover.repeat(length), `${covered} (one character, ${length} times)`);
  for (const phrase of notes)
    for (const spaced of new Set([phrase, ...['_', '-', ''].map((joint) => phrase.replaceAll(' ', joint))]))
      for (const shown of inEveryCase(spaced))
        for (const [before, after] of noteBrackets)
          yield { code: 'unresolved-placeholder', value: `${before}${shown}${after}`, text: noted };
}

/** The stand-in that the bytes of a secret consist of, in any wrapping; `null` if they are none. */
export function standInOf(bytes: Buffer): StandIn | null {
  if (bytes.length > longest) return null;
  const text = asText(bytes).trim();
  const bare = /^(["']).*\1$/.test(text) ? text.slice(1, -1) : text;
  // Hardly any secret is of letters only: for all others no list is made.
  if (!/^(?:(.{1,3})\1+|[^A-Za-z0-9]*[A-Za-z][A-Za-z /:_-]*[^A-Za-z0-9]*)$/.test(bare)) return null;
  known ??= new Map([...standIns()].map((one) => [asText(Buffer.from(one.value)), one]));
  return known.get(bare) ?? null;
}

/** The longest of them, bytes: a run of characters of three bytes each, in quotes. */
const longest = 3 * longestRun + 4;

let known: ReadonlyMap<string, StandIn> | undefined;

const nonValue = (value: string, text: string): StandIn => ({ code: 'non-value', value, text });

function inEveryCase(phrase: string): string[] {
  const capital = phrase.charAt(0).toUpperCase() + phrase.slice(1);
  return [phrase, phrase.toUpperCase(), capital];
}

function listed(text: string): string[] {
  return text.split(',').map((phrase) => phrase.trim());
}

function pairs(text: string): string[][] {
  return text.split('  ').map((pair) => pair.split(' '));
}
