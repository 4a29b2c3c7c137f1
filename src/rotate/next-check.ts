import type { Instant } from '../rotation/key-use.js';
import type { WaitingFor } from './gate.js';
import type { RotationRun } from './rotation-context.js';
import type { Plan } from './rotation-plan.js';

/** Maximum number of further checks of a command that writes, without `--wait`: to confirm, and one in case that comes too early. */
const mostUnasked = 3;

/** Milliseconds between two checks while a drain lasts, unless a longer `--interval` is given. */
const longestPause = 60_000;

/** Only time is needed for it. */
const isOfTime = (condition: string): boolean => condition === 'twice' || condition === 'drained';

interface Checked {
  readonly run: Pick<RotationRun, 'apply' | 'intervalMs' | 'waitMs'>;
  /** Number of checks so far. */
  readonly checks: number;
  readonly now: Instant;
  /** When waiting ends; `null` without `--wait`. */
  readonly end: Instant | null;
}

/** When to check again; `null`: not at all. Pure. */
export function nextCheck(outcome: Plan['outcome'], { run, checks, now, end }: Checked): Instant | null {
  const within = (at: Instant): Instant | null => (end !== null && at <= end ? at : null);
  if (outcome.is === 'refused')
    return outcome.until === undefined ? null : within(Math.max(now + 1, outcome.until));
  if (outcome.is !== 'waiting') return null;
  const { waitingFor } = outcome.gate;
  const confirmedAt = waitingFor.find(({ condition }) => condition === 'twice')?.until;
  if (confirmedAt === undefined || !waitingFor.every(({ condition }) => isOfTime(condition)))
    return within(now + pauseFor(waitingFor, run.intervalMs, now));
  const at = Math.max(now, confirmedAt) + 1;
  if (run.waitMs !== null) return within(at);
  // A gate is only ever proved by two checks: the second one belongs to the command.
  return run.apply && checks <= mostUnasked ? at : null;
}

/** Where only a time has to pass, a long one is not filled with checks; but a signer that falls back has to be seen. */
function pauseFor(waitingFor: readonly WaitingFor[], intervalMs: number, now: Instant): number {
  const until = waitingFor.map((one) => one.until ?? now);
  const left = Math.max(...until) - now;
  if (until.some((at) => at <= now)) return intervalMs;
  return Math.min(left + 1, Math.max(intervalMs, Math.min(longestPause, left / 10)));
}
