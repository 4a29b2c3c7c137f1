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
    "The participant proved with a new challenge that it holds the reference's secret, but reports another " +
    'fingerprint. The proof requires the secret, so the proof counts. The endpoint computes its fingerprint from ' +
    'bytes other than those it signs with: before they are trimmed or decoded, or from another variable. Or it ' +
    'reports another hash of the right bytes, such as MD5 or SHA-1.',
  example:
    'The endpoint hashes process.env.JWT_SECRET; its trailing newline is trimmed before the key is used.',
  remedy: 'Make the endpoint compute the fingerprint from the key object that verifies tokens.',
  proof:
    "The answer to a new challenge proves the reference's secret, but the fingerprint is another one; or the " +
    'reported value is another hash of that secret.',
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
