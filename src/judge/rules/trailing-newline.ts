import { sameFingerprint } from '../../fingerprint.js';
import type { Rule } from '../rule.js';
import { readCommand } from '../words.js';
import { suspects } from './suspects.js';

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
  find(observations, comparison) {
    const { reference } = comparison;
    if (reference === null) return [];
    const right = observations.participants.find((p) => p.name === reference.name);
    return suspects(observations, comparison).flatMap((suspect) => {
      const shown = suspect.reading?.fingerprint;
      if (shown === undefined) return [];
      const newline = { code: 'trailing-newline' };
      const ofReference = right?.reading?.forms.find(
        (f) => f.code === newline.code && sameFingerprint(f.fingerprint, shown),
      );
      const ofSuspect = suspect.reading?.forms.find(
        (f) => f.code === newline.code && sameFingerprint(f.fingerprint, reference.fingerprint),
      );
      const proof = ofReference ?? ofSuspect;
      if (proof === undefined) return [];
      const suspectHasIt = ofReference === undefined ? proof.undone : !proof.undone;
      return [
        {
          participants: [suspect.name],
          facts: {
            fingerprint: shown,
            form: ofReference === undefined ? `${suspect.name} ${proof.text}` : `reference ${proof.text}`,
            newlineIn: suspectHasIt ? suspect.name : reference.name,
          },
        },
      ];
    });
  },
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
