import type { Rule } from '../rule.js';

/** Without the reference there is nothing to compare with. */
export const referenceUnavailable: Rule = {
  code: 'reference-unavailable',
  family: 'could-not-tell',
  severity: 'warning',
  title: 'The reference could not be read',
  explanation:
    'The participant that is right by definition did not tell its fingerprint, so nothing can be promised, either way. ' +
    'It is not drift: permissions, credentials, a disabled version or the network are the usual reasons.',
  example: "Permission 'secretmanager.versions.access' denied on the secret (or it may not exist).",
  remedy: 'Mend the access, or give the expected fingerprint with --expect.',
  proof: 'Reading the reference ended in an error.',
  incidents: ['external-secrets#4042'],
  find(observations) {
    const reference = observations.participants.find((p) => p.name === observations.reference);
    if (reference === undefined || reference.error === null) return [];
    const { code, message, hint } = reference.error;
    return [
      {
        participants: [reference.name],
        facts: { error: code, message, ...(hint === undefined ? {} : { hint }) },
      },
    ];
  },
  message: ({ participants, facts }) => `${participants[0]} could not be read: ${facts.message}.`,
  fix: ({ facts }) =>
    typeof facts.hint === 'string' ? facts.hint : 'Mend the access to it, or pass --expect FINGERPRINT.',
};
