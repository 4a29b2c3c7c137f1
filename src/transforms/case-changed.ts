import type { Input, Transform, Variant } from './transform.js';

/** Upper and lower case. Which were which cannot be undone, only tried: the right one may be all of one kind. */
export const caseChanged: Transform = {
  code: 'case-changed',
  words: {
    title: 'Upper and lower case of the secret were changed',
    explanation:
      'One side made the secret all upper case or all lower case, as if it were a name or a hex number.',
    example: 'The secret is hex digits in lower case; a script printed them with %X.',
    proof: "One side's fingerprint is that of the other side's secret in upper case or in lower case.",
    incidents: ['superset#37753'],
    remedy: 'Treat secrets as bytes; remove every step that changes their letters.',
    phrase: 'with upper and lower case changed',
    look: 'Where the value is read or set, look for toLowerCase, upper, tr or the like.',
  },
  mirrored: true,
  apply: both,
  undo: both,
};

/** Of ASCII only: other letters are several bytes here, which must not be taken for letters one by one. */
function* both({ latin1 }: Input): Iterable<Variant> {
  const lower = latin1.replace(/[A-Z]+/g, (found) => found.toLowerCase());
  const upper = latin1.replace(/[a-z]+/g, (found) => found.toUpperCase());
  yield { to: lower, text: 'in lower case' };
  yield { to: upper, text: 'in upper case' };
}
