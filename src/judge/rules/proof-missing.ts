import { list, verbFor } from '../phrases.js';
import { adviceOf } from '../remedy-steps.js';
import type { Rule } from '../rule.js';

type Facts = {
  readonly required: boolean;
  /** The name in which the proof was made instead. */
  readonly service: string | null;
  readonly message: string;
  readonly hint: string | null;
};

/** A required proof is missing, or is made for another name. */
export const proofMissing: Rule<Facts> = {
  code: 'proof-missing',
  family: 'could-not-tell',
  severity: 'warning',
  joint: true,
  title: 'The secret is not proved',
  explanation:
    'The source has `"require": "proof"`, but there is no usable proof: the endpoint does not support challenges, ' +
    'jwtcheck does not hold a secret to verify the proof with, or the proof is made in the name of another service. ' +
    'A proof in another name proves nothing, because it may have been fetched from that service. It is reported even ' +
    'if no proof is required, because the URL may point to the wrong service.',
  example: 'The URL of auth_service points to billing, which holds the secret and answers in its own name.',
  remedy:
    'Make the endpoint answer challenges as described in docs/endpoint.md, in the name that jwtcheck expects: ' +
    '`service` of the source, or else the name of the participant.',
  proof: 'A proof is required and was not given, or it was given in a name other than the expected one.',
  incidents: [],
  find: (observations, comparison) =>
    observations.participants.flatMap((p) => {
      // A participant that differs does not need a proof.
      if (p.name === observations.reference || comparison.agrees.get(p.name) === false) return [];
      const service = p.reading?.proofs?.find(({ inNameOf }) => inNameOf !== null)?.inNameOf ?? null;
      const required = p.error?.code === 'no-proof';
      if (!required && service === null) return [];
      const message = required ? p.error.message : `the proof is in the name of ${service}`;
      const hint = required ? (p.error.hint ?? null) : null;
      return [
        {
          participants: [p.name],
          facts: { required, service, message, hint },
          ...adviceOf(required ? p.error : null),
        },
      ];
    }),
  message: ({ participants, facts }) =>
    `${list(participants)} did not prove that ${verbFor(participants, 'it holds', 'they hold')} the secret: ${facts.message}.`,
  fix: ({ participants, facts, advice }) =>
    advice ??
    `Does the URL of ${list(participants)} lead to the right service? If ${facts.service} is what its endpoint calls itself, set \`service\` of the source to that.`,
};
