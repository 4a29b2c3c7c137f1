import type { Rule } from '../rule.js';
import { distinct, list, told } from '../words.js';
import { refusals } from './token-refused.js';

/** The general code: a genuine token is refused, and no more specific cause is proved. */
export const rejectsValidToken: Rule = {
  code: 'rejects-valid-token',
  family: 'token-refused',
  severity: 'by-role',
  title: 'A genuine token is refused',
  explanation:
    'The fingerprint does not differ, or none is shown, and yet a token signed with the right secret is refused. ' +
    'It may check other claims (issuer, audience), expect another algorithm, have a clock that is off, or use another ' +
    'key than it shows.',
  example:
    'backend_service shows 200718bd like everybody, and answers 401 to a token signed with that secret.',
  remedy: 'Compare what the verifier expects (algorithm, iss, aud, clock) with `token` in the configuration.',
  proof: 'A token signed with the right secret was rejected, and nothing more specific is proved.',
  incidents: ['jjwt#315'],
  find: (observations, comparison) =>
    refusals(observations, comparison).map(({ name, refused }) => ({
      participants: [name],
      facts: {
        probes: distinct(refused.map((a) => a.probe)),
        minters: distinct(refused.flatMap((a) => a.minter ?? [])),
        answers: distinct(refused.map(told)),
      },
    })),
  message({ participants, facts }) {
    const probes = Array.isArray(facts.probes) ? list(facts.probes.map(String)) : '';
    const minters = Array.isArray(facts.minters) ? list(facts.minters.map(String)) : '';
    return `${participants[0]} refuses genuine tokens signed with the secret of ${minters} (${probes}).`;
  },
  fix: ({ participants }) =>
    `Compare the algorithm, issuer, audience and clock that ${participants[0]} expects with \`token\` in the configuration.`,
};
