import { type Answer, sameAnswer } from '../../judge/compare-answers.js';
import { saysLockedOut } from '../../judge/lock-out.js';
import { baselineOf } from '../../judge/responses.js';
import type { Attempt, FollowUpResult } from '../../model.js';
import type { ProbeResult } from '../../observe/probes/probe.js';
import type { Secret } from '../../secret/secret.js';
import type { Situation } from './choose.js';
import { type FollowUpVariant, mintFor } from './variant.js';

/** One probe that rejected a valid token, and the means to present more tokens to it. */
export interface Subject extends Omit<Situation, 'distinction' | 'valid' | 'forged' | 'saysAbsent'> {
  readonly participant: string;
  readonly probe: string;
  /** The answer to the rejected token. */
  readonly rejection: Attempt;
  /** The answers of the probe so far. */
  readonly attempts: readonly Attempt[];
  /** The results of the second look. */
  readonly looked: readonly FollowUpResult[];
  readonly maxAttempts: number;
  readonly now: () => Date;
  /** Presents a token, optionally in other headers. `null` if no time is left. */
  present(token: Secret | null, headers?: FollowUpVariant['headers']): Promise<AnswerInOrder | null>;
}

/** An answer, with its position in the order of presentation. */
export type AnswerInOrder = ProbeResult & Required<Pick<FollowUpResult, 'sequence'>>;

/** Presents tokens to one probe within its limit of attempts, and records the answers. */
export class Asked {
  readonly #subject: Subject;
  readonly followUps: FollowUpResult[] = [];
  /** Number of remaining attempts. */
  left: number;
  /** The first answer to a forged token, once it is known. */
  forged: Answer;

  constructor(subject: Subject) {
    this.#subject = subject;
    this.left = subject.maxAttempts;
    this.forged = subject.rejection;
  }

  /** Answers to the tokens that serve for comparison, from all rounds. */
  answersTo() {
    const { participant, probe, attempts, looked } = this.#subject;
    return baselineOf({ attempts, followUps: [...looked, ...this.followUps] }, participant, probe);
  }

  /** Presents a fresh token of a variant. `null` if no attempts or no time are left. */
  async try(variant: FollowUpVariant): Promise<AnswerInOrder | null> {
    return this.ask(await mintFor(variant, this.#subject.now()), variant.headers);
  }

  /** Presents a token, or none. */
  async ask(token: Secret | null, headers?: FollowUpVariant['headers']): Promise<AnswerInOrder | null> {
    if (this.left <= 0) return null;
    this.left -= 1;
    return this.#subject.present(token, headers);
  }

  /** If the answer to the rejected token was inconclusive, equal answers count as rejections. */
  resultOf(result: Answer): FollowUpResult['result'] {
    const { rejection } = this.#subject;
    if (saysLockedOut(result)) return 'inconclusive';
    if (result.result !== 'inconclusive' || rejection.result !== 'inconclusive') return result.result;
    const like = (one: Answer): boolean =>
      sameAnswer(one, result) || (one.status === result.status && one.closeCode === result.closeCode);
    return like(rejection) || like(this.forged) ? 'rejected' : 'inconclusive';
  }

  /** A variant with its answer, for the report. */
  followUp(
    { changed, text, form, keeps }: Pick<FollowUpVariant, 'changed' | 'text' | 'form' | 'keeps'>,
    answer: AnswerInOrder,
  ): FollowUpResult {
    const { participant, probe } = this.#subject;
    const { status, closeCode, detail, said, sequence } = answer;
    const result = this.resultOf(answer);
    const kept = keeps === undefined ? {} : { keeps };
    const seen = { result, status, closeCode, detail, said, sequence };
    return { participant, probe, changed, text, form, ...seen, ...kept };
  }

  /** A variant that was accepted without proving anything. */
  unproved(variant: FollowUpVariant, result: AnswerInOrder, why: string): FollowUpResult {
    return {
      ...this.followUp(variant, result),
      result: 'inconclusive',
      detail: `${why} (${result.detail})`,
    };
  }
}
