import { sameFingerprint } from '../../secret/fingerprint.js';
import { distinct, list, participant, referenceName, verbFor } from '../phrases.js';
import type { Rule } from '../rule.js';

type Facts = { readonly fingerprint: string; readonly proof: 'failed' };

/** The fingerprint is right, and whoever showed it does not hold its secret. */
export const proofFailed: Rule<Facts> = {
  code: 'proof-failed',
  family: 'which-secret',
  severity: 'by-role',
  joint: true,
  title: 'The fingerprint is right, but its secret is not held',
  explanation:
    'Challenged to prove that it holds the secret whose fingerprint it shows, the participant answered with a proof that ' +
    'this secret does not give. So the fingerprint was not taken of the key in use: it stands in a configuration, was kept ' +
    'from before a change, or is taken of another variable than the one that the service signs with; or another party replays ' +
    "an old answer. Where the endpoint is one's own work, it may also compute its proofs in another way than specified.",
  example:
    'auth_service answers from a cache that was filled before the secret was rotated back and forth: its fingerprint is ' +
    'right again, its key is not.',
  remedy:
    'Have the endpoint take both the fingerprint and the proof of the very key object that verifies, at each request; ' +
    'check an endpoint of your own against the test vectors in docs/endpoint.md.',
  proof:
    "The fingerprint is the reference's, and the answer to a fresh challenge is no proof by the reference's secret.",
  incidents: [],
  find(observations, comparison) {
    const right = comparison.reference?.fingerprint;
    if (right === undefined) return [];
    return comparison.differing.flatMap((name) => {
      const found = participant(observations, name);
      if (found === undefined) return [];
      const failed = (found.reading?.proofs ?? []).filter(
        ({ outcome, fingerprint }) => outcome === 'failed' && sameFingerprint(fingerprint, right),
      );
      const [first] = failed;
      if (first === undefined) return [];
      const instances = distinct(failed.flatMap(({ instance }) => instance ?? []));
      return [
        {
          participants: [name],
          facts: { fingerprint: first.fingerprint, proof: 'failed' },
          ...(instances.length === 0 ? {} : { each: { instances } }),
        },
      ];
    });
  },
  message: ({ participants }, observations) =>
    `${list(participants)} ${verbFor(participants, 'shows', 'show')} the fingerprint of ${referenceName(observations)}, but ${verbFor(participants, 'does', 'do')} not hold that secret: the proof of possession is wrong.`,
  fix: ({ participants }) =>
    `In ${list(participants)}, look where the endpoint takes its fingerprint from: it has to be the key that verifies tokens, at each request. An endpoint of your own has to give the proofs of the test vectors (docs/endpoint.md).`,
};
