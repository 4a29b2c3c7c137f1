import type { LiteralCode } from './codes.js';
import type { Words } from './transform.js';

/** What is said of values that are no secret at all. */
export const literalWords: Record<LiteralCode, Words> = {
  'empty-secret': {
    title: 'The secret is empty',
    explanation:
      'The variable, file or secret is there and holds nothing. Many libraries accept an empty key silently, and ' +
      'then anyone can sign tokens. Usually an unset variable was passed on (`JWT_SECRET=$UNSET`), or an empty ' +
      'version was stored.',
    example: 'Compose passes JWT_SECRET=$JWT_SECRET on, and the variable is not set on that host.',
    proof: 'The fingerprint is that of nothing (e3b0c442…), or of nothing but a newline, a space or quotes.',
    incidents: ['pokecollector#350'],
    remedy:
      'Have the program stop at start where its secret is empty, and check variables before they are passed on.',
    look: 'Find out what was to fill it: an empty value is passed on where a variable is not set.',
  },
  'non-value': {
    title: 'The secret is the text of a missing value',
    explanation:
      'A value that was missing was turned into text: `undefined` and `[object Object]` in JavaScript, `None` in Python, ' +
      '`null`, `nil` and `<no value>` elsewhere. It works as a key, and anyone can guess it.',
    example: 'String(process.env.JWT_SECRET) is "undefined" where the variable is not set.',
    proof: 'The fingerprint is that of `undefined`, `null`, `None` or another such text.',
    incidents: ['baserow#2254'],
    remedy:
      'Read the secret with a function that stops the program where it is missing; never turn it into a text.',
    look: 'Find out which variable or field is missing there: its absence was made a text.',
  },
  'unresolved-placeholder': {
    title: 'The secret is a placeholder that nothing replaced',
    explanation:
      'The value is the text that should have been replaced by the secret: a variable in a template, or a reference to a ' +
      'secret store that only some launcher resolves. The service took it for the secret itself.',
    example: 'A service started without its launcher holds "$(JWT_SECRET)", or "sm://…/jwt-secret-staging".',
    proof:
      'The value that jwtcheck read has the form of a placeholder, or the fingerprint is that of a placeholder for a configured name.',
    incidents: ['jac#9003'],
    remedy:
      'Have the deployment resolve it, and have the program reject values that look like a placeholder.',
    look: 'Find out what was to replace it: the template, the launcher or the plugin that did not run.',
  },
};
