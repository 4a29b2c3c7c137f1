import type { CandidateFacts } from '../../model.js';
import { sameFingerprint } from '../../secret/fingerprint.js';
import { keysOf } from '../keys-in-use.js';
import { list, verbFor } from '../phrases.js';
import { adopt } from '../remedies.js';
import { text } from '../remedy-steps.js';
import type { Rule } from '../rule.js';
import { explainable, explanations } from './shared/explanations.js';

type Facts = CandidateFacts & { readonly fingerprint: string };

/** It holds the secret of another environment. */
export const wrongEnvironment: Rule<Facts> = {
  code: 'wrong-environment',
  family: 'which-secret',
  severity: 'by-role',
  joint: true,
  title: 'The secret of another environment is in use',
  explanation:
    'The participant reads the secret of another environment: a project or a file that was copied, or a variable of ' +
    'the wrong environment. Its tokens are valid in that environment, and tokens of its own environment are rejected.',
  example: 'backend_service of staging holds the secret of production.',
  remedy: 'Point it to the secret of its own environment, and remove its access to the other one.',
  proof: 'The fingerprint matches the reference of another environment.',
  incidents: ['eAPD#3407'],
  find(observations, comparison) {
    const proved = explanations(observations, comparison, 'wrong-environment').map(({ suspect, form }) => ({
      participants: [suspect.name],
      facts: { fingerprint: form.fingerprint, ...form.facts },
    }));
    const known = new Set(proved.flatMap((evidence) => evidence.participants));
    // References that only show a fingerprint.
    const shown = explainable(observations, comparison).flatMap((suspect) => {
      if (known.has(suspect.name)) return [];
      for (const fingerprint of keysOf(observations, comparison, suspect)) {
        for (const { environment, reference, fingerprints } of observations.crossChecks) {
          if (!fingerprints.some((other) => sameFingerprint(other, fingerprint))) continue;
          return [{ participants: [suspect.name], facts: { fingerprint, environment, reference } }];
        }
      }
      return [];
    });
    return [...proved, ...shown];
  },
  message: ({ participants, facts }, { environment }) =>
    `${list(participants)} ${verbFor(participants, 'holds', 'hold')} the secret of ${facts.environment}, not that of ${environment}.`,
  fix: ({ participants, facts }, observations) => [
    ...adopt(observations, participants),
    text(
      `Then check who may read the secret of ${facts.environment}: anyone who holds it can sign tokens for ${facts.environment}.`,
    ),
  ],
};
