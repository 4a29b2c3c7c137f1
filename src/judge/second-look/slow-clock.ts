import type { Attempt, AttemptResult, Observations } from '../../model.js';

type Seen = Pick<Observations, 'attempts' | 'trials'>;
type Where = Pick<Attempt, 'participant' | 'probe'>;

/** Milliseconds since the expiry of the control `expired`: issued an hour ago, it lived a few minutes at most. */
const expiredForMs = 55 * 60_000;

/** What a token got that expired decades ago, and so is expired by every clock; `null`: none was presented. */
export function wasExpiredLongAgo({ trials }: Seen, where: Where): AttemptResult | null {
  const found = trials.find(
    (t) => t.participant === where.participant && t.probe === where.probe && t.facts.yearAgo === true,
  );
  return found?.result ?? null;
}

/**
 * Milliseconds by which the clock of a verifier is behind, where that explains that it accepts an expired token: it
 * rejects one that expired long ago, and its answers say that its clock is behind. `null`: that is not known.
 */
export function slowClockOf(seen: Seen, where: Where): number | null {
  if (wasExpiredLongAgo(seen, where) !== 'rejected') return null;
  const offsets = seen.attempts
    .filter((a) => a.participant === where.participant && a.probe === where.probe)
    .flatMap((a) => a.clockOffsetMs ?? [])
    .sort((a, b) => a - b);
  const offset = offsets[Math.floor(offsets.length / 2)];
  return offset !== undefined && offset <= -expiredForMs ? -offset : null;
}
