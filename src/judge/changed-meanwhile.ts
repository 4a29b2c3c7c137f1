import type { Attempt, FollowUpResult, Observations } from '../model.js';
import { type Answer, sameAnswer } from './compare-answers.js';
import { tokenOf } from './follow-ups.js';
import { topicsOf } from './topics.js';

/** An answer to forged tokens that became another one in the course of a check. */
export interface Change {
  readonly from: Answer;
  readonly to: Answer;
  /** How many tokens were rejected before, on this probe. */
  readonly after: number;
}

type Seen = Pick<Observations, 'attempts' | 'followUps'>;

/**
 * Whether a probe answers forged tokens otherwise at the end than at the beginning: a lock-out after invalid tokens, a
 * rate limit, a deployment. What was seen in between depends on time, so no difference between two tokens proves
 * anything. `null`: it did not change, as far as is known.
 */
export function changedMeanwhile(seen: Seen, participant: string, probe: string): Change | null {
  const answers = inOrder(seen, participant, probe);
  const forged = answers.filter(isForged);
  const [from] = forged;
  const to = forged.at(-1);
  if (from === undefined || to === undefined || !isOtherKind(from, to)) return null;
  const before = answers.filter((a) => a.result !== 'accepted' && !sameAnswer(a, to));
  return { from, to, after: before.length };
}

/** Whether it is another status or close code, or there are words about a lock-out: other words alone may be other ones every time. */
export function isOtherKind(from: Answer, to: Answer): boolean {
  if (sameAnswer(from, to)) return false;
  if (from.status !== to.status || from.closeCode !== to.closeCode) return true;
  // Whether an answer is a rejection may be presumed of the one and not yet of the other.
  if ((from.result === 'accepted') !== (to.result === 'accepted')) return true;
  return topicsOf(to).lockout !== topicsOf(from).lockout;
}

/** What is not numbered comes last. */
const afterAll = Number.MAX_SAFE_INTEGER / 2;

/** Whether an answer is due to the change: it is what forged tokens got after it, and not what they got before. */
export function isDueToChange(answer: Answer, { from, to }: Change): boolean {
  return sameAnswer(answer, to) && !sameAnswer(answer, from);
}

/** Every answer of a probe to a token that was not changed, oldest first. A longer wait is another question. */
export function inOrder({ attempts, followUps }: Seen, participant: string, probe: string) {
  const here = (a: { participant: string; probe: string }) =>
    a.participant === participant && a.probe === probe;
  const comparable = followUps.filter(
    ({ changed, ...t }) =>
      here(t) &&
      changed.what === 'nothing' &&
      changed.settleMs === undefined &&
      changed.yearAgo !== true &&
      changed.in1970 !== true,
  );
  return [...attempts.filter(here), ...comparable]
    .map((answer, index) => ({
      answer,
      place: answer.sequence ?? ('changed' in answer ? afterAll : 0) + index,
    }))
    .sort((a, b) => a.place - b.place)
    .map(({ answer }) => answer);
}

const isForged = (a: Attempt | FollowUpResult): boolean => tokenOf(a) === 'forged';
