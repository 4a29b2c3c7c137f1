import type { Attempt, FollowUpResult, Observations } from '../model.js';
import { type Answer, sameAnswer } from './compare-answers.js';
import { tokenOf } from './follow-ups.js';
import { topicsOf } from './topics.js';

/** A change of the answer to forged tokens during a check. */
export interface Change {
  readonly from: Answer;
  readonly to: Answer;
  /** The number of tokens that this probe rejected before. */
  readonly after: number;
}

type Seen = Pick<Observations, 'attempts' | 'followUps'>;

/**
 * Whether a probe answers forged tokens differently at the end than at the beginning: a lock-out after invalid tokens, a
 * rate limit, a deployment. The answers in between depend on time, so no difference between two tokens proves
 * anything. `null`: no known change.
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

/** Whether status or close code differ, or the words are about a lock-out. Other differences in words may be random. */
export function isOtherKind(from: Answer, to: Answer): boolean {
  if (sameAnswer(from, to)) return false;
  if (from.status !== to.status || from.closeCode !== to.closeCode) return true;
  // One answer may already be presumed to be a rejection, and the other not yet.
  if ((from.result === 'accepted') !== (to.result === 'accepted')) return true;
  return topicsOf(to).lockout !== topicsOf(from).lockout;
}

/** Answers without a number come last. */
const afterAll = Number.MAX_SAFE_INTEGER / 2;

/** Whether an answer is caused by the change: it equals the answer to forged tokens after it, but not before it. */
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
