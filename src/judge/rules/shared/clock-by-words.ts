import type { Observations } from '../../../model.js';
import { clockSideSaid } from '../../claims.js';
import { sameAnswer } from '../../compare-answers.js';
import { hasChanged } from '../../follow-ups.js';
import { describeAttempt, distinct } from '../../phrases.js';
import { type Rejection, type Responses, responsesOf, toForged } from './token-rejected.js';

/** Evidence of a wrong clock, and its offset as far as it is known. */
export type ClockFacts = {
  readonly probe?: string;
  /** On which side of the local clock it is. */
  readonly side?: ClockSide;
  readonly seconds?: number;
  readonly atLeastSeconds?: number;
  readonly atMostSeconds?: number;
  readonly acceptsExpired?: true;
  readonly withoutLeeway?: true;
  /** The participant whose clock is wrong, or `this machine`. */
  readonly wrong?: string;
  /** The fault in the times of its own tokens, in words that follow "issues tokens". */
  readonly issued?: string;
  readonly unit?: 'milliseconds';
  /** Responses that complain of the time, and the one to a forged token. */
  readonly answers?: readonly string[];
  readonly toForged?: string;
};

export type ClockSide = 'ahead of' | 'behind';

/** A smaller offset of `Date` counts as right; milliseconds. */
const closeMs = 10_000;

/**
 * A wrong clock, according to the verifier's own words: it verified the signature of a fresh token. It reports this
 * token, but not a forged one, as expired or not valid yet.
 */
export function clockByWords(refusal: Rejection, observations: Observations): ClockFacts | null {
  for (const answers of responsesOf(refusal, observations)) {
    const facts = factsOf(answers, observations, refusal.name);
    if (facts !== null) return facts;
  }
  return null;
}

function factsOf(answers: Responses, observations: Observations, name: string): ClockFacts | null {
  const { probe, valid, refused, distinction } = answers;
  const forged = toForged(answers);
  if (distinction !== 'verified' || forged === null) return null;
  const side = clockSideSaid(valid, forged);
  if (side === null) return null;
  const { clockOffsetMs } = valid;
  const measured = clockOffsetMs !== undefined && Math.abs(clockOffsetMs) >= closeMs ? clockOffsetMs : null;
  if (measured !== null && (side === 'ahead of') !== measured > 0) return null;
  // A right `Date` may come from a proxy: then the words alone are not sufficient.
  if (clockOffsetMs !== undefined && measured === null && !isTreatedAs(side, answers, observations, name))
    return null;
  return {
    probe,
    side,
    ...(measured === null ? leastOf(side, answers) : { seconds: Math.round(Math.abs(measured) / 1000) }),
    answers: distinct(refused.map(describeAttempt)),
    toForged: forged.detail,
  };
}

/** Whether the answer equals the one to a token that has really expired, or is dated forward. */
function isTreatedAs(
  side: ClockSide,
  { valid, probe, followUps }: Responses,
  { attempts }: Observations,
  name: string,
): boolean {
  const comparable =
    side === 'ahead of'
      ? attempts.filter((a) => a.participant === name && a.probe === probe && a.token === 'expired')
      : followUps.filter(hasChanged('issued-at')).filter((t) => t.changed.seconds > 0);
  return comparable.length > 0 && comparable.every((other) => sameAnswer(valid, other));
}

/** A token that is dated forward has expired for it as well: its clock is ahead by more. */
function leastOf(side: ClockSide, { valid, followUps }: Responses) {
  if (side === 'behind') return {};
  const shifts = followUps
    .filter(hasChanged('issued-at'))
    .filter((t) => sameAnswer(valid, t))
    .map((t) => t.changed.seconds)
    .filter((seconds) => seconds > 0);
  return shifts.length === 0 ? {} : { atLeastSeconds: Math.max(...shifts) };
}
