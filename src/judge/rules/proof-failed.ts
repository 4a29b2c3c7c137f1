import { sameFingerprint } from '../../secret/fingerprint.js';
import { distinct, list, participant, referenceName, verbFor } from '../phrases.js';
import type { Rule } from '../rule.js';

type Facts = { readonly fingerprint: string; readonly proof: 'failed' };

/** The fingerprint is right, but the participant does not hold its secret. */
export const proofFailed: Rule<Facts> = {
  code: 'proof-failed',
  family: 'which-secret',
  severity: 'by-role',
  joint: true,
  title: 'The fingerprint is right, but the participant does not hold its secret',
  explanation:
    'Challenged to prove that it holds the secret of its fingerprint, the participant returned a proof that this ' +
    'secret does not produce. Its fingerprint is therefore not computed from the key in use: it comes from a ' +
    'configuration, was stored before a change, or is computed from a variable that the service does not sign with; ' +
    'or another party replays an old answer. An endpoint of your own may also compute its proofs in a way that ' +
    'differs from the specification.',
  example:
    'auth_service answers from a cache that was filled before the secret was rotated back and forth: its fingerprint ' +
    'is right again, but its key is not.',
  remedy:
    'Make the endpoint compute both the fingerprint and the proof from the key object that verifies tokens, on each ' +
    'request. Check an endpoint of your own against the test vectors in docs/endpoint.md.',
  proof:
    "The fingerprint is the reference's, but the answer to a new challenge is not a proof made with the reference's " +
    'secret.',
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
