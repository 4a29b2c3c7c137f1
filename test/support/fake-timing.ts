import type { Timing } from '../../src/endpoint/timing.js';

/** A clock that stands still until it is moved, and timers that run when it passes them. */
export interface FakeTiming extends Timing {
  /** Milliseconds until each timer that is set. */
  readonly timers: () => number[];
  /** Moves the clock, runs the timers that are due in their order, and lets what they started go on. */
  advance(ms: number): Promise<void>;
}

/** @param random the share of the jitter: 0.5 is none */
export function fakeTiming(random = (): number => 0.5): FakeTiming {
  let now = 1000;
  const timers = new Set<{ readonly at: number; readonly run: () => void }>();
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  };
  return {
    now: () => now,
    date: () => new Date(now),
    random,
    after(ms, run) {
      const timer = { at: now + ms, run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    timers: () => [...timers].map(({ at }) => at - now),
    async advance(ms) {
      const end = now + ms;
      await settle();
      for (;;) {
        const [first] = [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
        if (first === undefined) break;
        timers.delete(first);
        now = first.at;
        first.run();
        await settle();
      }
      now = end;
    },
  };
}
