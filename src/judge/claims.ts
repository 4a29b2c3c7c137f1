import type { Answer } from './compare-answers.js';
import { topicsOf } from './topics.js';

type Words = Pick<Answer, 'detail' | 'said' | 'status'>;

/**
 * The claim that the answer to a genuine token complains of while that to a forged one does not; `null`: none, or
 * several, as far as words tell.
 */
export function claimComplainedOf(genuine: Words, forged: Words): string | null {
  const known = topicsOf(forged).claims;
  const [claim = null, ...more] = topicsOf(genuine).claims.filter((name) => !known.includes(name));
  return more.length === 0 ? claim : null;
}

/** Whether the answer to a genuine token speaks of time while that to a forged one does not. */
export function speaksOfTime(genuine: Words, forged: Words): boolean {
  return topicsOf(genuine).time !== null && topicsOf(forged).time === null;
}
