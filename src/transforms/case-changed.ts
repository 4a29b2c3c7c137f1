import type { Input, Transform, Variant } from './transform.js';

/** Upper and lower case. The original case is lost and can only be guessed: the right secret may be all of one case. */
export const caseChanged: Transform = {
  code: 'case-changed',
  words: {
    title: 'The case of the letters was changed',
    explanation:
      'One side converted the secret to upper case or lower case, as if it were a name or a hex number.',
    example: 'The secret is hex digits in lower case; a script printed them with %X.',
    proof: "One side's fingerprint matches the other side's secret in upper case or in lower case.",
    incidents: ['superset#37753'],
    remedy: 'Treat secrets as bytes; remove every step that changes the case of letters.',
    phrase: 'with upper and lower case changed',
    look: 'Where the value is read or set, look for toLowerCase, upper, tr or the like.',
  },
  mirrored: true,
  apply: both,
  undo: both,
};

/** ASCII only: other letters are several bytes here, which must not be converted separately. */
function* both({ latin1 }: Input): Iterable<Variant> {
  const lower = latin1.replace(/[A-Z]+/g, (found) => found.toLowerCase());
  const upper = latin1.replace(/[a-z]+/g, (found) => found.toUpperCase());
  yield { to: lower, text: 'in lower case' };
  yield { to: upper, text: 'in upper case' };
}
