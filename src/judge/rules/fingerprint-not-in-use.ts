import type { Rule } from '../rule.js';
import { distinct, list } from '../words.js';
import { refusals } from './token-refused.js';

/** The shown fingerprint is right, but another key verifies tokens. */
export const fingerprintNotInUse: Rule = {
  code: 'fingerprint-not-in-use',
  family: 'token-refused',
  severity: 'by-role',
  title: 'The fingerprint is not of the key in use',
  explanation:
    'The participant shows the right fingerprint, refuses tokens of that secret and accepts those of another one. ' +
    'Often the verifier captured its secret before the environment was loaded, while the endpoint reads it afterwards.',
  example: 'backend_service shows 200718bd and accepts only tokens signed with the fallback of the tests.',
  remedy:
    'Have the endpoint take the fingerprint of the very key object that verifies, and load it before the verifier.',
  proof: 'The fingerprint is right, tokens of that secret are refused and tokens of another one accepted.',
  incidents: ['nestjs/passport#479'],
  find: (observations, comparison) =>
    refusals(observations, comparison).flatMap(({ name, accepted }) => {
      const others = comparison.tokens.takenFromOthers.get(name) ?? [];
      if (others.length === 0 || accepted.length > 0) return [];
      if (observations.participants.find((p) => p.name === name)?.source === null) return [];
      return [{ participants: [name], facts: { accepts: distinct(others.flatMap((a) => a.minter ?? [])) } }];
    }),
  message({ participants, facts }) {
    const others = Array.isArray(facts.accepts) ? list(facts.accepts.map(String)) : '';
    return `${participants[0]} shows the right fingerprint, but verifies with the secret of ${others}.`;
  },
  fix: ({ participants }) =>
    `In ${participants[0]}, look for a verifier that is set up before the secret is loaded; restart alone will not help.`,
};
