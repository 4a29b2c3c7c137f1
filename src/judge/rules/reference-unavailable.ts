import type { ReadError, ReadErrorCode } from '../../model.js';
import type { Comparison } from '../compare.js';
import { list } from '../phrases.js';
import { adviceOf } from '../remedy-steps.js';
import type { Rule } from '../rule.js';

type Failure = { readonly error: ReadErrorCode; readonly message: string; readonly hint?: string };

type Facts =
  /** The participants that hold the same secret as each other. */
  | (Failure & { readonly agreeing?: readonly string[] })
  /** The reference of another environment. */
  | (Failure & { readonly environment: string; readonly reference: string | null });

/** Without the reference, no comparison is possible. */
export const referenceUnavailable: Rule<Facts> = {
  code: 'reference-unavailable',
  family: 'could-not-tell',
  severity: 'warning',
  title: 'The reference could not be read',
  explanation:
    'The participant that is right by definition could not be read, so the verdict is inconclusive. This is not ' +
    'drift: usual reasons are permissions, credentials, a disabled version or the network. The same applies to the ' +
    'reference of an environment in `crossCheck`: if it cannot be read, its secret may be the same.',
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
    'environment' in facts
      ? `The reference of ${facts.environment} could not be read, so it is unknown whether ${environment} shares its secret: ${facts.message}.`
      : `${participants[0]} could not be read: ${facts.message}.${amongThemselves(facts.agreeing)}`,
  fix: ({ facts, advice }) => {
    if (advice !== undefined) return advice;
    return 'environment' in facts
      ? `Fix the access to it, or remove ${facts.environment} from \`crossCheck\`.`
      : 'Fix the access to it, or pass --expect FINGERPRINT.';
  },
};

const factsOf = ({ code, message, hint }: ReadError): Failure => ({
  error: code,
  message,
  ...(hint === undefined ? {} : { hint }),
});

/** The other participants are still compared with each other; a difference is a separate finding. */
function agreeing({ groups }: Comparison): { readonly agreeing?: readonly string[] } {
  const [only, ...more] = groups;
  return only === undefined || more.length > 0 || only.participants.length < 2
    ? {}
    : { agreeing: only.participants };
}

const amongThemselves = (names: readonly string[] | undefined): string =>
  names === undefined
    ? ''
    : ` ${list(names)} hold the same secret, but it is unknown whether that is the right one.`;
