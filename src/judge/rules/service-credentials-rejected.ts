import { describeAttempt, distinct } from '../phrases.js';
import type { Rule } from '../rule.js';

type Facts = { readonly answers: readonly string[] };

/** The answer is about the caller, so it says nothing about the token. */
export const serviceCredentialsRejected: Rule<Facts> = {
  code: 'service-credentials-rejected',
  family: 'token-refused',
  severity: 'error',
  title: "The caller's own credentials are rejected",
  explanation:
    'The service did not look at the token. It rejected the credentials that jwtcheck, like any caller, has to send ' +
    'with it. The secret cannot be checked until that is fixed, so the verdict is inconclusive. Services with the ' +
    'same wrong credentials fail in the same way.',
  example: 'POST /auth/validate answers 403 invalid_service_secret.',
  remedy: 'Give jwtcheck, and every service, the credentials that the participant expects.',
  proof:
    'The answer matched `misconfigured`; or it refers to the caller, is the same for a valid token, a forged token ' +
    'and no token, and no other token was accepted.',
  incidents: ['jupyterhub#1470'],
  find(observations, comparison) {
    const misconfigured = observations.attempts.filter((a) => a.reason === 'misconfigured');
    return observations.participants.flatMap(({ name }) => {
      const matched = misconfigured.filter((a) => a.participant === name);
      const answers = matched.length > 0 ? matched : (comparison.tokens.callerRefused.get(name) ?? []);
      return answers.length === 0
        ? []
        : [{ participants: [name], facts: { answers: distinct(answers.map(describeAttempt)) } }];
    });
  },
  message: ({ participants }) =>
    `${participants[0]} rejects the caller's own credentials, so it never looked at the token.`,
  fix: ({ participants }) =>
    `Check the variables in the \`headers\` of the probes of ${participants[0]}: are they of this environment, and current?`,
};
