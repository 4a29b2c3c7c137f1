import type { Attempt, AttemptResult, Observations } from '../../model.js';
import { unchangedOf } from '../follow-ups.js';

type Seen = Pick<Observations, 'attempts' | 'followUps'>;
type Where = Pick<Attempt, 'participant' | 'probe'>;

/** Milliseconds since the expiry of the control `expired`: issued an hour ago, it lived a few minutes at most. */
const expiredForMs = 55 * 60_000;

/** A clock that is measured to be further behind than this explains a token that expired a year ago. */
const nearlyAYearMs = 300 * 24 * 3_600_000;

/**
 * The result of a token that expired so long ago that no clock explains it: a year ago with a measured clock, or in 1970
 * with an unknown one. `null`: no such token was presented, or a clock may still explain it.
 */
export function wasExpiredLongAgo(seen: Seen, where: Where): AttemptResult | null {
  const here = seen.followUps.filter((t) => t.participant === where.participant && t.probe === where.probe);
  const aYearAgo = here.find((t) => unchangedOf(t)?.yearAgo === true)?.result ?? null;
  if (aYearAgo !== 'accepted') return aYearAgo;
  const offset = offsetOf(seen, where);
  const isClockKnown = offset !== null && offset > -nearlyAYearMs;
  const in1970 = here.some((t) => unchangedOf(t)?.in1970 === true && t.result === 'accepted');
  return isClockKnown || in1970 ? 'accepted' : null;
}

/** Milliseconds by which the verifier's clock is ahead of the local one, according to the answers; `null`: unknown. */
function offsetOf({ attempts }: Seen, { participant, probe }: Where): number | null {
  const offsets = attempts
    .filter((a) => a.participant === participant && a.probe === probe)
    .flatMap((a) => a.clockOffsetMs ?? [])
    .sort((a, b) => a - b);
  return offsets[Math.floor(offsets.length / 2)] ?? null;
}

/**
 * Milliseconds by which the clock of a verifier is behind, if that explains why it accepts an expired token: it rejects
 * one that expired long ago, and its answers show a late clock. `null`: unknown.
 */
export function slowClockOf(seen: Seen, where: Where): number | null {
  if (wasExpiredLongAgo(seen, where) !== 'rejected') return null;
  const offset = offsetOf(seen, where);
  return offset !== null && offset <= -expiredForMs ? -offset : null;
}
