import { isOtherKind } from '../../judge/changed-meanwhile.js';
import { readClaims } from '../../judge/claims.js';
import { type Answer, sameAnswer } from '../../judge/compare-answers.js';
import { tokenOf, unchangedOf } from '../../judge/follow-ups.js';
import { mayBeRejection } from '../../judge/inconclusive-answers.js';
import { saysLockedOut } from '../../judge/lock-out.js';
import { distinction, isSaidToBeAbsent } from '../../judge/responses.js';
import type { Attempt, FollowUpResult } from '../../model.js';
import { Secret } from '../../secret/secret.js';
import { type AnswerInOrder, Asked, type Subject } from './asked.js';
import { aboutContent, type Situation, variantsFor } from './choose.js';
import { otherValues } from './claim-variants.js';
import { attemptsToConfirm, type Comparing, confirmAcceptance, isSignatureVerified } from './confirm.js';
import { LockOutDetector } from './lock-out-detector.js';
import { type Base, type FollowUpVariant, mintFor, unchanged } from './variant.js';

/** How often a token that was rejected and later accepted is presented again. */
const timesInTurn = 6;
/** Number of concurrent variants. It is low, because services count rejected tokens. */
const together = 4;
/** After this number of consecutive inconclusive answers the probe may be rate limited, and is no longer asked. */
const patience = 4;

/** Presents variants to one probe, each with one change, until one is accepted or no attempts are left. */
export async function followUpProbe(subject: Subject): Promise<FollowUpResult[]> {
  return new FollowUp(subject).run();
}

class FollowUp {
  readonly #subject: Subject;
  readonly #asked: Asked;
  /** The rejected token; `null` if its key is not known. */
  readonly #rejected: FollowUpVariant | null;
  /** The token that variants change: the rejected one, or one with the proved key. */
  #unchanged: FollowUpVariant | null;
  /** The answer to it. */
  #valid: Answer;
  /** A variant was accepted, which proves the cause. */
  #proved = false;
  readonly #lockOut: LockOutDetector;
  /** Further attempts can prove nothing. */
  #over = false;
  #silent = 0;

  constructor(subject: Subject) {
    const { rejected, rejection } = subject;
    this.#subject = subject;
    this.#asked = new Asked(subject);
    this.#rejected = rejected.key === null ? null : unchanged({ ...rejected, key: rejected.key });
    this.#unchanged = this.#rejected;
    this.#valid = rejection;
    this.#lockOut = new LockOutDetector(this.#asked, this.#rejected, subject.now);
  }

