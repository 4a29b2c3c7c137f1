import type { Attempt, FollowUpResult, Observations } from '../../model.js';
import { changedMeanwhile, inOrder, isDueToChange } from '../changed-meanwhile.js';
import { tokenOf, unchangedOf } from '../follow-ups.js';
import { countsAsRejection, doubted, isDoubted, provesRejection } from '../inconclusive-answers.js';
import { lockedOut } from '../lock-out.js';
import { probeKey } from '../participants.js';
import { isOfRotation, onlyRotation, withoutRotation } from '../rotation/separate.js';
import { withoutDistinguished } from './accepted-by-status.js';
import { asksForToken } from './distinguishes-forged.js';
import { lockedOutSince } from './locked-out-since.js';
import { slowClockOf, wasExpiredLongAgo } from './slow-clock.js';

/**
 * Revises the first answers after the second look: an acceptance that proves nothing, or a rejection that depends on
 * time, becomes inconclusive, with its reason. Pure and idempotent.
 */
export function settled(all: Observations): Observations {
  const other = onlyRotation(all);
  if (other === null) return settledAlone(all);
  // Tokens of the other key may be rejected where those of the reference are accepted: neither proves anything of the other.
  const replaced = new Map([
    ...pairs(withoutRotation(all)),
    ...pairs(other).filter(([attempt]) => isInRotation(attempt, all)),
  ]);
  return { ...all, attempts: all.attempts.map((attempt) => replaced.get(attempt) ?? attempt) };
}

const isInRotation = (attempt: Attempt, { rotation }: Observations): boolean =>
  rotation !== undefined && isOfRotation(attempt, rotation);

/** Each attempt, and what became of it. */
function pairs(observations: Observations): (readonly [Attempt, Attempt])[] {
  const after = settledAlone(observations).attempts;
  return observations.attempts.map((attempt, index) => [attempt, after[index] ?? attempt] as const);
}

function settledAlone(observations: Observations): Observations {
  const { attempts, followUps } = observations;
  const doubtful = new Set([
    ...attempts.filter((a) => a.result !== a.expected).map(probeKey),
    ...followUps.filter((t) => tokenOf(t) === 'genuine' && t.result !== 'accepted').map(probeKey),
  ]);
  if (doubtful.size === 0) return observations;
  const byProbe = new Map<string, Attempt[]>();
  for (const attempt of attempts) {
    const key = probeKey(attempt);
    if (!doubtful.has(key)) continue;
    const list = byProbe.get(key) ?? [];
    list.push(attempt);
    byProbe.set(key, list);
  }
  const replaced = new Map<Attempt, Attempt>();
  for (const [key, own] of byProbe) {
    const here = followUps.filter((t) => probeKey(t) === key);
    const looked = here.filter((t) => t.changed.what === 'nothing');
    const settledOnes = settleProbe(own, looked);
    // One accepted token, whatever its change, shows that the service checks tokens.
    const after = here.some(provesRejection)
      ? settledOnes
      : withoutLockOut(settledOnes, lockedOut(settledOnes, here));
    for (const [index, attempt] of own.entries()) replaced.set(attempt, after[index] ?? attempt);
  }
  return { ...observations, attempts: attempts.map((a) => replaced.get(a) ?? a) };
}

function settleProbe(attempts: readonly Attempt[], looked: readonly FollowUpResult[]): readonly Attempt[] {
  const unchanged = withoutChange(afterLongerWait(attempts, looked), looked);
  const open = withoutLockOut(unchanged, lockedOutSince(unchanged, looked));
  const compared = withoutSilence(open, looked);
  return withoutComparison(withoutSlowClock(withoutDistinguished(compared, looked), looked), looked);
}

/** Only an open socket. */
export const isSilent = ({ closeCode, said }: Pick<Attempt, 'closeCode' | 'said'>): boolean =>
  closeCode === null && (said === undefined || (said.form === 'none' && said.words.length === 0));

const isOpen = (a: Attempt | FollowUpResult): boolean => a.result === 'accepted' && isSilent(a);

/** Replaces answers with those after a longer wait. */
function afterLongerWait(
  attempts: readonly Attempt[],
  looked: readonly FollowUpResult[],
): readonly Attempt[] {
  const longer = looked.filter((t) => unchangedOf(t)?.settleMs !== undefined);
  if (longer.length === 0) return attempts;
  return attempts.map((attempt) => {
    const followUp = longer.find(
      (t) =>
        tokenOf(t) === attempt.token && (unchangedOf(t)?.backdated ?? false) === (attempt.backdated ?? false),
    );
    if (followUp === undefined || !isOpen(attempt)) return attempt;
    const { result, status, closeCode, said } = followUp;
    const when = result === 'accepted' ? '' : ', later than `settle`';
    return { ...attempt, result, status, closeCode, said, detail: `${followUp.detail}${when}` };
  });
}

/** Answers of a lock-out that was in force before the check, or that began during it: they say nothing of the token. */
function withoutLockOut(attempts: readonly Attempt[], locked: ReadonlySet<Attempt>): readonly Attempt[] {
  return attempts.map((attempt) => (locked.has(attempt) ? doubted(attempt, 'locked-out') : attempt));
}

