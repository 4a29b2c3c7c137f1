import { baselineOf, blamesCaller } from '../answers.js';
import type { Rule } from '../rule.js';
import { distinct, told } from '../words.js';
import { refusals } from './token-refused.js';

/** The answer is about the caller, so it says nothing about the token. */
export const serviceCredentialsRejected: Rule = {
  code: 'service-credentials-rejected',
  family: 'token-refused',
  severity: 'by-role',
  title: "The caller's own credentials are refused",
  explanation:
    'The service did not look at the token: it refused the credentials that jwtcheck, like any service, has to send ' +
    'beside it. Nothing can be said about the secret before that is mended. Services with the same wrong credentials ' +
    'fail in just this way.',
  example: 'POST /auth/validate answers 403 invalid_service_secret.',
  remedy: 'Give jwtcheck, and every service, the service credentials that the participant expects.',
  proof:
    'The answer matched `misconfigured`; or it speaks of the caller and is the same for a genuine token, a forged one and none.',
  incidents: ['jupyterhub#1470'],
  find(observations, comparison) {
    const blaming = refusals(observations, comparison).flatMap(({ name, refused }) =>
      refused.filter((a) => blamesCaller(a, baselineOf(observations, name, a.probe))),
    );
    const misconfigured = observations.attempts.filter((a) => a.reason === 'misconfigured');
    return observations.participants.flatMap(({ name }) => {
      const met = misconfigured.filter((a) => a.participant === name);
      if (met.length === 0) met.push(...blaming.filter((a) => a.participant === name));
      if (met.length === 0) return [];
      return [{ participants: [name], facts: { answers: distinct(met.map(told)) } }];
    });
  },
  message: ({ participants }) =>
    `${participants[0]} refuses the caller's own credentials, so it never looked at the token.`,
  fix: ({ participants }) =>
    `Check the variables in the \`headers\` of the probes of ${participants[0]}: are they of this environment, and current?`,
};
