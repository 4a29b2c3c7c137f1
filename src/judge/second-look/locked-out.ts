import type { Attempt, FollowUpResult } from '../../model.js';
import { tokenOf } from '../follow-ups.js';
import { saysLockedOut } from '../lock-out.js';

/**
 * A lock-out or rate limit that was in force before any invalid token was presented: the valid token and a forged one
 * both get it. Then the token was not checked. If a forged token gets another answer, "account is locked" may be the
 * result for a verified token; then its rejection stands.
 * @returns the attempts that prove nothing
 */
export function lockedOut(
  attempts: readonly Attempt[],
  followUps: readonly FollowUpResult[],
): ReadonlySet<Attempt> {
  const valid = attempts.filter((a) => a.token === 'genuine' && isLockedOut(a));
  if (valid.length === 0) return new Set();
  const forged = [...attempts, ...followUps].filter((a) => tokenOf(a) === 'forged');
  const isMet = [...forged, ...followUps.filter((t) => t.changed.what !== 'nothing')].some(saysLockedOut);
  // Some valid tokens were accepted: what the others got was no account's, but a limit that had been reached.
  const isMixed = attempts.some((a) => a.token === 'genuine' && a.result === 'accepted');
  if (forged.length > 0 && !isMet && !isMixed) return new Set();
  const all = attempts.every((a) => a.token !== 'genuine' || a.result !== 'accepted');
  return new Set(all ? attempts.filter(isLockedOut) : valid);
}

const isLockedOut = (attempt: Attempt): boolean =>
  attempt.reason !== 'misconfigured' && attempt.reason !== 'not-minted' && saysLockedOut(attempt);
