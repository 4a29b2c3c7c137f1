import { type Answer, sameAnswer } from '../../judge/compare-answers.js';
import { saysLockedOut } from '../../judge/lock-out.js';
import { baselineOf } from '../../judge/responses.js';
import type { Attempt, FollowUpResult } from '../../model.js';
import type { ProbeResult } from '../../observe/probes/probe.js';
import type { Secret } from '../../secret/secret.js';
import type { Situation } from './choose.js';
import { type FollowUpVariant, mintFor } from './variant.js';

/** One probe that refused a valid token, and how to go on asking it. */
export interface Subject extends Omit<Situation, 'distinction' | 'valid' | 'forged' | 'saysAbsent'> {
  readonly participant: string;
  readonly probe: string;
  /** The answer to the refused token. */
  readonly refusal: Attempt;
  /** What the probe answered so far. */
  readonly attempts: readonly Attempt[];
  /** What a second look at the first answers brought. */
  readonly looked: readonly FollowUpResult[];
  readonly maxAttempts: number;
  readonly now: () => Date;
  /** Presents a token, perhaps in other headers; `null` where there is no time left. */
  present(token: Secret | null, headers?: FollowUpVariant['headers']): Promise<AnswerInOrder | null>;
}

/** An answer, and its place in the order of presentation. */
export type AnswerInOrder = ProbeResult & Required<Pick<FollowUpResult, 'sequence'>>;

/** What one probe was asked in the follow-up, within its attempts, and what it answered. */
export class Asked {
  readonly #subject: Subject;
  readonly followUps: FollowUpResult[] = [];
  /** How many attempts are left. */
  left: number;
  /** The first answer to a forged token, once it is known. */
  forged: Answer;

  constructor(subject: Subject) {
    this.#subject = subject;
    this.left = subject.maxAttempts;
    this.forged = subject.refusal;
  }

  /** What was answered to the tokens that are only compared with, in the first round and since. */
  answersTo() {
    const { participant, probe, attempts, looked } = this.#subject;
    return baselineOf({ attempts, followUps: [...looked, ...this.followUps] }, participant, probe);
  }

  /** Presents a fresh token as an experiment says; `null` where attempts or time are used up. */
  async try(experiment: FollowUpVariant): Promise<AnswerInOrder | null> {
    return this.ask(await mintFor(experiment, this.#subject.now()), experiment.headers);
  }

  /** Presents a token, or none at all. */
  async ask(token: Secret | null, headers?: FollowUpVariant['headers']): Promise<AnswerInOrder | null> {
    if (this.left <= 0) return null;
    this.left -= 1;
    return this.#subject.present(token, headers);
  }

  /** Where the refused token got no clear answer, equal answers are refusals as well. */
  resultOf(result: Answer): FollowUpResult['result'] {
    const { refusal } = this.#subject;
    if (saysLockedOut(result)) return 'inconclusive';
    if (result.result !== 'inconclusive' || refusal.result !== 'inconclusive') return result.result;
    const like = (one: Answer): boolean =>
      sameAnswer(one, result) || (one.status === result.status && one.closeCode === result.closeCode);
    return like(refusal) || like(this.forged) ? 'rejected' : 'inconclusive';
  }

  /** An experiment with its answer, for the report. */
  followUp(
    { vary, text, form, facts, keeps }: Pick<FollowUpVariant, 'vary' | 'text' | 'form' | 'facts' | 'keeps'>,
    answer: AnswerInOrder,
  ): FollowUpResult {
    const { participant, probe } = this.#subject;
    const { status, closeCode, detail, said, sequence } = answer;
    const result = this.resultOf(answer);
    const kept = keeps === undefined ? {} : { keeps };
    const seen = { result, status, closeCode, detail, said, sequence };
    return { participant, probe, vary, text, form, facts, ...seen, ...kept };
  }

  /** An experiment that was accepted and proves nothing all the same. */
  unproved(experiment: FollowUpVariant, result: AnswerInOrder, why: string): FollowUpResult {
    return {
      ...this.followUp(experiment, result),
      result: 'inconclusive',
      detail: `${why} (${result.detail})`,
    };
  }
}
