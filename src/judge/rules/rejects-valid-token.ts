import type { Observations } from '../../model.js';
import { oneLine } from '../../schema/shell-quote.js';
import type { Comparison } from '../compare.js';
import { describeAttempt, distinct, list, participant } from '../phrases.js';
import { adopt } from '../remedies.js';
import type { Evidence, Rule } from '../rule.js';
import { factsOf, type RejectionFacts } from './shared/rejection-facts.js';
import { rejections } from './shared/token-rejected.js';

type Facts = MintsOther | RejectionFacts;

/** Its own tokens are rejected by services that accept those of the right secret. */
type MintsOther = {
  readonly refusedBy: readonly string[];
  readonly probes: readonly string[];
  readonly answers: readonly string[];
  readonly acceptedMinters: readonly string[];
};

/** The general code: a valid token is rejected, and no more specific cause is proved. */
export const rejectsValidToken: Rule<Facts> = {
  code: 'rejects-valid-token',
  family: 'token-refused',
  severity: 'by-role',
  title: 'A valid token is rejected',
  explanation:
    'The fingerprint does not differ, or none is reported, but a token signed with the right secret is rejected. The ' +
    'service may check other claims (issuer, audience), expect another algorithm or header field (`kid`), have a ' +
    'wrong clock, or use a key other than the one it reports. If a gateway verifies tokens as well, either of the ' +
    'two may reject it.',
  example:
    'backend_service reports 200718bd like every participant, but answers 401 to a token signed with that secret.',
  remedy:
    'Look for the reason in the log of the service, then compare what it expects (algorithm, header, iss, aud, ' +
    'clock) with `token` in the configuration.',
  proof: 'A token signed with the right secret was rejected, and no more specific cause is proved.',
  incidents: ['jjwt#315'],
  find: (observations, comparison) => [
    // Users carry its own tokens: if both apply, this fault is reported.
    ...mintingOthers(comparison),
    ...rejections(observations, comparison).map((refusal) => ({
      participants: [refusal.name],
      facts: factsOf(refusal, observations, comparison),
    })),
  ],
  message({ participants, facts }) {
    const said = (names: readonly string[] = []): string => list(names);
    const name = participants[0];
    if ('refusedBy' in facts) {
      const refuses =
        facts.refusedBy.length === 1 ? 'rejects, though it accepts' : 'reject, though they accept';
      return `${name} mints tokens that ${said(facts.refusedBy)} ${refuses} those of ${said(facts.acceptedMinters)}.`;
    }
    return [
      `${name} rejects valid tokens signed with the secret of ${said(facts.minters)} (${said(facts.probes)}).`,
      ...(facts.refusedTypes
        ? [`Only those of type ${said(facts.refusedTypes)}: ${said(facts.acceptedTypes)} is accepted.`]
        : []),
      ...(facts.acceptedMinters ? [`Those signed by ${said(facts.acceptedMinters)} are accepted.`] : []),
      ...(facts.ownToken
        ? ['It signed one of them itself: it verifies differently than it signs, or its replicas differ.']
        : []),
      ...(facts.accepts ? [`It accepts tokens signed with another key: ${said(facts.accepts)}.`] : []),
      ...(facts.layers !== undefined
        ? [
            facts.layers === 'one or two'
              ? 'A forged token gets another answer, of another form: either the signature is verified, or something in front verifies tokens as well.'
              : `${facts.layers === 'two' ? 'Two' : 'Probably two'} layers verify tokens: the first one rejects a forged token and accepts the valid one, the second one rejects it.`,
          ]
        : []),
      ...(facts.signatureVerified
        ? [
            'A forged token gets another answer: the signature is verified, and what comes after it rejects the token: a claim, the clock, or a check of its subject (account, session, rights).',
          ]
        : []),
      ...(facts.bytes !== undefined
        ? [
            `The secret has ${facts.bytes} bytes, and ${facts.algorithm} needs ${facts.leastBytes}: some libraries reject every token then. So does a service that holds another key.`,
          ]
        : []),
      ...(facts.lockedOut
        ? [
            'It says that an account or the caller is locked, blocked or over a limit, not that the token is wrong.',
          ]
        : []),
      ...(facts.changedMeanwhile
        ? ['Its answers changed during the check, so they prove nothing more.']
        : []),
      ...(facts.tried !== undefined && facts.tried > 0
        ? [
            facts.tried === 1
              ? 'One variant was tried; it was rejected.'
              : `${facts.tried} variants were tried; all were rejected.`,
          ]
        : []),
    ].join(' ');
  },
  fix: ({ participants, facts }, observations) =>
    'refusedBy' in facts
      ? adopt(observations, participants)
      : nextStep(participants[0] ?? '', facts, observations),
};

/** The next step for this participant. */
function nextStep(name: string, facts: RejectionFacts, observations: Observations): string {
  const who = oneLine(name);
  const said = `It answered: ${list(facts.answers, 2).replace(/\.$/, '')}.`;
  if (facts.layers === 'one or two') {
    return `${said} To a forged token: ${facts.toForged?.replace(/\.$/, '')}. Where ${who} gives both, its key is right: look in its log for what rejects the token then (a claim, the clock, the account of \`token.subject\`, its rights). Where a gateway gives one of them, point a probe at ${who} directly.`;
  }
  if (facts.layers !== undefined) {
    return `${said} To a forged token: ${facts.toForged}. Point a probe at the second layer directly, past the gateway, and compare its secret, issuer and audience with \`token\` in the configuration.`;
  }
  if (facts.lockedOut) {
    return `${said} Wait until that is over, or set \`token.subject\` to a user whose account is in order; then check again.`;
  }
  if (facts.otherClaims !== undefined) {
    return `${said} Tokens of ${list(facts.otherClaims)} are accepted there, and have another issuer or audience than \`token\` in the configuration: set \`token.issuer\` and \`token.audience\` to what real tokens say.`;
  }
  if (facts.changedMeanwhile) {
    return `${said} Wait until any lock-out or rate limit of ${who} is over, then check again with --controls none --no-follow-up.`;
  }
  if (facts.signatureVerified) {
    return `${said} Look for the reason in the log of ${who}; then compare the claims and the clock that it expects with \`token\` in the configuration, and check whether it knows \`token.subject\`.`;
  }
  const shows = participant(observations, name)?.reading != null;
  const key = shows
    ? 'Its fingerprint is right, so compare'
    : `Give ${who} a \`source\` so that its fingerprint can be compared; then compare`;
  const before = facts.forbidsAll
    ? ` A forged token and no token get the same answer: first check whether something rejects the request before ${who} looks at the token (a firewall, our address, a missing header, CSRF).`
    : '';
  return `${said}${before} Look for the reason in the log of ${who}. ${key} the algorithm, the header (\`kid\`, \`typ\`), issuer, audience and clock that it expects with \`token\` in the configuration.`;
}

/** Services that mint tokens of another key, as tokens of the right one prove. */
function mintingOthers({ tokens }: Comparison): Evidence<MintsOther>[] {
  return [...tokens.mintsOther].map(([name, { refused, taken }]) => ({
    participants: [name],
    facts: {
      refusedBy: distinct(refused.map((a) => a.participant)),
      probes: distinct(refused.map((a) => a.probe)),
      answers: distinct(refused.map(describeAttempt)),
      acceptedMinters: taken,
    },
  }));
}
