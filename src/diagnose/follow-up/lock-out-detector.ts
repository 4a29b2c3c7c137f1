import { isOtherKind } from '../../judge/changed-meanwhile.js';
import { type Answer, sameAnswer } from '../../judge/compare-answers.js';
import { saysLockedOut } from '../../judge/lock-out.js';
import type { AnswerInOrder, Asked } from './asked.js';
import { type FollowUpVariant, mintFor } from './variant.js';

/** Detects that a service locks the check out, or answers forged tokens otherwise than before. */
export class LockOutDetector {
  readonly #asked: Asked;
  readonly #rejected: FollowUpVariant | null;
  readonly #now: () => Date;
  /** Answers that a forged token did not get afterwards: they are no sign of a lock-out. */
  readonly #familiar: Answer[] = [];
  #isDetected = false;

  /** @param rejected the rejected token, from which forged ones are made; `null` if its key is not known */
  constructor(asked: Asked, rejected: FollowUpVariant | null, now: () => Date) {
    this.#asked = asked;
    this.#rejected = rejected;
    this.#now = now;
  }

  /** Whether a lock-out was detected. More attempts would prolong it. */
  get isDetected(): boolean {
    return this.#isDetected;
  }

  /** Examines one answer, which may announce a lock-out. */
  note(answer: Answer | null): void {
    if (answer !== null && saysLockedOut(answer)) this.#isDetected = true;
  }

  /** Records an answer to a forged token. Returns whether it equals the previous answers. */
  noteForged(result: AnswerInOrder): boolean {
    const words = { changed: { what: 'nothing', token: 'forged' }, text: 'forged', form: null } as const;
    this.#asked.followUps.push(this.#asked.followUp(words, result));
    if (!isOtherKind(this.#asked.forged, result)) return true;
    this.#isDetected = true;
    return false;
  }

  /**
   * Examines the answers to concurrent variants. An answer announces a lock-out, or all answers are equal and new, and a
   * forged token now gets that answer, too. The latter detects a lock-out that does not announce itself.
   * @param valid the answer to the unchanged token
   */
  async examine(results: readonly (AnswerInOrder | null)[], valid: Answer): Promise<void> {
    for (const result of results) this.note(result);
    const [first = null, ...more] = results;
    if (this.#isDetected || first === null || first.result === 'accepted') return;
    if (!more.every((other) => other !== null && sameAnswer(first, other))) return;
    if ([valid, this.#asked.forged, ...this.#familiar].some((known) => sameAnswer(known, first))) return;
    if (await this.#isForgedAnsweredAsBefore()) this.#familiar.push(first);
  }

  /**
   * Whether a lock-out explains that the valid token gets another answer than at first: forged tokens then get another
   * answer, too, or the same one.
   */
  async explains(again: Answer): Promise<boolean> {
    await this.#isForgedAnsweredAsBefore();
    const forged = this.#asked.answersTo().forged.at(-1);
    if (forged !== undefined && sameAnswer(forged, again)) this.#isDetected = true;
    return this.#isDetected;
  }

  async #isForgedAnsweredAsBefore(): Promise<boolean> {
    if (this.#rejected === null) return true;
    const result = await this.#asked.ask(await mintFor(this.#rejected, this.#now(), true));
    return result === null || this.noteForged(result);
  }
}
