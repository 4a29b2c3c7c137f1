import { sameFingerprint } from '../../fingerprint.js';
import { fingerprintsOf } from '../compare.js';
import type { Rule } from '../rule.js';
import { distinct, list } from '../words.js';

/** The secret is one that anybody can look up. */
export const publishedDefault: Rule = {
  code: 'published-default',
  family: 'which-secret',
  severity: 'critical',
  title: 'The secret is published',
  explanation:
    'The secret is a default or an example that a well-known project publishes. Anybody can look it up and sign ' +
    'tokens that your services take. It is an alarm even where all agree.',
  example: 'Every service holds the secret of a tutorial.',
  remedy:
    'Generate a new secret (openssl rand -base64 48), store it at the reference, and redeploy every participant.',
  proof: 'The fingerprint is that of a published secret.',
  incidents: ['wallarm/jwt-secrets'],
  find(observations) {
    const published = observations.forms.filter((form) => form.code === 'published-default');
    const byLabel = new Map<string, { participants: string[]; seenIn: string[] }>();
    for (const found of observations.participants) {
      const shown = fingerprintsOf(found);
      const matches = published.filter((k) => shown.some((f) => sameFingerprint(f, k.fingerprint)));
      if (matches.length === 0) continue;
      const seenIn = distinct(matches.map((m) => m.text));
      const entry = byLabel.get(seenIn.join()) ?? { participants: [], seenIn };
      entry.participants.push(found.name);
      byLabel.set(seenIn.join(), entry);
    }
    return [...byLabel.values()].map(({ participants, seenIn }) => ({ participants, facts: { seenIn } }));
  },
  message({ participants, facts }) {
    const seenIn = Array.isArray(facts.seenIn) ? facts.seenIn.join(', ') : '';
    const verb = participants.length === 1 ? 'holds' : 'hold';
    return `${list(participants)} ${verb} a secret that anybody can look up (published by: ${seenIn}).`;
  },
  fix(_, observations) {
    const reference = observations.participants.find((p) => p.name === observations.reference);
    const match = /^projects\/([^/]+)\/secrets\/([^/]+)$/.exec(reference?.target ?? '');
    const command =
      match === null
        ? 'openssl rand -base64 48'
        : `openssl rand -base64 48 | tr -d '\\n' | gcloud secrets versions add ${match[2]} --project=${match[1]} --data-file=-`;
    return `Replace it now, and treat every token signed with it as forged:\n  ${command}`;
  },
};
