import { sameFingerprint } from '../../fingerprint.js';
import type { Rule } from '../rule.js';
import { suspects } from './suspects.js';

/** It still holds what an older version of the reference's secret says. */
export const staleSecretVersion: Rule = {
  code: 'stale-secret-version',
  family: 'which-secret',
  severity: 'by-role',
  title: 'An older version of the secret is in use',
  explanation:
    'The secret was rotated, and this participant did not notice. Cloud Run resolves secrets in environment variables ' +
    'when an instance starts, and most services read their secret once.',
  example:
    'secret_manager is at version 7; backend_service holds version 6, which it read before the rotation.',
  remedy:
    'Restart or redeploy the participant after a rotation; pin a version number and roll it out like code.',
  find(observations, comparison) {
    const reference = observations.participants.find((p) => p.name === comparison.reference?.name);
    const current = Number(reference?.reading?.version);
    const older = (reference?.reading?.versions ?? []).filter((v) => Number(v.version) < current);
    return suspects(observations, comparison).flatMap((suspect) => {
      const shown = suspect.reading?.fingerprint;
      const match = older.find((v) => shown !== undefined && sameFingerprint(v.fingerprint, shown));
      if (match === undefined) return [];
      return [
        {
          participants: [suspect.name],
          facts: {
            fingerprint: match.fingerprint,
            version: match.version,
            createdAt: match.createdAt,
            current: reference?.reading?.version ?? null,
          },
        },
      ];
    });
  },
  message({ participants, facts }) {
    return `${participants[0]} still holds version ${facts.version}; the reference is at version ${facts.current}.`;
  },
  fix({ participants, facts }) {
    return `Restart or redeploy ${participants[0]}, so that it reads version ${facts.current}.`;
  },
};
