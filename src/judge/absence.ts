import { type Answer, sameAnswer } from './compare-answers.js';
import type { Baseline } from './responses.js';
import { topicsOf } from './topics.js';

/** Whether a service reports a missing token, with the same answer to a valid token, a forged one and none. */
export function isSaidToBeAbsent(
  answer: Answer,
  { forged, missing }: Pick<Baseline, 'forged' | 'missing'>,
): boolean {
  const topics = topicsOf(answer);
  return (
    topics.absence &&
    topics.header.length === 0 &&
    missing.length > 0 &&
    forged.length > 0 &&
    [...forged, ...missing].every((other) => sameAnswer(answer, other))
  );
}
