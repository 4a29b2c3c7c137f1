import { type Answer, sameAnswer, sameStructure } from '../../judge/compare-answers.js';
import { saysAccepted, saysRejected } from '../../judge/second-look/distinguishes-forged.js';

/**
 * Reads the answers of a service that answers every token with a success and tells in the body whether it is accepted,
 * such as `{ "valid": false }`: a body that is the known rejection, or reads like one, is a rejection. An acceptance is
 * a body of another structure that complains of nothing. What is neither says nothing.
 * @param rejection the answer to the valid token, a forged one and none
 */
export function readBody<A extends Answer>(answer: A, rejection: Answer): A {
  const { result, said } = answer;
  if (result !== 'accepted' || said === undefined || rejection.said === undefined) return answer;
  if (sameAnswer(answer, rejection) || saysRejected(said)) return { ...answer, result: 'rejected' };
  const isOther = !sameStructure(said, rejection.said);
  return isOther && saysAccepted(said) ? answer : { ...answer, result: 'inconclusive' };
}
