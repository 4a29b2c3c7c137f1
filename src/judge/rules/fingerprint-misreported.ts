import { hashShown } from '../compare.js';
import { list, participant, referenceName, verbFor } from '../phrases.js';
import type { Rule } from '../rule.js';

type Facts = {
  readonly fingerprint: string | null;
  readonly expected: string | null;
  /** The name of the hash that it reports instead. */
  readonly hash?: string;
};

/** It proved to hold the right secret, and shows the fingerprint of another. */
export const fingerprintMisreported: Rule<Facts> = {
  code: 'fingerprint-misreported',
  family: 'agreement',
  severity: 'warning',
  joint: true,
  title: 'The secret is right, but its fingerprint is not',
  explanation:
    "The participant proved with a fresh challenge that it holds the reference's secret, and yet shows another " +
    'fingerprint. A proof cannot be had without the secret, so it counts. The endpoint takes its fingerprint of other ' +
    'bytes than those it signs with: before they are trimmed or decoded, or of another variable. Or it shows another hash ' +
    'of the right bytes, such as MD5 or SHA-1.',
  example:
    'The endpoint hashes process.env.JWT_SECRET, whose newline at the end is trimmed before the key is used.',
  remedy: 'Have the endpoint take the fingerprint of the very key object that verifies.',
  proof:
    "The answer to a fresh challenge is the proof by the reference's secret, beside another fingerprint; or what is shown is another hash of that secret.",
  incidents: [],
  find: (observations, comparison) =>
    comparison.misreported.map((name) => ({
      participants: [name],
      facts: {
        fingerprint: participant(observations, name)?.reading?.fingerprint ?? null,
        expected: comparison.reference?.fingerprint ?? null,
        ...hashOf(hashShown(observations, participant(observations, name)?.reading?.fingerprint)),
      },
    })),
  message: ({ participants, facts }, observations) =>
    facts.hash !== undefined
      ? `${list(participants)} ${verbFor(participants, 'holds', 'hold')} the secret of ${referenceName(observations)}, but ${verbFor(participants, 'shows', 'show')} its ${facts.hash} instead of its SHA-256 (${facts.fingerprint}).`
      : `${list(participants)} proved to hold the secret of ${referenceName(observations)}, but ${verbFor(participants, 'shows', 'show')} another fingerprint (${facts.fingerprint}).`,
  fix: ({ participants, facts }) =>
    facts.hash !== undefined
      ? `In ${list(participants)}, have the endpoint show SHA-256 of the bytes that are used as the key, in hex.`
      : `Tokens pass. In ${list(participants)}, have the endpoint hash the bytes that are used as the key: not before they are trimmed or decoded.`,
};

const hashOf = (hash: string | null): { hash?: string } => (hash === null ? {} : { hash });
