import {
  type Attempt,
  type AttemptDoubt,
  attemptDoubts,
  type FollowUpResult,
  type Observations,
} from '../model.js';
import { type Answer, sameAnswer } from './compare-answers.js';
import { probeKey } from './participants.js';
import { type Baseline, baselineOf } from './responses.js';
import { saysRejected } from './second-look/distinguishes-forged.js';

/** Statuses of a missing path or a wrong method, independent of the token (RFC 9110 §15.5). */
const wrongPlace: readonly number[] = [404, 405, 410, 501];
/** Temporary answers, about load or an unavailable service (RFC 4918 §11.3, RFC 6585 §4, RFC 9110 §15.6). */
const forAWhile: readonly number[] = [408, 423, 425, 429, 502, 503, 504];
/** Service restart, try again later, bad gateway (IANA WebSocket close codes). */
const closesForAWhile: readonly number[] = [1012, 1013, 1014];

/**
 * Whether an inconclusive answer to a valid token may be how this service rejects tokens: a forged token gets the same
 * answer, or, if the answers differ, it is an error that the service attributes to the request.
 */
export function mayBeRejection(attempt: Attempt, { forged, missing }: Baseline): boolean {
  const { status, closeCode, reason, result } = attempt;
  if (result !== 'inconclusive' || status === null) return false;
  // A success by its status, and a rejection by its body, for every token.
  if (reason === 'rejected-in-body') return forged.length > 0 && forged.every((a) => sameAnswer(attempt, a));
  if (reason === 'misconfigured' || reason === 'not-minted' || isDoubted(attempt)) return false;
  if (forAWhile.includes(status) || closesForAWhile.includes(closeCode ?? 0)) return false;
  const same = (other: Answer) => sameAnswer(attempt, other);
  if (wrongPlace.includes(status) && [...forged, ...missing].every(same)) return false;
  if (forged.some((a) => a.result === 'accepted')) return false;
  return forged.every(same) || isRejectedLikeForged(attempt, forged) || (status >= 400 && status < 500);
}

/** The same status and close code, in other words. */
const isRejectedLikeForged = ({ status, closeCode }: Attempt, forged: readonly Answer[]): boolean =>
  (status !== null && status >= 400) || closeCode !== null
    ? forged.every((a) => a.status === status && a.closeCode === closeCode)
    : false;

/** Whether a follow-up shows that the service checks tokens: a variant was accepted or verified. */
export const provesRejection = ({ changed, result, signatureVerified }: FollowUpResult): boolean =>
  changed.what !== 'nothing' && (result === 'accepted' || signatureVerified === true);

/**
 * The observations with presumed rejections that a follow-up proved as rejections: if a variant is accepted, the answer
 * to the unchanged token was a rejection, and so are equal answers to the controls.
 */
export function withProvedRejections(observations: Observations): Observations {
  const proved = new Set(observations.followUps.filter(provesRejection).map(probeKey));
  if (proved.size === 0) return observations;
  const refusals = observations.attempts.filter(
    (a) =>
      a.token === 'genuine' &&
      proved.has(probeKey(a)) &&
      mayBeRejection(a, baselineOf(observations, a.participant, a.probe)),
  );
  if (refusals.length === 0) return observations;
  const isRefusal = (attempt: Attempt): boolean =>
    attempt.result === 'inconclusive' &&
    refusals.some((one) => probeKey(one) === probeKey(attempt) && isSameRefusal(one, attempt));
  // A second look took a rejecting body for the success that its status states.
  const isRejectingBody = (followUp: FollowUpResult): boolean =>
    followUp.result === 'accepted' &&
    followUp.changed.what === 'nothing' &&
    refusals.some((one) => probeKey(one) === probeKey(followUp) && sameAnswer(one, followUp));
  return {
    ...observations,
    followUps: observations.followUps.map((t) => (isRejectingBody(t) ? { ...t, result: 'rejected' } : t)),
    attempts: observations.attempts.map((a) =>
      isRefusal(a) ? { ...a, result: 'rejected', reason: null } : a,
    ),
  };
}

/** The same answer; to a control also the same code in other words, or another body that rejects. */
const isSameRefusal = (refusal: Attempt, attempt: Attempt): boolean =>
  sameAnswer(refusal, attempt) ||
  (attempt.token !== 'genuine' && (isRejectedLikeForged(attempt, [refusal]) || isRejectedInBody(attempt)));

const isRejectedInBody = ({ reason, said }: Attempt): boolean =>
  reason === 'rejected-in-body' && said !== undefined && saysRejected(said);

/** Why an attempt is inconclusive only in comparison with others; `null` if it is not. */
export const doubtOf = ({ reason }: Attempt): AttemptDoubt | null =>
  attemptDoubts.find((doubt) => doubt === reason) ?? null;

/** The attempt as inconclusive in comparison with others. */
export const doubted = (attempt: Attempt, reason: AttemptDoubt, more = ''): Attempt => ({
  ...attempt,
  result: 'inconclusive',
  reason,
  detail: `${attempt.detail}${more}`,
});

/** Whether an attempt is inconclusive only in comparison with others. */
export const isDoubted = (attempt: Attempt): boolean => doubtOf(attempt) !== null;

/** Statuses of a limit or of a component before the service, which do not depend on the token. */
const saysNothing: readonly number[] = [408, 423, 425, 429, 503, 504];

/**
 * Whether an inconclusive answer to an invalid token is how a service rejects it, given that a valid one is accepted:
 * another status, an error, a dropped connection, a closed or silent socket. A rate limit, a redirect and a timeout say
 * nothing about the token.
 */
export function countsAsRejection(attempt: Attempt): boolean {
  const { status, reason, closeCode } = attempt;
  if (isDoubted(attempt) || reason === 'misconfigured' || reason === 'not-minted') return false;
  if (status === null) return reason === 'connection';
  if (closeCode !== null || status === 101) return true;
  return !saysNothing.includes(status) && !(status >= 300 && status < 400);
}
