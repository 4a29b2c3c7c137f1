import type { Rule } from '../rule.js';
import { list, referenceName } from '../words.js';

/** A rotation is under way, and both keys are accepted. */
export const rotationOverlap: Rule = {
  code: 'rotation-overlap',
  family: 'agreement',
  severity: 'info',
  title: 'A rotation is under way',
  explanation:
    'The participant signs with another key than the reference, but verifies with that key as well, and accepted a ' +
    'genuine token to prove it. That is how a rotation without an outage looks in the middle.',
  example: 'backend_service signs with version 6 and accepts versions 6 and 7.',
  remedy: 'Finish the rotation: have everyone sign with the new key, then drop the old one.',
  proof: "`accepts` names the reference's fingerprint, and a genuine token was accepted.",
  incidents: ['hono#2688', 'superset PR 43524'],
  find: (observations, comparison) =>
    comparison.overlapping.map((name) => ({
      participants: [name],
      facts: {
        fingerprint: observations.participants.find((p) => p.name === name)?.reading?.fingerprint ?? null,
        accepts: observations.participants.find((p) => p.name === name)?.reading?.accepts ?? [],
      },
    })),
  message: ({ participants }, observations) =>
    `${list(participants)} still signs with another key, and accepts that of ${referenceName(observations)} too.`,
  fix: ({ participants }) =>
    `Have ${participants[0]} sign with the new key, then drop the old one everywhere.`,
};
