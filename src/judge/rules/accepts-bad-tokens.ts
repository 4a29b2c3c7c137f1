import type { Attempt, Observations, StandardControl } from '../../model.js';
import { describeAttempt, distinct, list } from '../phrases.js';
import type { Evidence, Rule } from '../rule.js';
import { wasExpiredLongAgo } from '../second-look/slow-clock.js';

type Facts = { readonly probes: readonly string[]; readonly answers: readonly string[] };

interface Words {
  readonly title: string;
  readonly explanation: string;
  readonly example: string;
  readonly remedy: string;
  readonly what: string;
  readonly incidents: readonly string[];
}

const words: Record<StandardControl, Words> = {
  forged: {
    what: 'a token signed with a random key',
    incidents: ['SignalK PR 1401', 'NexaSphere#1866'],
    title: 'A forged token is accepted',
    explanation:
      'A token signed with a random key was accepted: the signature is not verified. Anyone can impersonate any user. ' +
      'That the valid token is accepted, too, proves nothing.',
    example: 'The service calls decode() instead of verify().',
    remedy: 'Verify the signature, with a fixed list of algorithms, before you read any claim.',
  },
  missing: {
    what: 'no token at all',
    incidents: ['SignalK#1396'],
    title: 'A missing token is accepted',
    explanation:
      'A request without a token was answered as if it had one. Either the endpoint does not need a token, and so ' +
      'proves nothing about the secret, or authentication is off.',
    example: 'The probe points to /health, or to a single-page app that answers 200 to everything.',
    remedy:
      'Point the probe to an endpoint that requires a token. If this endpoint should require one, turn authentication ' +
      'on.',
  },
  expired: {
    what: 'an expired token',
    incidents: [],
    title: 'An expired token is accepted',
    explanation:
      'Tokens past their exp (RFC 7519 §4.1.4) were accepted. One of them expired more than a year ago, which no clock ' +
      'explains: a stolen token never expires.',
    example: 'The library is called with ignoreExpiration.',
    remedy: 'Check exp, with a leeway of at most a minute or two.',
  },
  unsigned: {
    what: 'an unsigned token (alg none)',
    incidents: [],
    title: 'An unsigned token is accepted',
    explanation:
      'A token with "alg": "none" and an empty signature was accepted (RFC 8725 §3.1): anyone can impersonate any user.',
    example: 'The verifier uses the algorithm that the token names.',
    remedy: 'Verify with a fixed list of algorithms that does not include none.',
  },
  tampered: {
    what: 'a token with a changed signature',
    incidents: ['jwtk/jjwt#123'],
    title: 'A tampered token is accepted',
    explanation:
      'One character in the middle of the signature was changed, and the token was still accepted: the signature is ' +
      'not verified, or the result of an earlier verification was reused for another token.',
    example: 'A cache uses the claims as its key instead of the whole token.',
    remedy: 'Verify the whole signature of every token, and use the whole token as the key of caches.',
  },
};

function rule(control: StandardControl): Rule<Facts> {
  const { what, ...told_ } = words[control];
  return {
    code: `accepts-${control}-token`,
    family: 'wrongly-taken',
    severity: 'critical',
    ...told_,
    proof:
      control === 'expired'
        ? 'A token that expired an hour ago was accepted, and so was one that expired a year ago; by a clock that is not known, one that expired in 1970, too.'
        : `The ${control} token was accepted, and its answer is like that to a valid one.`,
    find(observations, comparison) {
      return observations.participants.flatMap(({ name }) => {
        const taken = (comparison.tokens.controls.get(name) ?? []).filter(
          (a) => a.token === control && a.result === 'accepted' && isProved(a, observations),
        );
        if (taken.length === 0) return [];
        return [
          {
            participants: [name],
            facts: {
              probes: distinct(taken.map((a) => a.probe)),
              answers: distinct(taken.map(describeAttempt)),
            },
          },
        ];
      });
    },
    message({ participants, facts }) {
      return `${participants[0]} accepts ${what} (${list(facts.probes)}).`;
    },
    fix: (evidence, observations) =>
      control !== 'missing' && isOpenToAll(evidence, observations)
        ? `A request without a token is accepted there as well: see accepts-missing-token first. If a token should be required there: ${told_.remedy}`
        : told_.remedy,
  };
}

/** Whether all these probes also accept requests without a token: then the endpoint may not check tokens. */
function isOpenToAll({ participants, facts }: Evidence<Facts>, { attempts }: Observations): boolean {
  return facts.probes.every((probe) =>
    attempts.some(
      (a) =>
        a.participant === participants[0] &&
        a.probe === probe &&
        a.token === 'missing' &&
        a.result === 'accepted',
    ),
  );
}

/** For a clock that is behind, a token that expired an hour ago may be valid; one that expired a year ago is not. */
function isProved(attempt: Attempt, observations: Observations): boolean {
  return attempt.token !== 'expired' || wasExpiredLongAgo(observations, attempt) === 'accepted';
}

/** One rule for each kind of token that must be rejected. */
export const acceptsBadTokens: readonly Rule[] = [
  rule('forged'),
  rule('missing'),
  rule('unsigned'),
  rule('tampered'),
  rule('expired'),
];
