import { cutAt, positionOf } from './cut.js';
import { nothing, type Transform } from './transform.js';

/** `#` interpreted as the start of a comment. */
export const truncatedAtHash: Transform = {
  code: 'truncated-at-hash',
  words: {
    title: 'The secret is cut at a "#"',
    explanation:
      'A reader of env files interpreted `#` as the start of a comment and dropped the rest of the line; or the secret ' +
      'is part of a URL, and `#` started its fragment.',
    example: 'JWT_SECRET=ab#cd in a .env file becomes "ab".',
    proof: "One side's fingerprint matches the other side's secret before a #.",
    incidents: ['envparse#27', 'dotenv#633'],
    remedy: 'Use secrets without `#`, or put the value in quotes if the reader removes them.',
    phrase: 'cut at a "#"',
    look: 'Where the value is set, put it in quotes in the env file, or use a secret without "#".',
  },
  loses: true,
  *apply({ latin1, isLong }, all) {
    const first = latin1.indexOf('#');
    if (first < 0) return;
    yield cutAt(latin1, first, `cut at its first "#", character ${positionOf(latin1, first)}`);
    const afterSpace = latin1.search(/[ \t]+#/);
    if (afterSpace >= 0) yield cutAt(latin1, afterSpace, `cut at its first " #"`);
    if (!all || isLong) return;
    yield { to: latin1.replace(/#.*/g, ''), text: 'without everything after a "#" in each line' };
    for (let at = latin1.indexOf('#', first + 1); at >= 0; at = latin1.indexOf('#', at + 1))
      yield cutAt(latin1, at, `cut at a "#", character ${positionOf(latin1, at)}`);
  },
  undo: nothing,
};
