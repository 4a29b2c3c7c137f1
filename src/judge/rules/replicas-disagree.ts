import type { Rule } from '../rule.js';

/** Behind one address, replicas hold different secrets. */
export const replicasDisagree: Rule = {
  code: 'replicas-disagree',
  family: 'which-secret',
  severity: 'by-role',
  title: 'Replicas of one service disagree',
  explanation:
    'The same question, asked on fresh connections, got different answers: some replicas started before a change of ' +
    'the secret and some after, or each makes up a key of its own. Users see it as errors that come and go.',
  example: 'Three of five answers of auth_service show 200718bd, two show 9b1c0f2e.',
  remedy: 'Restart every replica, and have all of them read one pinned version of the secret.',
  proof:
    'Fresh connections to one address gave several fingerprints, or took and refused the same kind of token.',
  incidents: ['anyplot PR 11208', 'PostgREST#317', 'pgwatch#1544'],
  find(observations, comparison) {
    return comparison.split.flatMap((name) => {
      const found = observations.participants.find((p) => p.name === name);
      const instances = found?.reading?.instances ?? [];
      const ratio = new Map<string, number>();
      for (const i of instances) ratio.set(i.fingerprint, (ratio.get(i.fingerprint) ?? 0) + i.samples);
      const flips = comparison.tokens.flipping.has(name);
      const attempts = observations.attempts.filter((a) => a.participant === name && a.token === 'genuine');
      return [
        {
          participants: [name],
          facts: {
            ...(ratio.size > 1 ? { fingerprints: Object.fromEntries(ratio) } : {}),
            ...(flips && ratio.size <= 1
              ? {
                  accepted: attempts.filter((a) => a.result === 'accepted').length,
                  rejected: attempts.filter((a) => a.result === 'rejected').length,
                }
              : {}),
          },
        },
      ];
    });
  },
  message({ participants, facts }) {
    const { fingerprints } = facts;
    if (typeof fingerprints === 'object' && fingerprints !== null) {
      const parts = Object.entries(fingerprints).map(([fingerprint, count]) => `${count} × ${fingerprint}`);
      return `Replicas of ${participants[0]} hold different secrets: ${parts.join(', ')}.`;
    }
    return `Replicas of ${participants[0]} disagree: of the same genuine tokens ${facts.accepted} were accepted and ${facts.rejected} rejected.`;
  },
  fix: ({ participants }) =>
    `Restart every replica of ${participants[0]} (kubectl rollout restart, or a new revision), then check again.`,
};
