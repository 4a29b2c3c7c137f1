import { cutAt, positionOf } from './cut.js';
import type { Transform, Variant } from './transform.js';

/** The syntax that each program interprets as a variable and replaces with nothing if it is not set. */
const readers: readonly (readonly [pattern: RegExp, text: string, doubled: string | null])[] = [
  [/\$(?:[A-Za-z_]\w*|\{[^{}]*\})/g, 'with what looks like a variable left out', null],
  [/\$\$|\$(?:[A-Za-z_]\w*|\{[^{}]*\})/g, 'with what Compose takes for a variable left out', '$'],
  [/\$(?:\w+|\{[^{}]*\})/g, 'with every "$" and the word after it left out', null],
  [/\$(?:[A-Za-z_]\w*|\{[^{}]*\}|[0-9@*!])/g, 'with what a shell takes for a variable left out', null],
  [/\$\$|\$\([^()]*\)|\$\{[^{}]*\}|\$[\s\S]/g, 'with what make takes for a variable left out', '$'],
  [/\$(?:\([^()]*\)|\{[^{}]*\}|[A-Za-z_]\w*)/g, 'with every $(…), $NAME and the like left out', null],
  [/\$\([^()]*\)/g, 'with every $(…) left out', null],
  [/\$\{[^{}]*\}/g, 'with every variable in braces left out', null],
  [/\$\(\([^()]*\)\)/g, 'with every $((…)) left out', null],
];

/** `$` interpreted as the start of a variable: by a shell, Docker Compose, make, a dotenv reader. */
export const truncatedAtDollar: Transform = {
  code: 'truncated-at-dollar',
  words: {
    title: 'A "$" in the secret was interpreted as a variable',
    explanation:
      'A shell, Compose, make or a dotenv reader interpreted `$` as the start of a variable and replaced it with ' +
      'nothing, or interpreted `$$` as an escaped `$`. The result is a shorter secret, without any error.',
    example: 'JWT_SECRET=ab$cd in a Compose file becomes "ab".',
    proof: "One side's fingerprint matches the other side's secret without what follows a dollar sign.",
    incidents: ['docker/compose#10419', 'node-jsonwebtoken#624'],
    remedy:
      'Use secrets without `$`; or write `$$` for Compose and make, and single quotes for shells and dotenv files.',
    phrase: 'with a "$" taken for a variable',
    look: 'Where the value is set, put it in single quotes; in a Compose file or a Makefile write $$ for $.',
  },
  loses: true,
  *apply({ latin1, isLong }, all) {
    const first = latin1.indexOf('$');
    if (first < 0 || isLong) return;
    yield cutAt(latin1, first, `cut at its first "$", character ${positionOf(latin1, first)}`);
    for (const [pattern, text, doubled] of readers)
      yield { to: latin1.replace(pattern, (found) => (found === '$$' ? (doubled ?? '') : '')), text };
    yield { to: latin1.replaceAll('$', ''), text: 'without its "$"s' };
    yield* dollars(latin1);
    if (!all) return;
    yield {
      to: latin1.replace(/\$\{[^{}]*?:?-([^{}]*)\}/g, '$1'),
      text: 'with the default of every variable in its place',
    };
    for (let at = latin1.indexOf('$', first + 1); at >= 0; at = latin1.indexOf('$', at + 1))
      yield cutAt(latin1, at, `cut at a "$", character ${positionOf(latin1, at)}`);
    yield { to: latin1.replaceAll('$', '\\$'), text: 'with a backslash before every "$"' };
    // One variable of several: the others are set by chance, or the text is read by another rule from there on.
    const known = [...latin1.matchAll(/\$(?:[A-Za-z_]\w*|\{[^{}]*\}|\d)/g)].slice(0, 8);
    if (known.length < 2) return;
    for (const { index, 0: found } of known)
      yield {
        to: latin1.slice(0, index) + latin1.slice(index + found.length),
        text: 'with one of its variables left out',
      };
  },
  // A removed part cannot be guessed; a doubled `$` can.
  *undo({ latin1, isLong }) {
    if (isLong || !latin1.includes('$')) return;
    yield* dollars(latin1);
    yield { to: latin1.replaceAll('\\$', '$'), text: 'without the backslash before its "$"' };
  },
};

function* dollars(text: string): Iterable<Variant> {
  yield { to: text.replace(/\$\$/g, '$$'), text: 'with one "$" for two' };
  yield { to: text.replace(/\$/g, '$$$$'), text: 'with two "$" for one' };
}
