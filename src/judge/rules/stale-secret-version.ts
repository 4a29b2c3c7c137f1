import { timeText } from '../phrases.js';
import { renew } from '../remedies.js';
import type { Rule } from '../rule.js';
import { otherVersionMessage, type VersionFacts, withOtherVersion } from './shared/other-version.js';

/** It still holds the secret of an older version of the reference. */
export const staleSecretVersion: Rule<VersionFacts> = {
  code: 'stale-secret-version',
  family: 'which-secret',
  severity: 'by-role',
  joint: true,
  title: 'An older version of the secret is in use',
  explanation:
    'The secret was rotated, but this participant still uses the old version. Cloud Run resolves secrets in ' +
    'environment variables when an instance starts, and most services read their secret once.',
  example:
    'secret_manager is at version 7; backend_service holds version 6, which it read before the rotation.',
  remedy:
    'Restart or redeploy the participant after a rotation; pin a version number and roll it out like code. If the participant has a `rollout` in the configuration, `jwtcheck fix` plans the restart.',
  proof: "The fingerprint matches an older enabled version of the reference's secret.",
  incidents: ['firebase-functions#1532', 'pm2#258'],
  find: (observations, comparison) => withOtherVersion(observations, comparison, 'stale-secret-version'),
  message(evidence, observations) {
    const { facts } = evidence;
    const since = facts.staleSince != null ? `, out of date since ${timeText(facts.staleSince)}` : '';
    return otherVersionMessage(evidence, observations, 'still', since);
  },
  fix: ({ participants }, observations) => renew(observations, participants),
};
