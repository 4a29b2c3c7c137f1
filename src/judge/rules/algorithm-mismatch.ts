import type { Algorithm } from '../../model.js';
import { oneLine } from '../../schema/shell-quote.js';
import { distinct, list, verbFor } from '../phrases.js';
import type { Rule } from '../rule.js';
import { provedBy } from './shared/token-rejected.js';

type Facts =
  | { readonly probe: string; readonly accepts: string; readonly refuses: Algorithm }
  | { readonly signsWith: Algorithm; readonly expected: Algorithm; readonly rejectedBy: readonly string[] };

/** The verifier expects another HMAC algorithm than tokens are signed with. */
export const algorithmMismatch: Rule<Facts> = {
  code: 'algorithm-mismatch',
  family: 'token-refused',
  severity: 'by-role',
  title: 'The verifier expects another algorithm',
  explanation:
    'The key is the same, but one side signs with an HMAC algorithm that the other side does not accept. Some ' +
    'libraries choose the algorithm by the length of the key, so a longer secret silently changes it.',
  example: 'Tokens are signed with HS256; backend_service accepts only HS512.',
  remedy: 'Set the algorithm explicitly on both sides instead of leaving it to the library.',
  proof:
    'A token signed with the same key and another algorithm was accepted, and a forged token was not; or a token ' +
    'that the participant minted is signed with the right key and an algorithm that is not configured, and not every ' +
    'verifier accepts it.',
  incidents: ['jjwt#707'],
  find: (observations, comparison) => [
    ...provedBy(observations, comparison, 'algorithm').map(({ name, followUps: [followUp] }) => ({
      participants: [name],
      facts: { probe: followUp.probe, accepts: followUp.text, refuses: observations.algorithm },
    })),
    ...[...comparison.signing.flawed].flatMap(([name, { flaw, token, rejected }]) =>
      flaw !== 'algorithm'
        ? []
        : [
            {
              participants: [name],
              facts: {
                signsWith: token.algorithm,
                expected: observations.algorithm,
                rejectedBy: distinct(rejected.map((a) => a.participant)),
              },
            },
          ],
    ),
  ],
  message: ({ participants, facts }) =>
    'signsWith' in facts
      ? `${participants[0]} signs tokens with ${facts.signsWith}, with the right key; ${facts.expected} is configured${rejectedBy(facts.rejectedBy)}.`
      : `${participants[0]} accepts tokens signed with ${facts.accepts} and rejects ${facts.refuses}, with the same key.`,
  fix: ({ participants, facts }) =>
    'signsWith' in facts
      ? `Have ${oneLine(participants[0] ?? '')} sign with ${facts.expected} by name. If ${facts.signsWith} is what all services use, set \`token.algorithm\` to it in the configuration.`
      : `Have ${oneLine(participants[0] ?? '')} verify with ${facts.refuses} by name. If ${facts.accepts} is what every service uses, set \`token.algorithm\` to it in the configuration.`,
};

const rejectedBy = (names: readonly string[]): string =>
  names.length > 0 ? `, and ${list(names)} ${verbFor(names, 'rejects', 'reject')} them` : '';
