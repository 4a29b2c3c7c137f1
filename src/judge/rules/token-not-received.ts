import { oneLine } from '../../schema/shell-quote.js';
import { describeAttempt, distinct, list } from '../phrases.js';
import { isSaidToBeAbsent } from '../responses.js';
import type { Rule } from '../rule.js';
import { isProof, provedBy, rejections, responsesOf } from './shared/token-rejected.js';

type Facts =
  | {
      readonly probe: string;
      readonly acceptedWith: string;
      readonly headers: { readonly [name: string]: string };
    }
  | { readonly probes: readonly string[]; readonly answers: readonly string[] };

/** The token does not reach the verifier. */
export const tokenNotReceived: Rule<Facts> = {
  code: 'token-not-received',
  family: 'token-refused',
  severity: 'by-role',
  title: 'The token does not reach the verifier',
  explanation:
    'The service reports a missing token, with the same answer to a valid token, a forged token and no token. It ' +
    'reads the token from another place than the one that jwtcheck uses: another header, another prefix (`JWT` ' +
    'instead of `Bearer`), or a cookie. Or a proxy in front of it removes the token: Apache with CGI or mod_wsgi ' +
    'drops `Authorization` by default, and so do some proxies. Nothing is known about the secret.',
  example:
    '"Authentication credentials were not provided." to every token; the service reads "Authorization: JWT …".',
  remedy:
    'Send the token where the service reads it, with `headers` and `{{token}}` in the probe; configure proxies to ' +
    'pass the Authorization header on.',
  proof:
    'A valid token, a forged token and no token got the same answer, which reports a missing token; or the same ' +
    'token was accepted in another place.',
  incidents: ['home-assistant#16306', 'SignalK#1396'],
  find(observations, comparison) {
    const byFollowUp = provedBy(observations, comparison, 'placement').map(
      ({ name, followUps: [followUp] }) => ({
        participants: [name],
        facts: {
          probe: followUp.probe,
          acceptedWith: followUp.text,
          headers: followUp.changed.headers,
        },
      }),
    );
    const proved = new Set(byFollowUp.flatMap((e) => e.participants));
    const byWords = rejections(observations, comparison).flatMap((refusal) => {
      const { name } = refusal;
      if (proved.has(name) || observations.followUps.some((t) => t.participant === name && isProof(t)))
        return [];
      const absent = responsesOf(refusal, observations).filter(({ valid, baseline }) =>
        isSaidToBeAbsent(valid, baseline),
      );
      if (absent.length === 0) return [];
      return [
        {
          participants: [name],
          facts: {
            probes: absent.map((one) => one.probe),
            answers: distinct(absent.flatMap((one) => one.refused.map(describeAttempt))),
          },
        },
      ];
    });
    return [...byFollowUp, ...byWords];
  },
  message({ participants, facts }) {
    const name = participants[0];
    if ('acceptedWith' in facts) {
      return `${name} looks for the token in another place (${facts.probe}): it accepts it as ${facts.acceptedWith}.`;
    }
    return `The token does not reach ${name} (${list(facts.probes)}): it reports a missing token, whether a token is sent or not.`;
  },
  fix({ participants, facts }) {
    const name = oneLine(participants[0] ?? '');
    if ('acceptedWith' in facts) {
      return `Add this to the probe of ${name}: "headers": ${JSON.stringify(facts.headers)}.`;
    }
    return [
      `Look up where ${name} reads its token, and put {{token}} there in the \`headers\` of its probe, for example "headers": { "authorization": "JWT {{token}}" }.`,
      'If that is right already, check the proxy in front of it: does it pass the Authorization header on?',
    ].join(' ');
  },
};
