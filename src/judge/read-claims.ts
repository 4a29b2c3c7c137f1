import type { Trial } from '../model.js';
import { type Answer, sameAnswer, sameLayer } from './compare-answers.js';
import { answered } from './responses.js';

/**
 * The claims that a verifier reads: without one of them a token is still rejected, but in another way. That it reads a
 * claim does not make it the reason: it may only want it to be there.
 */
export function readClaims(trials: readonly Trial[], valid: Answer): string[] {
  return claimsOf(trials, 'absent', (trial) => isOwnAnswer(trial, valid) && !sameAnswer(trial, valid));
}

/**
 * The claim that is the reason of the refusal, as far as experiments tell: the only one that is read and makes no
 * difference where its value is another one that nobody has.
 */
export function claimAtFault(trials: readonly Trial[], valid: Answer): string | null {
  const makesNoDifference = new Set(claimsOf(trials, 'otherValue', (trial) => sameAnswer(trial, valid)));
  const [only, ...others] = readClaims(trials, valid).filter((claim) => makesNoDifference.has(claim));
  return only === undefined || others.length > 0 ? null : only;
}

const isOwnAnswer = (trial: Trial, valid: Answer): boolean =>
  trial.result !== 'accepted' && answered(trial) && sameLayer(trial, valid);

function claimsOf(
  trials: readonly Trial[],
  fact: 'absent' | 'otherValue',
  holds: (trial: Trial) => boolean,
): string[] {
  const claims = trials.flatMap((trial) =>
    trial.vary === 'claim' &&
    trial.facts[fact] === true &&
    typeof trial.facts.claim === 'string' &&
    holds(trial)
      ? [trial.facts.claim]
      : [],
  );
  return [...new Set(claims)];
}
