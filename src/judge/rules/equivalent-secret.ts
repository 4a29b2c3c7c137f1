import { sameFingerprint } from '../../secret/fingerprint.js';
import { fingerprintsOf } from '../participants.js';
import { list, referenceName, verbFor } from '../phrases.js';
import { adopt } from '../remedies.js';
import { text } from '../remedy-steps.js';
import type { Rule } from '../rule.js';

type Facts = { readonly fingerprint: string | null; readonly form: string | null };

/** Different bytes that are the same HMAC key. */
export const equivalentSecret: Rule<Facts> = {
  code: 'equivalent-secret',
  family: 'agreement',
  severity: 'warning',
  joint: true,
  title: 'The bytes differ, but the HMAC key is the same',
  explanation:
    'HMAC pads a key with NUL bytes to the block size of its hash, and hashes a key that is longer than that. A ' +
    'secret with trailing NUL bytes, or the hash of a long secret, is therefore the same key: tokens are accepted. ' +
    'That is a coincidence, and it ends when the algorithm changes.',
  example: 'backend_service reads its secret into a buffer of 64 bytes whose end stays zero.',
  remedy: 'Make every participant hold exactly the same bytes.',
  proof:
    "The fingerprint matches the other side's secret with trailing NUL bytes, or its hash if it is longer than the " +
    'block.',
  incidents: ['duo_universal_csharp PR 23'],
  find(observations, comparison) {
    const everyShown = observations.participants.flatMap(fingerprintsOf);
    // What no participant reports is not the reason.
    const forms = observations.candidates.filter(
      (form) =>
        form.code === 'equivalent-secret' && everyShown.some((s) => sameFingerprint(s, form.fingerprint)),
    );
    return observations.participants
      .filter((p) => comparison.equivalent.includes(p.name))
      .map((found) => {
        const shown = fingerprintsOf(found);
        const form =
          forms.find((f) => f.of !== found.name && shown.some((s) => sameFingerprint(s, f.fingerprint))) ??
          forms.find((f) => f.of === found.name);
        return {
          participants: [found.name],
          facts: {
            fingerprint: found.reading?.fingerprint ?? null,
            form: form === undefined ? null : `${form.of} ${form.text}`,
          },
        };
      });
  },
  message: ({ participants, facts }, observations) =>
    `${list(participants)} ${verbFor(participants, 'holds', 'hold')} other bytes than ${referenceName(observations)}, but the same HMAC key${
      facts.form === null ? '' : ` (${facts.form})`
    }: tokens pass.`,
  fix: ({ participants }, observations) => [
    text('Nothing is broken. To have the same bytes everywhere:'),
    ...adopt(observations, participants),
  ],
};
