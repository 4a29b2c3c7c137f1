import { takenInstead } from '../keys-in-use.js';
import type { Rule } from '../rule.js';
import { oneLine } from '../shell.js';
import { distinct, list, participant } from '../words.js';
import { keyOf, provedBy, refusals } from './token-refused.js';

/** The shown fingerprint is right, but another key verifies tokens. */
export const fingerprintNotInUse: Rule = {
  code: 'fingerprint-not-in-use',
  family: 'token-refused',
  severity: 'by-role',
  title: 'The fingerprint is not of the key in use',
  explanation:
    'The participant shows the right fingerprint, refuses tokens of that secret and accepts those of another one. ' +
    'Often the verifier captured its secret before the environment was loaded, while the endpoint reads it afterwards; ' +
    'or HTTP and WebSocket read their secrets from different places.',
  example: 'backend_service shows 200718bd and accepts only tokens signed with the fallback of the tests.',
  remedy:
    'Have the endpoint take the fingerprint of the very key object that verifies, and load it before the verifier.',
  proof: 'The fingerprint is right, tokens of that secret are refused and tokens of another one accepted.',
  incidents: ['nestjs/passport#479', 'dify#39422'],
  find(observations, comparison) {
    const shows = (name: string) => participant(observations, name)?.reading != null;
    const tried = provedBy(observations, comparison, 'key').filter(({ name }) => shows(name));
    const byTrial = tried.map(({ name, trials: [trial] }) => ({
      participants: [name],
      facts: {
        probe: trial.probe,
        accepts: [keyOf(trial)],
        fingerprintInUse: trial.form?.fingerprint ?? null,
        cause: trial.form?.code ?? null,
      },
    }));
    const found = new Set(tried.map(({ name }) => name));
    const byOthers = refusals(observations, comparison).flatMap(({ name }) => {
      const others = takenInstead(comparison, name);
      const [first] = others;
      if (first === undefined || found.has(name) || !shows(name)) return [];
      return [
        {
          participants: [name],
          facts: {
            probe: first.probe,
            accepts: distinct(others.flatMap((a) => a.minter ?? [])),
            fingerprintInUse:
              participant(observations, first.minter ?? undefined)?.reading?.fingerprint ?? null,
          },
        },
      ];
    });
    return [...byTrial, ...byOthers];
  },
  message({ participants, facts }) {
    const others = Array.isArray(facts.accepts) ? list(facts.accepts.map(String)) : '';
    return `${participants[0]} shows the right fingerprint, but verifies with another key (${facts.probe}): ${others}.`;
  },
  fix: ({ participants }) =>
    `In ${oneLine(participants[0] ?? '')}, look for a verifier that is set up before the secret is loaded, or that reads it from elsewhere; restart alone will not help.`,
};
