import type { Attempt, FollowUpResult } from '../model.js';
import type { Answer } from './compare-answers.js';
import { tokenOf } from './follow-ups.js';
import { type Topics, topicsOfWords, wordsOf } from './topics.js';

/** Locked (RFC 4918 §11.3), too many requests (RFC 6585 §4), and the corresponding close codes of applications. */
const statuses: readonly number[] = [423, 429];
const closeCodes: readonly number[] = [4423, 4429];

/** Error pages of any kind ask the user to try again: that alone is not a lock-out. */
const politeness = /\btry again(?: later)?\b(?! (?:in|after) )/gi;

/**
 * Whether an answer reports a lock-out or a rate limit, and nothing about a token. An answer that also
 * complains of a token was given after looking at it: `invalid signature, too many failures will block you`.
 */
export function saysLockedOut(answer: Answer): boolean {
  const { result, status, closeCode } = answer;
  if (result === 'accepted') return false;
  if (statuses.includes(status ?? 0) || closeCodes.includes(closeCode ?? 0)) return true;
  const topics = topicsOfWords(wordsOf(answer).map((word) => word.replace(politeness, ' ')));
  return topics.lockout && !isAboutToken(topics);
}

/** The time to wait that an answer states, in its own words (`Retry-After`, RFC 9110 §10.2.3); `null`: it does not say. */
export function retryAfter(answer: Answer): string | null {
  for (const word of wordsOf(answer)) {
    const [, value] = /^Retry-After: (.{1,40})$/i.exec(word) ?? [];
    if (value !== undefined) return /^\d+$/.test(value) ? `${value} s` : value;
  }
  return null;
}

/**
 * A lock-out or rate limit that was in force before any invalid token was presented: the valid token and a forged one
 * both get it. Then the token was not checked. If a forged token gets another answer, "account is locked" may be the
 * result for a verified token; then its rejection stands.
 * @returns the attempts that prove nothing
 */
export function lockedOut(
  attempts: readonly Attempt[],
  followUps: readonly FollowUpResult[],
): ReadonlySet<Attempt> {
  const valid = attempts.filter((a) => a.token === 'genuine' && isLockedOut(a));
  if (valid.length === 0) return new Set();
  const forged = [...attempts, ...followUps].filter((a) => tokenOf(a) === 'forged');
  const isMet = [...forged, ...followUps.filter((t) => t.changed.what !== 'nothing')].some(saysLockedOut);
  // Some valid tokens were accepted: what the others got was no account's, but a limit that had been reached.
  const isMixed = attempts.some((a) => a.token === 'genuine' && a.result === 'accepted');
  if (forged.length > 0 && !isMet && !isMixed) return new Set();
  const all = attempts.every((a) => a.token !== 'genuine' || a.result !== 'accepted');
  return new Set(all ? attempts.filter(isLockedOut) : valid);
}

/** Whether an answer was given after looking at the token. */
export function isAboutToken({ signature, algorithm, claims, time, header }: Topics): boolean {
  return signature || algorithm || claims.length > 0 || time !== null || header.length > 0;
}

const isLockedOut = (attempt: Attempt): boolean =>
  attempt.reason !== 'misconfigured' && attempt.reason !== 'not-minted' && saysLockedOut(attempt);
