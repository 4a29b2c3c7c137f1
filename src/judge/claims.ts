import type { FollowUpResult } from '../model.js';
import { type Answer, sameAnswer, sameLayer } from './compare-answers.js';
import { hasChanged } from './follow-ups.js';
import { plainWords } from './plain-words.js';
import { answered } from './responses.js';
import { topicsOf } from './topics.js';

/**
 * The claim that the answer to a valid token rejects while the answer to a forged one does not; `null`: none or
 * several, according to the words.
 */
export function claimComplainedOf(valid: Answer, forged: Answer): string | null {
  const known = topicsOf(forged).claims;
  const [claim = null, ...more] = topicsOf(valid).claims.filter((name) => !known.includes(name));
  return more.length === 0 ? claim : null;
}

/** The time that the answer to a valid token rejects while the answer to a forged one does not. */
export function timeComplainedOf(valid: Answer, forged: Answer): 'expired' | 'not-yet-valid' | null {
  const { time } = topicsOf(valid);
  return time === topicsOf(forged).time ? null : time;
}

/** The subject of a claim. */
const thing =
  '(?:user|account|member|customer|tenant|organi[sz]ation|workspace|device|identity|person|profile|principal)s?';
const ofLookup = new RegExp(
  `\\b${thing}(?: id| with)?\\b.{0,40}\\b(?:not (?:be )?(?:found|known|active|exist|enabled)|(?:does not|doesn't|no longer) exists?|unknown|inactive|disabled|deactivated|deleted|blocked|suspended)\\b|\\b(?:unknown|no such|no|inactive|disabled|invalid) ${thing}\\b`,
);

/** Whether an answer states that the subject of a claim (a user, a tenant) does not exist or is not active. */
export function speaksOfLookup({ said, detail }: Pick<Answer, 'said' | 'detail'>): boolean {
  return (said?.words ?? [detail]).some((word) => ofLookup.test(plainWords(word)));
}

/** The expired thing may not be the token. */
const ofAnotherThing =
  /\b(?:or|session|revoked|password|licen[cs]e|subscription|followUp|certificate|account)\b/;

/**
 * The direction in which the clock of a verifier is off if it rejects a fresh token's times: `ahead of` if the token
 * has expired for it, `behind` if it is not valid yet; `null` if the words are not clear.
 */
export function clockSideSaid(valid: Answer, forged: Answer): 'ahead of' | 'behind' | null {
  const time = timeComplainedOf(valid, forged);
  const words = valid.said?.words ?? [valid.detail];
  if (time === null || words.some((word) => ofAnotherThing.test(plainWords(word)))) return null;
  return time === 'expired' ? 'ahead of' : 'behind';
}

/**
 * The claims that a verifier reads: without one of them a token is still rejected, but with another answer. Reading a
 * claim does not make it the reason: the verifier may only require that it exists.
 */
export function readClaims(followUps: readonly FollowUpResult[], valid: Answer): string[] {
  return claimsOf(
    followUps,
    'absent',
    (followUp) => isOwnAnswer(followUp, valid) && !sameAnswer(followUp, valid),
  );
}

/**
 * The claim that causes the rejection, as far as variants show: the only one that is read, and whose answer stays the
 * same with a value that no service expects.
 */
export function claimAtFault(followUps: readonly FollowUpResult[], valid: Answer): string | null {
  const makesNoDifference = new Set(
    claimsOf(followUps, 'otherValue', (followUp) => sameAnswer(followUp, valid)),
  );
  const [only, ...others] = readClaims(followUps, valid).filter((claim) => makesNoDifference.has(claim));
  return only === undefined || others.length > 0 ? null : only;
}

const isOwnAnswer = (followUp: FollowUpResult, valid: Answer): boolean =>
  followUp.result !== 'accepted' && answered(followUp) && sameLayer(followUp, valid);

function claimsOf(
  followUps: readonly FollowUpResult[],
  fact: 'absent' | 'otherValue',
  holds: (followUp: FollowUpResult) => boolean,
): string[] {
  const claims = followUps
    .filter(hasChanged('claim'))
    .flatMap((followUp) =>
      followUp.changed[fact] === true && holds(followUp) ? (followUp.changed.claim ?? []) : [],
    );
  return [...new Set(claims)];
}
