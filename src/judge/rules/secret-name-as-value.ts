import { sameFingerprint } from '../../secret/fingerprint.js';
import { list, referenceName, verbFor } from '../phrases.js';
import { adopt, rotateReference } from '../remedies.js';
import type { Rule } from '../rule.js';
import { explainable, explanations } from './shared/explanations.js';

type Facts = {
  readonly fingerprint: string;
  readonly form: string;
  readonly blames: 'participant' | 'reference';
};

/** The name of the secret is used as the secret. */
export const secretNameAsValue: Rule<Facts> = {
  code: 'secret-name-as-value',
  family: 'which-secret',
  severity: 'by-role',
  joint: true,
  title: 'The name of the secret is used as the secret',
  explanation:
    'The value is only a name: that of the secret, of the variable or of the file. The step that looks the value up ' +
    'was left out, or got the name as its value. Anyone who knows the name can sign tokens.',
  example: 'The variable JWT_SECRET of backend_service is set to "jwt-secret-…", the name of the secret.',
  remedy:
    'Make the step that looks the secret up return its value, and stop at start if the value is too short.',
  proof: 'The fingerprint matches a name in the configuration.',
  incidents: ['jac#9003', 'the incident that led to jwtcheck'],
  find(observations, comparison) {
    const proved = explanations(observations, comparison, 'secret-name-as-value').map(
      ({ suspect, form }) => ({
        participants: [suspect.name],
        facts: { fingerprint: form.fingerprint, form: form.text, blames: 'participant' as const },
      }),
    );
    const right = comparison.reference?.fingerprint;
    const own =
      right === undefined
        ? undefined
        : observations.candidates.find(
            (form) => form.code === 'secret-name-as-value' && sameFingerprint(form.fingerprint, right),
          );
    if (own === undefined) return proved;
    const known = new Set(proved.flatMap((evidence) => evidence.participants));
    const others = explainable(observations, comparison).filter((suspect) => !known.has(suspect.name));
    const facts = { fingerprint: own.fingerprint, form: own.text, blames: 'reference' } as const;
    return [...proved, ...others.map(({ name }) => ({ participants: [name], facts }))];
  },
  message({ participants, facts }, observations) {
    return facts.blames === 'reference'
      ? `${referenceName(observations)} itself holds ${facts.form} where the secret should be; ${list(participants)} ${verbFor(participants, 'holds', 'hold')} another value.`
      : `${list(participants)} ${verbFor(participants, 'holds', 'hold')} ${facts.form} where the secret should be.`;
  },
  fix: ({ participants, facts }, observations) =>
    facts.blames === 'reference' ? rotateReference(observations) : adopt(observations, participants),
};
