import { sameFingerprint } from '../../secret/fingerprint.js';
import { rotateReference } from '../remedies.js';
import { withSentence } from '../remedy-steps.js';
import type { Rule } from '../rule.js';

type Facts = {
  readonly fingerprint: string;
  readonly environment: string;
  readonly reference: string | null;
};

/** Two environments that must differ hold the same secret. */
export const sharedAcrossEnvironments: Rule<Facts> = {
  code: 'shared-across-environments',
  family: 'hygiene',
  severity: 'critical',
  title: 'Two environments share one secret',
  explanation:
    'A token of one environment is valid in the other: anyone who can sign in to staging can sign in to production, ' +
    'as any user. `crossCheck` names the environments that must not share the secret of this one.',
  example: 'A token from staging is accepted in production.',
  remedy: 'Give each environment its own secret, and no access to those of other environments.',
  proof:
    "The fingerprint of a `crossCheck` environment's reference equals that of this environment's reference.",
  incidents: ['eAPD#3407'],
  find(observations, comparison) {
    const [only, ...more] = comparison.groups;
    const agreed = observations.reference === null && more.length === 0 ? only?.fingerprint : undefined;
    const right = comparison.reference?.fingerprint ?? agreed;
    if (right === undefined) return [];
    const participants =
      comparison.reference === null ? (only?.participants ?? []) : [comparison.reference.name];
    return observations.crossChecks.flatMap(({ environment, reference, fingerprints }) =>
      fingerprints.some((fingerprint) => sameFingerprint(fingerprint, right))
        ? [{ participants, facts: { fingerprint: right, environment, reference } }]
        : [],
    );
  },
  message: ({ facts }, { environment }) =>
    `${environment} and ${facts.environment} share one secret: a token of either opens the other.`,
  fix: ({ facts }, observations) =>
    withSentence(
      `Give ${observations.environment} its own secret; that of ${facts.environment} should be replaced too, for it was in use here.`,
      rotateReference(observations),
    ),
};
