import type { Attempt, Observations } from '../../model.js';
import { redactTokens } from '../../secret/secret.js';
import type { Comparison } from '../compare.js';
import type { Answer } from '../compare-answers.js';
import { isDoubted } from '../inconclusive-answers.js';
import { isOnlyMint } from '../participants.js';
import { describeAttempt, distinct, list, participant } from '../phrases.js';
import { withoutVarying } from '../plain-words.js';
import { type Advice, remedyOf, stepsOf } from '../remedy-steps.js';
import { baselineOf, isUnreachable } from '../responses.js';
import type { Evidence, Rule } from '../rule.js';
import { type DoubtFacts, doubtFix, doubtMessage, doubtsIn } from './shared/doubts.js';
import { probeHint, proposedRejection } from './shared/probe-hints.js';

type Facts =
  | DoubtFacts
  | Unclear
  | { readonly notMinted: readonly string[] }
  /** `heldElsewhere`: another run of the same check could make valid tokens. */
  | { readonly noMinter: true; readonly heldElsewhere?: true };

type Unclear = {
  readonly tokens: readonly string[];
  readonly answers: readonly string[];
  /** These are only mentioned: they count as rejections. */
  readonly countsAsRefused: boolean;
  /** Matchers for answers that a forged token gets as well. */
  readonly asForged?: readonly string[];
  readonly hints: readonly string[];
};

/** The maximum number of remedies for the answers of one participant. */
const mostHints = 2;

/** A token got no clear answer. */
export const probeInconclusive: Rule<Facts> = {
  code: 'probe-inconclusive',
  family: 'could-not-tell',
  severity: 'warning',
  title: 'A probe got no clear answer',
  explanation:
    'The answer to a token was neither an acceptance nor a rejection: an error, a redirect, a page, or a timeout. Or ' +
    'only its status was clear: the body says something else, an open socket was not asked to verify the token, the ' +
    'answers changed during the check, or a lock-out or rate limit was in force before it. An error counts as a ' +
    'rejection of an invalid token if the same probe accepted the valid one. A rate limit, a redirect and a timeout ' +
    'do not.',
  example: 'The service answers 500 to an invalid signature.',
  remedy:
    'Look at the answer, then configure `accepted`, `rejected` and `misconfigured` of the probe to match it.',
  proof:
    'The answer matched neither `accepted` nor `rejected`; or a second look showed that it says nothing about the ' +
    'token.',
  incidents: ['sublinks-api#274'],
  find(observations, comparison) {
    const { unclear, erred, unproven, callerRefused, presumedRefused } = comparison.tokens;
    const perParticipant = observations.participants.flatMap(({ name, error }): Evidence<Unclear>[] => {
      const matters = (unclear.get(name) ?? [])
        .filter((a) => a.reason !== 'misconfigured' && a.reason !== 'not-minted' && !isDoubted(a))
        .filter((a) => callerRefused.get(name)?.includes(a) !== true)
        // An unreachable participant is reported elsewhere.
        .filter((a) => error === null || !isUnreachable(a));
      const mentioned = erred.get(name) ?? [];
      if (matters.length + mentioned.length === 0) return [];
      const all = [...matters, ...mentioned];
      const rejected = distinct(
        (presumedRefused.get(name) ?? []).flatMap((a) => proposedRejection(a, observations) ?? []),
      );
      const hints = distinctAdvice(
        (matters.length === 0 ? mentioned : matters).map((a) =>
          probeHint(a, kindOf(observations, a), {
            forged: rejectedOtherwise(a, observations),
            answers: isAnswered(a, observations),
            acceptsValid: acceptsValid(a, observations),
            redirectsApart: redirectsApart(a, observations),
          }),
        ),
      ).slice(0, mostHints);
      return [
        {
          participants: [name],
          advice: hints.flatMap(stepsOf),
          facts: {
            tokens: distinct(all.map((a) => a.token)),
            answers: distinct(all.map(describeAttempt)),
            countsAsRefused: matters.length === 0,
            ...(rejected.length > 0 ? { asForged: rejected } : {}),
            hints: hints.map((hint) => remedyOf(stepsOf(hint))),
          },
        },
      ];
    });
    const found: Evidence<Facts>[] = [
      ...notMinted(observations, comparison),
      ...doubtsIn(observations),
      ...perParticipant,
    ];
    // Without the reference or an agreement, no token is known to be valid: that is reported elsewhere.
    const someoneIsRight =
      observations.reference === null ? !comparison.divided : comparison.reference !== null;
    if (!someoneIsRight || unproven.length === 0) return found;
    const isHeld = observations.participants.some(
      ({ name, reading }) =>
        reading != null && reading.keyBytes !== null && comparison.agrees.get(name) === true,
    );
    return [
      ...found,
      { participants: unproven, facts: { noMinter: true, ...(isHeld ? { heldElsewhere: true } : {}) } },
    ];
  },
  message(evidence) {
    const { participants, facts } = evidence;
    if ('doubt' in facts) return doubtMessage({ ...evidence, facts });
    if ('noMinter' in facts) {
      if (facts.heldElsewhere === true)
        return `No valid token was presented to ${list(participants)}: the secret was not available where ${participants.length === 1 ? 'it was' : 'they were'} observed.`;
      return `No participant yields the secret, so no valid token could be minted for ${list(participants)}.`;
    }
    if ('notMinted' in facts) {
      return `${list(participants)} did not mint a usable token: ${list(facts.notMinted, 3)}.`;
    }
    const sentence = `${participants[0]} gave no clear answer to a token (${list(facts.tokens)}): ${list(facts.answers, 3)}`;
    if (facts.asForged !== undefined) {
      return `${sentence}. A forged token gets the same answer, so it may be how ${participants[0]} rejects tokens.`;
    }
    return facts.countsAsRefused
      ? `${sentence}. It counts as rejected, because the valid token was accepted.`
      : `${sentence}.`;
  },
  fix(evidence) {
    const { participants, facts } = evidence;
    if ('doubt' in facts) return doubtFix({ ...evidence, facts });
    if ('noMinter' in facts) {
      if (facts.heldElsewhere === true)
        return 'Give the run that observes them access to the secret, or compare fingerprints only: run all parts with --no-probes.';
      return 'Add a participant whose source yields the secret (Secret Manager, env, file, command) or a `mint` endpoint, or pass --no-probes.';
    }
    if ('notMinted' in facts) {
      if (facts.notMinted.every((why) => /answered (?:429|50\d)\b/.test(why)))
        return `${list(participants)} failed or limits the rate: check its log, and check again in a minute.`;
      return `Check \`mint.url\`, \`mint.method\`, \`mint.pointer\` and the credentials under \`mint\` of ${list(participants)}.`;
    }
    if (facts.asForged !== undefined) {
      return `If that is how ${participants[0]} rejects tokens, add to its probe: ${facts.asForged.join(' or ')}. jwtcheck then looks for the cause. If it is an error, check the log of ${participants[0]}.`;
    }
    if (evidence.advice !== undefined && evidence.advice.length > 0) return evidence.advice;
    return `Look at that answer, then configure what it means in the probe of ${participants[0]}: \`accepted\`, \`rejected\`, \`misconfigured\`.`;
  },
};

