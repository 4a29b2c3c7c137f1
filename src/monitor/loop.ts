import { EventEmitter } from 'node:events';

/** When checks happen. Milliseconds. */
export interface Schedule {
  /** From the start of one check to the start of the next. */
  readonly interval: number;
  /** The maximum random delay, so that many monitors do not send requests at the same moment. */
  readonly jitter: number;
}

export interface LoopOptions {
  /** Read before every pause, because a reload may have changed it. */
  readonly schedule: () => Schedule;
  /** The number of checks; default: until `signal` is aborted. */
  readonly cycles?: number | undefined;
  readonly signal: AbortSignal;
  /** Its event `wake` starts the next check at once, after a check in progress: something may have changed. */
  readonly alarm?: EventEmitter;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Called with the milliseconds until the next check. */
  readonly onPause?: (ms: number) => void;
}

/**
 * Repeats a check at its interval, never two at once. A check that takes longer than the interval is followed by the
 * next at once, and the missed ones are skipped. Ends when `signal` is aborted, or after `cycles`.
 */
export async function repeat(check: () => Promise<void>, options: LoopOptions): Promise<void> {
  const { schedule, cycles = Number.POSITIVE_INFINITY, signal, random, onPause } = options;
  const { alarm = new EventEmitter() } = options;
  let woken = false;
  const wake = (): void => {
    woken = true;
  };
  alarm.on('wake', wake);
  try {
    for (let done = 1; !signal.aborted; done++) {
      const started = performance.now();
      woken = false;
      await check();
      if (done >= cycles || signal.aborted) return;
      if (woken) continue;
      const { interval, jitter } = schedule();
      const due = Math.max(started + interval - performance.now(), 0);
      const ms = due + jitter * random();
      onPause?.(ms);
      await pause(ms, signal, alarm);
    }
  } finally {
    alarm.removeListener('wake', wake);
  }
}

/** Waits for the given time, or until it is aborted or woken. */
function pause(ms: number, signal: AbortSignal, alarm: EventEmitter): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      alarm.removeListener('wake', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
    alarm.once('wake', end);
    if (signal.aborted) end();
  });
}
