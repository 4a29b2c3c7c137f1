import type { FollowUpResult } from '../model.js';
import { type Answer, sameAnswer, sameLayer } from './compare-answers.js';
import { hasChanged } from './follow-ups.js';
import { answered } from './responses.js';

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
