import { isOtherKind } from '../../judge/changed-meanwhile.js';
import { type Answer, sameAnswer } from '../../judge/compare-answers.js';
import { answered, distinction } from '../../judge/responses.js';
import type { AnswerInOrder, Asked } from './asked.js';
import type { LockOutDetector } from './lock-out-detector.js';
import { type FollowUpVariant, mintFor } from './variant.js';

/** Maximum number of attempts that confirm an acceptance. */
export const attemptsToConfirm = 6;

/** A probe, and what an answer to a variant is compared with. */
export interface Comparing {
  readonly asked: Asked;
  readonly lockOut: LockOutDetector;
  readonly now: () => Date;
  /** The token that variants change; `null` if its key is not known. */
  readonly same: FollowUpVariant | null;
  /** The answer to it. */
  readonly valid: Answer;
}

/**
 * Confirms that a variant was accepted because of its change, and not by chance or by a verifier that accepts
 * anything.
 * @returns `over`: not confirmed, and further attempts can prove nothing
 */
export async function confirmAcceptance(
  comparing: Comparing,
  variant: FollowUpVariant,
  result: AnswerInOrder,
): Promise<'proved' | 'unproved' | 'over'> {
  const { asked, lockOut, now, same, valid } = comparing;
  // The order matters: replicas that answer in turn contradict one of these expectations.
  for (const expected of ['accepted', 'rejected', 'accepted', 'rejected', 'rejected'] as const) {
    const tried = expected === 'accepted' ? variant : same;
    if (tried === null) continue;
    const again = await asked.try(tried);
    lockOut.note(again);
    const isLockOut = again !== null && tried === same && isOtherKind(valid, again);
    if (again !== null && asked.resultOf(again) === expected && !isLockOut) continue;
    if (again !== null && tried === same) asked.followUps.push(asked.followUp(same, again));
    asked.followUps.push(asked.unproved(variant, result, 'accepted, but not because of this change alone'));
    return again === null || tried === same ? 'over' : 'unproved';
  }
  if (variant.changed.what !== 'key') {
    const forged = await asked.ask(await mintFor(variant, now(), true), variant.headers);
    // During a lock-out everything is rejected: a rejected forged token then proves nothing.
    lockOut.note(forged);
    if (forged === null || forged.result === 'accepted' || lockOut.isDetected) {
      const why = lockOut.isDetected
        ? 'accepted, but the service then locked us out'
        : 'accepted, but a forged token is accepted as well';
      asked.followUps.push(asked.unproved(variant, result, why));
      return forged === null ? 'over' : 'unproved';
    }
  }
  asked.followUps.push(asked.followUp(variant, result));
  for (const finer of variant.finer ?? []) {
    const answer = await asked.try(finer);
    if (answer === null) break;
    asked.followUps.push(asked.followUp(finer, answer));
    if (answer.result === 'accepted') break;
  }
  return 'proved';
}

/**
 * Whether the signature of a rejected variant with another key or algorithm was verified: its answer always differs
 * from that to a token forged in the same way. If the unchanged token already differs from a forged one, this
 * cannot be decided.
 * @returns `null` if no attempts or no time are left
 */
export async function isSignatureVerified(
  { asked, lockOut, now, valid }: Comparing,
  variant: FollowUpVariant,
  result: AnswerInOrder,
): Promise<boolean | null> {
  if (!['key', 'key-encoding', 'algorithm'].includes(variant.changed.what)) return false;
  if (!sameAnswer(valid, asked.forged) || !answered(result)) return false;
  if (distinction([result], [asked.forged]) !== 'verified') return false;
  const own: Answer[] = [result];
  const forged: Answer[] = variant.changed.what === 'algorithm' ? [] : [asked.forged];
  for (const isForged of [true, false, true, false]) {
    const answer = await asked.ask(await mintFor(variant, now(), isForged));
    if (answer === null) return null;
    lockOut.note(answer);
    // A forged token gets the same answer: either nothing is verified, or a lock-out has started.
    if (isForged && variant.changed.what !== 'algorithm' && !lockOut.noteForged(answer)) return false;
    if (lockOut.isDetected) return false;
    (isForged ? forged : own).push(answer);
  }
  return distinction(own, forged) === 'verified';
}