  get #isOver(): boolean {
    return this.#over || this.#lockOut.isDetected;
  }

  async run(): Promise<FollowUpResult[]> {
    await this.#explore();
    await this.#whetherInTurn();
    return this.#asked.followUps;
  }

  async #explore(): Promise<void> {
    if (!(await this.#baseline())) return;
    const situation = this.#situation();
    const verified = await this.#inWaves(variantsFor(situation));
    if (verified !== null) await this.#content(verified);
    else if (situation.distinction === 'verified') await this.#otherValues();
    if (this.#lockOut.isDetected) await this.#onceMore();
    else if (!this.#proved) await this.#lastOfAll();
  }

  /** Collects answers to compare with. `false`: further attempts can prove nothing. */
  async #baseline(): Promise<boolean> {
    const { attempts, looked, rejection } = this.#subject;
    const seen = (token: Attempt['token']): boolean =>
      attempts.some((a) => a.token === token) || looked.some((t) => tokenOf(t) === token);
    if (!seen('forged') && !(await this.#control('forged'))) return false;
    if (!seen('missing') && !(await this.#control('missing'))) return false;
    const [forged] = this.#asked.answersTo().forged;
    if (forged === undefined) return false;
    this.#asked.forged = forged;
    if (rejection.result === 'inconclusive' && !mayBeRejection(rejection, this.#asked.answersTo()))
      return false;
    if (this.#unchanged === null || this.#asked.left <= attemptsToConfirm)
      return this.#asked.left > attemptsToConfirm;
    const again = this.#seenAgain() ?? (await this.#tryAgain(this.#unchanged));
    this.#lockOut.note(again);
    if (again === null || this.#asked.resultOf(again) !== 'rejected') return false;
    return !isOtherKind(this.#valid, again) || !(await this.#lockOut.explains(again));
  }

  /** The answer to the rejected token, if it was already presented a second time. */
  #seenAgain(): FollowUpResult | undefined {
    const { looked, rejected } = this.#subject;
    return looked.find((t) => tokenOf(t) === 'genuine' && unchangedOf(t)?.tokenType === rejected.type);
  }

  async #tryAgain(same: FollowUpVariant): Promise<AnswerInOrder | null> {
    const again = await this.#asked.try(same);
    if (again !== null) this.#asked.followUps.push(this.#asked.followUp(same, again));
    return again;
  }

  /**
   * Presents the rejected token again if it was accepted later. Replicas that disagree reject it again. A service
   * that was fixed, or whose lock-out ended, accepts it.
   */
  async #whetherInTurn(): Promise<void> {
    const same = this.#rejected;
    const valid = this.#asked.followUps.filter((t) => tokenOf(t) === 'genuine');
    const accepted = valid.findIndex((t) => t.result === 'accepted');
    if (same === null || accepted < 0 || valid.slice(accepted).some((t) => t.result === 'rejected')) return;
    // This is rare and more important than another variant: it has its own attempts.
    this.#asked.left = Math.max(this.#asked.left, timesInTurn);
    for (let n = 0; n < timesInTurn; n += 1) {
      const again = await this.#asked.try(same);
      if (again === null) return;
      this.#asked.followUps.push(this.#asked.followUp(same, again));
      if (this.#asked.resultOf(again) === 'rejected') return;
    }
  }

  /** Presents a control once. Returns whether it was not accepted. */
  async #control(token: 'forged' | 'missing'): Promise<boolean> {
    const { rejected, now } = this.#subject;
    const { key, ...rest } = rejected;
    const same = this.#unchanged ?? unchanged({ ...rest, key: key ?? new Secret('') });
    const result = await this.#asked.ask(token === 'forged' ? await mintFor(same, now(), true) : null);
    if (result === null) return false;
    this.#asked.followUps.push(
      this.#asked.followUp({ changed: { what: 'nothing', token }, text: token, form: null }, result),
    );
    return result.result !== 'accepted';
  }

  #situation(): Situation {
    const { attempts, rejected, rejection } = this.#subject;
    const { forged, again, missing } = this.#asked.answersTo();
    const own = attempts.filter(
      (a) => a.token === 'genuine' && a.tokenType === rejection.tokenType && a.result === rejection.result,
    );
    return {
      ...this.#subject,
      distinction: rejected.key === null ? 'unknown' : distinction([...own, ...again], forged),
      valid: this.#valid,
      forged: this.#asked.forged,
      saysAbsent: isSaidToBeAbsent(rejection, { forged, missing }),
    };
  }

  /** Presents variants until one is proved. Returns a rejected variant whose signature was verified. */
  async #inWaves(variants: readonly FollowUpVariant[]): Promise<FollowUpVariant | null> {
    for (let next = 0; next < variants.length; next += together) {
      const room = Math.min(together, this.#asked.left - attemptsToConfirm);
      if (room <= 0 || this.#isOver || this.#silent >= patience) return null;
      const verified = await this.#wave(variants.slice(next, next + room));
      if (verified !== null) return verified;
    }
    return null;
  }

  async #wave(wave: readonly FollowUpVariant[]): Promise<FollowUpVariant | null> {
    const results = await Promise.all(wave.map((variant) => this.#asked.try(variant)));
    await this.#lockOut.examine(results, this.#valid);
    let verified: FollowUpVariant | null = null;
    for (const [index, variant] of wave.entries()) {
      const result = results[index] ?? null;
      if (result === null) {
        this.#over = true;
        continue;
      }
      this.#silent = this.#asked.resultOf(result) === 'inconclusive' ? this.#silent + 1 : 0;
      if (result.result === 'accepted' && this.#isOver) {
        this.#asked.followUps.push(this.#asked.unproved(variant, result, 'accepted as well'));
      } else if (result.result === 'accepted') {
        const confirmed = await confirmAcceptance(this.#comparing, variant, result);
        this.#proved ||= confirmed === 'proved';
        this.#over ||= confirmed !== 'unproved';
      } else if (verified === null && !this.#isOver && (await this.#isVerified(variant, result))) {
        verified = variant;
        this.#asked.followUps.push({
          ...this.#asked.followUp(variant, result),
          result: 'rejected',
          signatureVerified: true,
        });
      } else this.#asked.followUps.push(this.#asked.followUp(variant, result));
    }
    return this.#proved ? null : verified;
  }

  async #isVerified(variant: FollowUpVariant, result: AnswerInOrder): Promise<boolean> {
    const isVerified = await isSignatureVerified(this.#comparing, variant, result);
    this.#over ||= isVerified === null;
    return isVerified === true;
  }

  get #comparing(): Comparing {
    const { now } = this.#subject;
    return { asked: this.#asked, lockOut: this.#lockOut, now, same: this.#unchanged, valid: this.#valid };
  }

  /** The key is proved, and something else is wrong as well. Further variants keep the proved change. */
  async #content(verified: FollowUpVariant): Promise<void> {
    const followUp = this.#asked.followUps.find(
      (t) => t.text === verified.text && t.signatureVerified === true,
    );
    if (followUp === undefined) return;
    const base: Base = { ...verified, keeps: verified.text };
    this.#unchanged = unchanged(base);
    this.#valid = followUp;
    await this.#inWaves(
      aboutContent(base, { valid: followUp, forged: this.#asked.forged }, this.#subject.clockOffsetMs),
    );
    await this.#otherValues();
  }

  /** Finds which of several claims is the reason: see {@link otherValues}. */
  async #otherValues(): Promise<void> {
    if (this.#unchanged === null || this.#proved) return;
    const read = readClaims(this.#asked.followUps, this.#valid);
    await this.#inWaves(otherValues(this.#unchanged, read));
  }

  /**
   * If forged tokens get another answer than before, a valid token distinguishes the start of a lock-out from its
   * end. If the service reports a lock-out, nothing more is presented.
   */
  async #onceMore(): Promise<void> {
    const [last] = this.#asked.answersTo().again.slice(-1);
    const isAsked = last !== undefined && !isOtherKind(last, this.#asked.answersTo().forged.at(-1) ?? last);
    if (this.#rejected === null || isAsked || this.#asked.followUps.some(saysLockedOut)) return;
    await this.#tryAgain(this.#rejected);
  }

  /**
   * Presents a forged token and the unchanged one last. If their answers changed during the check, the difference
   * depends on time. If the answers are equal, the unchanged token is presented twice, because one of two replicas
   * may have received every unchanged token so far.
   */
  async #lastOfAll(): Promise<void> {
    const isSame = sameAnswer(this.#subject.rejection, this.#asked.forged);
    const tokens = ['forged', 'genuine', ...(isSame ? (['genuine'] as const) : [])] as const;
    const same = this.#rejected;
    if (same === null || this.#asked.left < tokens.length) return;
    for (const token of tokens) {
      const result = await this.#asked.ask(await mintFor(same, this.#subject.now(), token === 'forged'));
      if (result === null) return;
      const words = { changed: { what: 'nothing', token }, text: token, form: null } as const;
      this.#asked.followUps.push(this.#asked.followUp(words, result));
    }
  }
}
