import { sameFingerprint } from '../../fingerprint.js';
import { keysOf } from '../keys-in-use.js';
import { adopt, rotateReference } from '../remedies.js';
import type { Rule } from '../rule.js';
import { distinct, list, verb } from '../words.js';

/** The secret is one that anybody can look up. */
export const publishedDefault: Rule = {
  code: 'published-default',
  family: 'which-secret',
  severity: 'critical',
  title: 'The secret is published',
  explanation:
    'The secret is a default or an example that a well-known project publishes. Anybody can look it up and sign ' +
    'tokens that your services take. It is an alarm even where all agree. Beside defaults that are known by name there ' +
    'is a public list of a hundred thousand secrets that were found in the open; then the list is named.',
  example: 'Every service holds the secret of a tutorial.',
  remedy:
    'Generate a new secret (openssl rand -base64 48), store it at the reference, and redeploy every participant.',
  proof:
    'The fingerprint is that of a published secret: of the public list 48 bits are compared where the secret is at ' +
    'hand, otherwise all digits that are shown, and only where a match by chance is less likely than one in 10,000.',
  incidents: ['wallarm/jwt-secrets'],
  find(observations, comparison) {
    const published = observations.forms.filter((form) => form.code === 'published-default');
    const byLabel = new Map<string, { participants: string[]; seenIn: string[] }>();
    for (const found of observations.participants) {
      const shown = keysOf(observations, comparison, found);
      const matches = published.filter((k) => shown.some((f) => sameFingerprint(f, k.fingerprint)));
      if (matches.length === 0) continue;
      const seenIn = distinct(matches.map((m) => m.text));
      const entry = byLabel.get(seenIn.join()) ?? { participants: [], seenIn };
      entry.participants.push(found.name);
      byLabel.set(seenIn.join(), entry);
    }
    return [...byLabel.values()].map(({ participants, seenIn }) => ({
      participants,
      // Where only some hold it that differ anyway, the right secret is another one.
      facts: { seenIn, isTheRightOne: !participants.every((name) => comparison.agrees.get(name) === false) },
    }));
  },
  message({ participants, facts }) {
    const seenIn = Array.isArray(facts.seenIn) ? facts.seenIn.join(', ') : '';
    return `${list(participants)} ${verb(participants, 'holds', 'hold')} a secret that anybody can look up (published by: ${seenIn}).`;
  },
  fix({ participants, facts }, observations) {
    const urgent = 'Treat every token signed with it as forged.';
    return facts.isTheRightOne === true
      ? `${urgent} ${rotateReference(observations)}`
      : `${urgent} ${adopt(observations, participants)}`;
  },
};
