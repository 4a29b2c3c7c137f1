import { list, verbFor } from '../phrases.js';
import { adopt, runWithSecret } from '../remedies.js';
import type { Rule } from '../rule.js';
import { explainable, explanations } from './shared/explanations.js';

type Facts = {
  readonly fingerprint: string | null;
  readonly fallback: string;
  /** The variables that are not set. */
  readonly unset?: string | null;
};

/** The code fell back to a literal because its secret was missing. */
export const hardcodedFallback: Rule<Facts> = {
  code: 'hardcoded-fallback',
  family: 'which-secret',
  severity: 'by-role',
  joint: true,
  title: 'A hard-coded fallback is in use',
  explanation:
    'The variable or secret that the code reads was not set, and the code continued with a literal instead of ' +
    'stopping. Everything seems to work until a token reaches a service that holds the real secret. Anyone who can ' +
    'read the code can forge tokens.',
  example:
    'JWT_SECRET_STAGING is not set in the test job; the tests sign with "staging-jwt-…" from the source code.',
  remedy:
    'Remove the fallback, so that the program stops at start if the secret is missing. Then give it the secret of ' +
    'the reference.',
  proof: 'The fingerprint matches a configured fallback, or the chain of variables ended in its fallback.',
  incidents: ['the incident that led to jwtcheck'],
  find(observations, comparison) {
    const known = new Map(
      explanations(observations, comparison, 'hardcoded-fallback').map((p) => [p.suspect, p.form]),
    );
    return explainable(observations, comparison).flatMap((suspect) => {
      const form = known.get(suspect);
      const direct = suspect.reading?.provenance === 'fallback';
      if (!direct && form === undefined) return [];
      return [
        {
          participants: [suspect.name],
          facts: {
            fingerprint: suspect.reading?.fingerprint ?? null,
            fallback: form?.text ?? 'its own source.fallback',
            ...(direct ? { unset: suspect.target } : {}),
          },
        },
      ];
    });
  },
  message({ participants, facts }) {
    const who = `${list(participants)} ${verbFor(participants, 'uses', 'use')} a hard-coded fallback`;
    if (facts.unset === undefined || facts.unset === null) return `${who} (${facts.fallback}).`;
    return facts.unset.includes(',')
      ? `${who}, because none of these variables is set: ${facts.unset}.`
      : `${who}, because ${facts.unset} is not set.`;
  },
  fix: ({ participants }, observations) => [
    ...adopt(observations, participants),
    ...runWithSecret(observations, participants),
  ],
};
