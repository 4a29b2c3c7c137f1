import { oneLine } from '../../schema/shell-quote.js';
import type { Rule } from '../rule.js';
import { provedBy } from './shared/token-rejected.js';

type Facts = { readonly probe: string; readonly encoding: string };

/** The text of the secret is the same, but one side decodes it before it is used as a key. */
export const keyEncodingMismatch: Rule<Facts> = {
  code: 'key-encoding-mismatch',
  family: 'token-refused',
  severity: 'by-role',
  title: 'The verifier decodes the secret before use',
  explanation:
    'Every participant holds the same text, and so shows the same fingerprint. But where tokens are signed its characters are ' +
    'the key, and the verifier takes it for base64 or hex and uses the decoded bytes. Some libraries decode strings ' +
    'without being asked.',
  example: 'The secret is "c2VjcmV0…"; backend_service base64-decodes it before it verifies.',
  remedy:
    'Agree whether the text or its decoded bytes are the key, and hand bytes to the library, not a string.',
  proof:
    'The fingerprint of the text is right, and a token signed with the decoded text was accepted, a forged one not.',
  incidents: ['jjwt#315'],
  find: (observations, comparison) =>
    provedBy(observations, comparison, 'key-encoding').map(({ name, followUps: [followUp] }) => ({
      participants: [name],
      facts: { probe: followUp.probe, encoding: followUp.text },
    })),
  message: ({ participants, facts }) =>
    `${participants[0]} reads the secret as ${facts.encoding} and verifies with the decoded bytes; tokens are signed with its text.`,
  fix: ({ participants, facts }) =>
    `Have ${oneLine(participants[0] ?? '')} take the characters of the secret as the key, without decoding ${facts.encoding}; or have everyone decode it.`,
};
