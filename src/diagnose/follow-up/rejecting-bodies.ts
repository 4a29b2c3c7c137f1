import { type Answer, sameAnswer, sameStructure } from '../../judge/compare-answers.js';
import { saysAccepted, saysRejected } from '../../judge/second-look/distinguishes-forged.js';

/**
 * Reads the answers of a service that always answers with a success status and reports in the body whether it accepts
 * the token, such as `{ "valid": false }`. A body that equals the known rejection, or reads like one, is a rejection.
 * A body of another structure without a complaint is an acceptance. Any other body is inconclusive.
 * @param rejection the common answer to the valid token, a forged token and no token
 */
export function readBody<A extends Answer>(answer: A, rejection: Answer): A {
  const { result, said } = answer;
  if (result !== 'accepted' || said === undefined || rejection.said === undefined) return answer;
  if (sameAnswer(answer, rejection) || saysRejected(said)) return { ...answer, result: 'rejected' };
  const isOther = !sameStructure(said, rejection.said);
  return isOther && saysAccepted(said) ? answer : { ...answer, result: 'inconclusive' };
}
