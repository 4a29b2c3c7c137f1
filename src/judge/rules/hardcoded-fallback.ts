import { sameFingerprint } from '../../fingerprint.js';
import { fingerprintsOf } from '../compare.js';
import type { Rule } from '../rule.js';
import { adopt } from '../words.js';
import { suspects } from './suspects.js';

/** Code fell back to a literal because what it should have read was not there. */
export const hardcodedFallback: Rule = {
  code: 'hardcoded-fallback',
  family: 'which-secret',
  severity: 'by-role',
  title: 'A hard-coded fallback is in use',
  explanation:
    'The variable or secret that the code looks for was not there, and the code went on with a literal instead of ' +
    'stopping. Everything seems to work, until a token meets a service that holds the real secret. Anyone who can ' +
    'read the code can forge tokens for it.',
  example:
    'JWT_SECRET_STAGING is not set in the test job; the tests sign with "staging-jwt-…" from the source code.',
  remedy:
    'Remove the fallback, so that a missing secret stops the program at start. Then give it the secret from the reference.',
  find(observations, comparison) {
    const fallbacks = observations.known.filter((known) => known.kind === 'fallback');
    return suspects(observations, comparison).flatMap((suspect) => {
      const shown = fingerprintsOf(suspect);
      const known = fallbacks.find((f) =>
        shown.some((fingerprint) => sameFingerprint(fingerprint, f.fingerprint)),
      );
      const direct = suspect.reading?.provenance === 'fallback';
      if (!direct && known === undefined) return [];
      return [
        {
          participants: [suspect.name],
          facts: {
            fingerprint: suspect.reading?.fingerprint ?? null,
            fallback: known?.label ?? 'its own source.fallback',
            ...(direct ? { unset: suspect.target } : {}),
          },
        },
      ];
    });
  },
  message({ participants, facts }) {
    const why = typeof facts.unset === 'string' ? `${facts.unset}: not set, so ` : '';
    return `${why}${participants[0]} uses the fallback that is hard-coded (${facts.fallback}).`;
  },
  fix: ({ participants }, observations) => adopt(observations, participants[0]),
};
