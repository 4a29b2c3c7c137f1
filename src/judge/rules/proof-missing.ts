import { list, verbFor } from '../phrases.js';
import type { Rule } from '../rule.js';
import { adviceOf } from '../steps.js';

type Facts = {
  readonly required: boolean;
  /** The name in which the proof was made instead. */
  readonly service: string | null;
  readonly message: string;
  readonly hint: string | null;
};

/** A proof that is needed is not there, or is in another name. */
export const proofMissing: Rule<Facts> = {
  code: 'proof-missing',
  family: 'could-not-tell',
  severity: 'warning',
  joint: true,
  title: 'There is no proof that the secret is held',
  explanation:
    'The source has `"require": "proof"`, and none could be had: the endpoint knows nothing of challenges, there is no ' +
    "secret at hand to verify it with, or it is in another service's name. A proof in another name proves nothing, for it " +
    'may have been fetched from the service of that name; it is reported even where no proof is required, for the URL may lead to the ' +
    'wrong service.',
  example: 'The URL of auth_service leads to billing, which holds the secret and answers in its own name.',
  remedy:
    'Have the endpoint answer challenges as docs/endpoint.md says, in the name that jwtcheck expects: `service` of the ' +
    "source, or else the participant's name.",
  proof: 'A proof is required and was not given, or one was given in another name than the one expected.',
  incidents: [],
  find: (observations, comparison) =>
    observations.participants.flatMap((p) => {
      // Somebody who differs has not to prove it.
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
