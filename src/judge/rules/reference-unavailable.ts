import type { JsonValue, ReadError } from '../../model.js';
import type { Comparison } from '../compare.js';
import { list } from '../phrases.js';
import type { Rule } from '../rule.js';
import { adviceOf } from '../steps.js';

/** Without the reference there is nothing to compare with. */
export const referenceUnavailable: Rule = {
  code: 'reference-unavailable',
  family: 'could-not-tell',
  severity: 'warning',
  title: 'The reference could not be read',
  explanation:
    'The participant that is right by definition could not be read, so the verdict is inconclusive. ' +
    'It is not drift: permissions, credentials, a disabled version or the network are the usual reasons. The same is ' +
    'said of the reference of an environment that `crossCheck` names: unread, it may well be the same secret.',
  example: "Permission 'secretmanager.versions.access' denied on the secret (or it may not exist).",
  remedy: 'Fix the access, or pass the expected fingerprint with --expect.',
  proof: 'Reading the reference ended in an error.',
  incidents: ['external-secrets#4042'],
  find(observations, comparison) {
    const reference = observations.participants.find((p) => p.name === observations.reference);
    const others = observations.crossChecks.flatMap(({ environment, reference: name, error }) =>
      error === null
        ? []
        : [
            {
              participants: [],
              facts: { environment, reference: name, ...factsOf(error) },
              ...adviceOf(error),
            },
          ],
    );
    if (reference === undefined || reference.error === null) return others;
    const facts = { ...factsOf(reference.error), ...agreeing(comparison) };
    return [{ participants: [reference.name], facts, ...adviceOf(reference.error) }, ...others];
  },
  message: ({ participants, facts }, { environment }) =>
    facts.environment === undefined
      ? `${participants[0]} could not be read: ${facts.message}.${amongThemselves(facts.agreeing)}`
      : `The reference of ${facts.environment} could not be read, so it is unknown whether ${environment} shares its secret: ${facts.message}.`,
  fix: ({ facts, advice }) => {
    if (advice !== undefined) return advice;
    return facts.environment === undefined
      ? 'Fix the access to it, or pass --expect FINGERPRINT.'
      : `Fix the access to it, or take ${facts.environment} out of \`crossCheck\`.`;
  },
};

const factsOf = ({ code, message, hint }: ReadError): { [key: string]: JsonValue } => ({
  error: code,
  message,
  ...(hint === undefined ? {} : { hint }),
});

/** The others are compared with each other all the same; where they differ, that is a finding of its own. */
function agreeing({ groups }: Comparison): { [key: string]: JsonValue } {
  const [only, ...more] = groups;
  return only === undefined || more.length > 0 || only.participants.length < 2
    ? {}
    : { agreeing: only.participants };
}

const amongThemselves = (names: JsonValue | undefined): string =>
  Array.isArray(names)
    ? ` ${list(names.map(String))} hold the same secret, but it is unknown whether that is the right one.`
    : '';
