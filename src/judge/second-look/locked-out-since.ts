import type { Attempt, FollowUpResult } from '../../model.js';
import { isOtherKind } from '../changed-meanwhile.js';
import { sameAnswer } from '../compare-answers.js';
import { tokenOf } from '../follow-ups.js';
import { countsAsRejection } from '../inconclusive-answers.js';
import { isAboutToken, saysLockedOut } from '../lock-out.js';
import { topicsOf } from '../topics.js';

/**
 * Rejections of forged tokens that a lock-out during the check may have caused, given that valid tokens were accepted
 * before: the answer says so, or it says nothing of the token and differs from the answer to another invalid one. A
 * valid token afterwards shows whether it was a lock-out.
 */
export function mayBeLockOut(attempts: readonly Attempt[]): Attempt[] {
  const invalid = attempts.filter((a) => a.token !== 'genuine');
  const isNew = (answer: Attempt): boolean => invalid.some((other) => isOtherKind(other, answer));
  return invalid
    .filter((a) => a.token === 'forged' && (a.result === 'rejected' || countsAsRejection(a)))
    .filter((a) => saysLockedOut(a) || (isNew(a) && !isAboutToken(topicsOf(a))));
}

/** The answers of a lock-out that began during the check: a valid token got the same one afterwards. */
export function lockedOutSince(
  attempts: readonly Attempt[],
  looked: readonly FollowUpResult[],
): ReadonlySet<Attempt> {
  const again = looked.filter((t) => tokenOf(t) === 'genuine' && t.result !== 'accepted');
  const isAccepted = (a: Attempt): boolean => a.token !== 'genuine' || a.result === 'accepted';
  if (again.length === 0 || !attempts.every(isAccepted)) return new Set();
  return new Set(mayBeLockOut(attempts).filter((a) => again.some((t) => sameAnswer(a, t))));
}
