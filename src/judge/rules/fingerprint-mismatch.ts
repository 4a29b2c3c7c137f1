import { pinDiffersFromAll } from '../participants.js';
import { list, referenceName, verbFor } from '../phrases.js';
import { adopt } from '../remedies.js';
import type { Rule } from '../rule.js';
import { isKnownByProof } from '../signing.js';

type Facts =
  | { readonly groups: readonly { readonly fingerprint: string; readonly participants: readonly string[] }[] }
  | {
      readonly fingerprint: string | null;
      readonly expected: string | null;
      /** Its key is known only by proofs of possession. */
      readonly byProof?: true;
      /** All others agree on it: the pin may be wrong. */
      readonly agreed?: true;
    };

/** The general code: something differs, and no more specific cause is proved. */
export const fingerprintMismatch: Rule<Facts> = {
  code: 'fingerprint-mismatch',
  family: 'general',
  severity: 'by-role',
  joint: true,
  title: 'The fingerprint differs',
  explanation:
    'The participant signs and verifies with a secret other than that of the reference, and nothing that jwtcheck ' +
    'knows explains the difference. Tokens minted on one side are rejected on the other. Without a reference, a ' +
    'strict majority of all participants counts as right; without a majority, no participant is named.',
  example: 'secret_manager reports 200718bd, backend_service reports 5f3a9c01.',
  remedy: 'Find out where the participant reads its secret from, point it to the reference, and restart it.',
  proof: 'The fingerprint differs from the right one, and no variant of a known secret matches it.',
  incidents: ['superset#37753'],
  find(observations, comparison) {
    if (comparison.divided) {
      const groups = comparison.groups.map((g) => ({
        fingerprint: g.fingerprint,
        participants: g.participants,
      }));
      return [{ participants: [], facts: { groups } }];
    }
    const expected = comparison.reference?.fingerprint ?? comparison.groups[0]?.fingerprint ?? null;
    const shown = new Map(observations.participants.map((p) => [p.name, p.reading?.fingerprint ?? null]));
    const agreed = pinDiffersFromAll(observations, comparison.differing) ? ({ agreed: true } as const) : {};
    return comparison.differing.map((name) => ({
      participants: [name],
      facts: {
        fingerprint: shown.get(name) ?? null,
        expected,
        ...(isKnownByProof(comparison.signing.byParticipant.get(name)) ? ({ byProof: true } as const) : {}),
        ...agreed,
      },
    }));
  },
  message({ participants, facts }, observations) {
    if ('groups' in facts) {
      const count = facts.groups.length;
      return observations.reference === null
        ? `${count} different secrets are in use, and none has a majority: it is unknown which one is right.`
        : `${count} different secrets are in use, and ${observations.reference} could not be read to say which is right.`;
    }
    if (facts.fingerprint === null && facts.byProof)
      return `${list(participants)} ${verbFor(participants, 'proves', 'prove')} to hold another secret than ${referenceName(observations)}, and none that jwtcheck knows.`;
    if (facts.fingerprint === null)
      return `${list(participants)} ${verbFor(participants, 'signs', 'sign')} tokens with another secret than that of ${referenceName(observations)}, and with none that jwtcheck knows.`;
    if (facts.agreed) {
      const all = participants.length === 2 ? 'Both others' : `All ${participants.length} others`;
      return `${all} (${list(participants)}) agree on ${facts.fingerprint}; ${referenceName(observations)} is pinned to ${facts.expected}.`;
    }
    return `${list(participants)} ${verbFor(participants, 'holds', 'hold')} another secret than ${referenceName(observations)}.`;
  },
  fix({ participants, facts }, observations) {
    if ('groups' in facts) {
      return 'Name the participant that is right as `reference`, or give its fingerprint with --expect.';
    }
    if (facts.agreed) {
      return `Check the pin first: is ${facts.expected} the fingerprint of the secret that is meant? \`jwtcheck fingerprint\` prints that of a secret. Only if the pin is right, all of them hold a wrong secret.`;
    }
    return adopt(observations, participants);
  },
};
