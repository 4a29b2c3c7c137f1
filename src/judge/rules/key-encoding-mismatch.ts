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
    'Every participant holds the same text, and so reports the same fingerprint. The signer uses its characters as ' +
    'the key, but the verifier decodes it as base64 or hex and uses the decoded bytes. Some libraries decode strings ' +
    'by default.',
  example: 'The secret is "c2VjcmV0…"; backend_service base64-decodes it before it verifies tokens.',
  remedy:
    'Agree whether the text or its decoded bytes are the key, and pass bytes to the library, not a string.',
  proof:
    'The fingerprint of the text is right, a token signed with the decoded text was accepted, and a forged token was ' +
    'not.',
  incidents: ['jjwt#315'],
  find: (observations, comparison) =>
    provedBy(observations, comparison, 'key-encoding').map(({ name, followUps: [followUp] }) => ({
      participants: [name],
      facts: { probe: followUp.probe, encoding: followUp.text },
    })),
  message: ({ participants, facts }) =>
    `${participants[0]} reads the secret as ${facts.encoding} and verifies with the decoded bytes; tokens are signed with its text.`,
  fix: ({ participants, facts }) =>
    `Have ${oneLine(participants[0] ?? '')} use the characters of the secret as the key, without decoding ${facts.encoding}; or make every participant decode it.`,
};