function distinctAdvice(all: readonly Advice[]): Advice[] {
  return [...new Map(all.map((advice) => [remedyOf(stepsOf(advice)), advice])).values()];
}

/** The answer to forged tokens, if the valid one got an error and every forged one was rejected with another answer. */
function rejectedOtherwise(attempt: Attempt, observations: Observations): Answer | undefined {
  const { token, status, closeCode, participant: name, probe } = attempt;
  if (token !== 'genuine' || closeCode !== null || status === null || status < 400) return undefined;
  if ([405, 426, 429].includes(status)) return undefined;
  const { forged } = baselineOf(observations, name, probe);
  const areRejected = forged.every((a) => a.result === 'rejected' && a.status !== status);
  return areRejected ? forged[0] : undefined;
}

/** Whether the probe answered another token, so that it is there. */
const isAnswered = ({ participant: name, probe }: Attempt, { attempts }: Observations): boolean =>
  attempts.some((a) => a.participant === name && a.probe === probe && a.status !== null && !isUnreachable(a));

/** Whether the probe accepted a valid token. */
const acceptsValid = ({ participant: name, probe }: Attempt, { attempts }: Observations): boolean =>
  attempts.some(
    (a) => a.participant === name && a.probe === probe && a.token === 'genuine' && a.result === 'accepted',
  );

/** Whether the probe redirects valid and forged tokens to different locations: no status distinguishes them then. */
function redirectsApart({ participant: name, probe }: Attempt, observations: Observations): boolean {
  const here = observations.attempts.filter((a) => a.participant === name && a.probe === probe);
  const places = (token: Attempt['token']): (string | null)[] =>
    here
      .filter((a) => a.token === token)
      .map(({ said }) => (said?.location == null ? null : withoutVarying(redactTokens(said.location))));
  const forged = places('forged');
  const valid = places('genuine');
  return (
    forged.length > 0 &&
    valid.some((place) => place !== null && forged.every((f) => f !== null && f !== place))
  );
}

const kindOf = (observations: Observations, { participant: name, probe }: Attempt): string | undefined =>
  participant(observations, name)?.probes.find((one) => one.name === probe)?.kind;

/** Services whose mint endpoint returned no token, for any participant. */
function notMinted({ attempts, participants }: Observations, { signing }: Comparison): Evidence<Facts>[] {
  // A fault of its tokens, or a read error, is another finding.
  const isCovered = new Set([
    ...signing.flawed.keys(),
    ...signing.signsOther,
    ...participants.filter((p) => isOnlyMint(p) && p.error !== null).map((p) => p.name),
  ]);
  const byMinter = new Map<string, string[]>();
  for (const { reason, minter, detail } of attempts) {
    if (reason !== 'not-minted' || minter === null || isCovered.has(minter)) continue;
    const beginning = `${minter} did not mint a usable token: `;
    const why = detail.startsWith(beginning) ? detail.slice(beginning.length) : detail;
    byMinter.set(minter, distinct([...(byMinter.get(minter) ?? []), why.replace(/\.$/, '')]));
  }
  // A mint endpoint without probes is called, too: in addition to a source, it shows which key signs.
  for (const { name, mintError } of participants) {
    if (mintError === undefined || isCovered.has(name) || byMinter.has(name)) continue;
    byMinter.set(name, [mintError.message.replace(/\.$/, '')]);
  }
  return [...byMinter].map(([minter, reasons]) => ({
    participants: [minter],
    facts: { notMinted: reasons },
  }));
}
