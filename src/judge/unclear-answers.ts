import { type Attempt, type AttemptDoubt, attemptDoubts } from '../model.js';

/** Why an attempt is inconclusive only in comparison with others; `null` if it is not. */
export const doubtOf = ({ reason }: Attempt): AttemptDoubt | null =>
  attemptDoubts.find((doubt) => doubt === reason) ?? null;

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
