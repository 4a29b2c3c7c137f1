import type { CandidateFacts } from '../../model.js';
import { list, referenceName, timeText, verbFor } from '../phrases.js';
import { renew } from '../remedies.js';
import type { Rule } from '../rule.js';
import { explanations } from './shared/explanations.js';

type Facts = CandidateFacts & { readonly fingerprint: string; readonly form: string };

/** It still holds the secret of an older version of the reference. */
export const staleSecretVersion: Rule<Facts> = {
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
  find: (observations, comparison) =>
    explanations(observations, comparison, 'stale-secret-version').map(({ suspect, form }) => ({
      participants: [suspect.name],
      facts: {
        fingerprint: suspect.reading?.fingerprint ?? form.fingerprint,
        form: form.undone ? `version ${form.facts.version}` : form.text,
        ...form.facts,
      },
    })),
  message({ participants, facts }, observations) {
    const since = facts.staleSince != null ? `, out of date since ${timeText(facts.staleSince)}` : '';
    return `${list(participants)} still ${verbFor(participants, 'holds', 'hold')} ${facts.form}${since}; ${referenceName(observations)} ${observations.reference === null ? 'are' : 'is'} at version ${facts.current}.`;
  },
  fix: ({ participants }, observations) => renew(observations, participants),
};
