import type { Attempt, FollowUpResult, Said } from '../../model.js';
import { sameStructure, sameWords } from '../compare-answers.js';
import { tokenOf, unchangedOf } from '../follow-ups.js';
import { doubted } from '../inconclusive-answers.js';
import { distinguishesForged, saysRejected } from './distinguishes-forged.js';
import { memberText } from './distinguishing-matcher.js';

/** Tokens that were accepted by status alone, although the bodies distinguish them. */
export function withoutDistinguished(
  attempts: readonly Attempt[],
  looked: readonly FollowUpResult[],
): readonly Attempt[] {
  const accepted = attempts.filter((a) => a.result === 'accepted');
  const valid = accepted.filter((a) => a.token === 'genuine');
  const invalid = accepted.filter((a) => a.token !== 'genuine');
  if (valid.length === 0 || invalid.length === 0) return attempts;
  const saidTo = (token: Attempt['token']): Said[] =>
    [...attempts, ...looked].flatMap((a) =>
      tokenOf(a) === token && a.result === 'accepted' && a.said !== undefined ? [a.said] : [],
    );
  const toValid = saidTo('genuine');
  const late = lateAnswer(valid, looked);
  if (late !== null) {
    const isLate = (a: Attempt): boolean =>
      a.token !== 'genuine' && a.result === 'accepted' && a.said !== undefined && sameStructure(a.said, late);
    return attempts.map((a) => (isLate(a) ? doubted(a, 'changed-meanwhile') : a));
  }
  const differences = new Map(
    [...new Set(invalid.map((a) => a.token).filter((token) => token !== 'retired'))].map((token) => [
      token,
      distinguishesForged(toValid, withLike(saidTo(token), saidTo('forged'))),
    ]),
  );
  const alike = [...differences].filter(([, difference]) => difference === null).map(([token]) => token);
  if (alike.includes('forged') && toValid.length > 0 && toValid.every(saysRejected))
    return attempts.map((a) => (a.result === 'accepted' ? doubted(a, 'rejected-in-body') : a));
  const forged = differences.get('forged');
  return attempts.map((a) => {
    if (a.result !== 'accepted') return a;
    const difference =
      a.token === 'genuine'
        ? forged
        : a.token === 'retired'
          ? retiredDifference(a, toValid, saidTo('forged'))
          : differences.get(a.token);
    if (difference === undefined || difference === null) return a;
    const [pointer] = difference.members;
    const shown = pointer === undefined || a.said === undefined ? '' : `; ${memberText(pointer, a.said)}`;
    return doubted(a, 'told-apart', shown);
  });
}

/**
 * The difference between the answer to a token of a retired key and those to valid ones. Each answer is compared
 * separately: replicas may differ, and a backdated token may get another answer. If forged tokens are rejected by
 * status, an answer that names another key is still an acceptance, unless its words reject the token.
 */
function retiredDifference({ said }: Attempt, toValid: readonly Said[], toForged: readonly Said[]) {
  if (said === undefined || (toForged.length === 0 && !saysRejected(said))) return null;
  return distinguishesForged(toValid, withLike([said], toForged));
}

/** The answer to a valid token in the second look, if it differs from the first round; otherwise `null`. */
function lateAnswer(valid: readonly Attempt[], looked: readonly FollowUpResult[]): Said | null {
  const again = looked.findLast(
    (t) => tokenOf(t) === 'genuine' && unchangedOf(t)?.settleMs === undefined,
  )?.said;
  if (again === undefined) return null;
  const isOther = valid.every((a) => a.said !== undefined && !sameStructure(a.said, again));
  return isOther ? again : null;
}

/** Answers, together with those to forged tokens if these are equal: a larger sample is more certain. */
function withLike(own: readonly Said[], forged: readonly Said[]): readonly Said[] {
  const isLike = (one: Said): boolean =>
    forged.some((other) => sameWords(one, other) && sameStructure(one, other));
  return own.every(isLike) ? [...new Set([...own, ...forged])] : own;
}
