import { cutAt, isOrdinary, nameOf, positionOf } from './cut.js';
import { nothing, type Transform, type Variant } from './transform.js';

/** At what other transforms explain better. */
const apart = '$#\n\r';

/** The characters at which shells, URLs, ini files, cron and splits cut most often. */
const usual = '=;:,@%&?/ \t|\0';

/** The value ends, or begins, at a character that a tool treats as special. */
export const truncatedAtCharacter: Transform = {
  code: 'truncated-at-character',
  words: {
    title: 'The secret is cut at a special character',
    explanation:
      'A shell, a URL, an ini file, cron or a split at "=" gave a character of the secret a special meaning, and only ' +
      'the part before it (or after it) is used. The report names the character and its position.',
    example:
      '`cut -d= -f2` on JWT_SECRET=ab=cd prints "ab"; cron cuts a command at "%"; an ini file cuts at ";".',
    proof: "One side's fingerprint matches the other side's secret before or after that character.",
    incidents: ['envparse#27', 'docker/compose#10419'],
    remedy:
      'Use secrets of letters and digits (openssl rand -hex 32), or quote the value as its reader expects.',
    phrase: 'cut at a special character',
    look: 'Where the value is set or read, look for what takes that character for special: a shell without quotes, a URL, an ini file, cron, split or cut.',
  },
  loses: true,
  *apply({ latin1, isLong }, all) {
    if (isLong) return;
    const last = latin1.length - 1;
    if (/^[\w+/-]{7,}={1,2}$/.test(latin1))
      yield { ...cutAt(latin1, last), text: 'without its last character, a "=" (base64 padding)' };
    const seen = new Set<string>();
    const rest: Variant[] = [];
    for (let at = 1; at <= last; at += 1) {
      const character = latin1[at] ?? '';
      if (isOrdinary(character) || apart.includes(character)) continue;
      // Padding at the end is no place to cut at, but for its first character.
      const cut = cutAt(latin1, at);
      if (usual.includes(character) && !seen.has(character)) yield cut;
      else if (all) rest.push(cut);
      seen.add(character);
    }
    if (!all) return;
    yield* rest;
    for (const separator of '=:;,@%&?/| .-_$#') yield* fields(latin1, separator);
    yield* wordsOf(latin1);
  },
  undo: nothing,
};

/** One field of several: `cut -d= -f2`, a split, what stands after the last one. */
function* fields(text: string, separator: string): Iterable<Variant> {
  const parts = text.split(separator);
  if (parts.length < 2) return;
  const name = nameOf(separator);
  const first = text.indexOf(separator);
  const facts = { position: positionOf(text, first), character: separator };
  yield {
    to: text.slice(first + 1),
    text: `without everything up to its first character that is ${name}`,
    facts,
  };
  yield {
    to: text.slice(first),
    text: `without everything before its first character that is ${name}`,
    facts,
  };
  const last = text.lastIndexOf(separator);
  yield {
    to: text.slice(last + 1),
    text: `without everything up to its last character that is ${name}`,
    facts,
  };
  for (const [index, part] of parts.slice(0, 4).entries())
    if (index > 0)
      yield { to: part, text: `cut to field ${index + 1} of those that are separated by ${name}`, facts };
}

/** The longest stretch of letters and digits from the start: `\w+` of a pattern. */
function* wordsOf(text: string): Iterable<Variant> {
  for (const [pattern, words] of [
    [/^\w+/, 'letters, digits and underscores'],
    [/^[\w-]+/, 'letters, digits, "_" and "-"'],
    [/^[\w.-]+/, 'letters, digits, "_", "-" and "."'],
  ] as const) {
    const found = pattern.exec(text)?.[0] ?? '';
    if (found !== '' && found.length < text.length)
      yield { ...cutAt(text, found.length), to: found, text: `cut after its first ${words}` };
  }
}
