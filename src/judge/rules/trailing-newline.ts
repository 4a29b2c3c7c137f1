import type { Rule } from '../rule.js';
import { readCommand } from '../words.js';
import { proofs } from './proofs.js';

/** One side has a newline at the end of its key that the other does not have. */
export const trailingNewline: Rule = {
  code: 'trailing-newline',
  family: 'which-bytes',
  severity: 'by-role',
  title: 'A trailing newline is part of the key',
  explanation:
    'HMAC takes every byte. `echo secret | gcloud secrets versions add --data-file=-` stores a newline, as does an ' +
    'editor that ends a file with one; some readers trim it and some do not.',
  example: 'secret_manager holds "abc", backend_service reads a mounted file that holds "abc\\n".',
  remedy: 'Store the secret without it (`printf %s`, not `echo`), and have every service read it as it is.',
  proof: "One side's fingerprint is that of the other side's secret with a newline at its end.",
  incidents: ['google-cloud-python#10436', 'caddy-jwt#26', 'vercel-plugin#49'],
  find: (observations, comparison) =>
    proofs(observations, comparison, 'trailing-newline').map(({ suspect, form, wrong }) => ({
      participants: [suspect.name],
      facts: {
        fingerprint: suspect.reading?.fingerprint ?? null,
        form: `${form.of} ${form.text}`,
        newlineIn: wrong === 'suspect' ? suspect.name : (comparison.reference?.name ?? null),
      },
    })),
  message({ participants, facts }, observations) {
    return facts.newlineIn === participants[0]
      ? `${participants[0]} holds the secret of ${observations.reference} with a newline at its end.`
      : `${facts.newlineIn} holds a newline at the end of the secret; ${participants[0]} holds it without.`;
  },
  fix({ participants, facts }, observations) {
    if (facts.newlineIn === participants[0]) {
      return `Write the secret of ${participants[0]} again without the newline: printf %s, not echo.`;
    }
    const read = readCommand(observations);
    const match = /--secret=(\S+) --project=(\S+)/.exec(read ?? '');
    if (read === null || match === null)
      return `Store the secret of ${facts.newlineIn} again without the newline.`;
    return (
      'Add a version without the newline, then restart what read the old one:\n' +
      `  printf %s "$(${read})" | gcloud secrets versions add ${match[1]} --project=${match[2]} --data-file=-`
    );
  },
};
