import type { Rule } from '../rule.js';
import { oneLine } from '../shell.js';
import { provedBy } from './token-refused.js';

/** The verifier expects another HMAC algorithm than tokens are signed with. */
export const algorithmMismatch: Rule = {
  code: 'algorithm-mismatch',
  family: 'token-refused',
  severity: 'by-role',
  title: 'The verifier expects another algorithm',
  explanation:
    'The key is the same, but one side signs with another HMAC algorithm than the other verifies with. Some libraries ' +
    'choose it by the length of the key, so that a longer secret changes it without a word.',
  example: 'Tokens are signed with HS256; backend_service takes only HS512.',
  remedy:
    'Name the algorithm on both sides instead of leaving it to the library, and have both name the same.',
  proof: 'A token signed with the same key under another algorithm was accepted, and a forged one was not.',
  incidents: ['jjwt#707'],
  find: (observations, comparison) =>
    provedBy(observations, comparison, 'algorithm').map(({ name, trials: [trial] }) => ({
      participants: [name],
      facts: { probe: trial.probe, accepts: trial.text, refuses: observations.algorithm },
    })),
  message: ({ participants, facts }) =>
    `${participants[0]} takes tokens signed with ${facts.accepts} and refuses ${facts.refuses}, with the same key.`,
  fix: ({ participants, facts }) =>
    `Have ${oneLine(participants[0] ?? '')} verify with ${facts.refuses} by name. If ${facts.accepts} is what everybody uses, set \`token.algorithm\` to it in the configuration.`,
};