/**
 * Marks answers that prove nothing as doubtful if the answer to forged tokens changed during the check. A valid token
 * that was rejected only with the later answer may have met a lock-out. A rejection with the earlier answer came before
 * the change and stands. The exception is an earlier answer that was itself a lock-out, after which a valid token was
 * accepted.
 */
function withoutChange(attempts: readonly Attempt[], looked: readonly FollowUpResult[]): readonly Attempt[] {
  const [first] = attempts;
  if (first === undefined) return attempts;
  const { participant, probe } = first;
  const change = changedMeanwhile({ attempts, followUps: looked }, participant, probe);
  return attempts.map((attempt) => {
    const { token, result } = attempt;
    if (token === 'genuine' && result === 'rejected') {
      const turned = hasTurned(attempt, attempts, looked);
      if (turned || (change !== null && isDueToChange(attempt, change)))
        return doubted(attempt, 'changed-meanwhile');
    }
    // An answer that is accepted only after forged tokens began to get it, too, is a page for locked-out callers.
    const isLate = token !== 'genuine' && result === 'accepted' && change !== null;
    return isLate && change.from.result !== 'accepted' && isDueToChange(attempt, change)
      ? doubted(attempt, 'changed-meanwhile')
      : attempt;
  });
}

/**
 * Whether valid tokens of this kind were first answered one way and then only the other way. Replicas that disagree
 * alternate.
 */
export function hasTurned(
  { participant, probe, minter, tokenType }: Attempt,
  attempts: readonly Attempt[],
  followUps: readonly FollowUpResult[],
): boolean {
  const ofKind = attempts.filter(
    (a) =>
      a.token === 'genuine' &&
      a.participant === participant &&
      a.probe === probe &&
      a.minter === minter &&
      a.tokenType === tokenType,
  );
  if (ofKind.some((a) => a.sequence === undefined || a.isFirst !== true)) return false;
  // The follow-up covers the kind that was rejected, and names no other.
  const isRejected = ofKind.some((a) => a.result === 'rejected');
  const again = followUps.filter(
    (t) =>
      tokenOf(t) === 'genuine' &&
      (unchangedOf(t)?.tokenType === tokenType || (unchangedOf(t)?.tokenType === undefined && isRejected)),
  );
  const valid = inOrder({ attempts: ofKind, followUps: again }, participant, probe).filter(
    (a) => a.result !== 'inconclusive',
  );
  const turns = valid.filter((a, index) => index > 0 && a.result !== valid[index - 1]?.result).length;
  if (turns !== 1) return false;
  // The first answers came at the same moment, before any invalid token: only a probe that then rejects permanently has
  // turned.
  const together = new Set(ofKind.map((a) => a.result));
  return together.size < 2 || valid.at(-1)?.result === 'rejected';
}

/** Sockets that stay open without a message, for every token: the service was not asked to verify it. */
function withoutSilence(attempts: readonly Attempt[], looked: readonly FollowUpResult[]): readonly Attempt[] {
  const valid = attempts.filter((a) => a.token === 'genuine' && a.result === 'accepted');
  const invalid = attempts.filter((a) => a.token !== 'genuine' && a.result === 'accepted');
  if (valid.length === 0 || invalid.length === 0) return attempts;
  const isUnasked = (a: Attempt | FollowUpResult): boolean =>
    a.status === 101 &&
    a.result === 'accepted' &&
    (isSilent(a) || (a.said !== undefined && asksForToken(a.said)));
  // A socket that closes without a token required one; but only a longer wait shows that it does not verify it.
  const missing = [...attempts, ...looked].filter((a) => tokenOf(a) === 'missing');
  const waited = looked.some((t) => unchangedOf(t)?.settleMs !== undefined);
  const isAsked = waited && missing.some((a) => a.result === 'rejected' || a.closeCode !== null);
  if (isAsked || !valid.every(isUnasked)) return attempts;
  return attempts.map((a) => (isUnasked(a) ? doubted(a, 'nothing-asked') : a));
}

/**
 * Acceptances of a retired key without a clear answer to a forged token: it is unknown whether the verifier accepts
 * this key, or any.
 */
function withoutComparison(
  attempts: readonly Attempt[],
  looked: readonly FollowUpResult[],
): readonly Attempt[] {
  const isCompared = [
    ...attempts.filter((a) => a.result !== 'inconclusive' || isDoubted(a) || countsAsRejection(a)),
    ...looked.filter((t) => t.result !== 'inconclusive'),
  ].some((a) => tokenOf(a) === 'forged');
  if (isCompared) return attempts;
  return attempts.map((a) =>
    a.token === 'retired' && a.result === 'accepted' ? doubted(a, 'not-compared') : a,
  );
}

/** Expired tokens that are valid for a clock that is behind or unknown. */
function withoutSlowClock(
  attempts: readonly Attempt[],
  looked: readonly FollowUpResult[],
): readonly Attempt[] {
  return attempts.map((a) => {
    if (a.token !== 'expired' || a.result !== 'accepted') return a;
    const seen = { attempts, followUps: looked };
    if (wasExpiredLongAgo(seen, a) === 'accepted' || slowClockOf(seen, a) !== null) return a;
    return doubted(a, 'clock-unknown');
  });
}
