/** The clock and the timers of a key ring. */
export interface Timing {
  /** Monotonic milliseconds. */
  now(): number;
  date(): Date;
  /** From 0 up to 1. */
  random(): number;
  /** Calls back after these milliseconds. @returns a function that prevents it */
  after(ms: number, run: () => void): () => void;
}

/** The real ones. A timer does not keep a process alive. */
export const timing: Timing = {
  now: () => performance.now(),
  date: () => new Date(),
  random: () => Math.random(),
  after(ms, run) {
    // A number in browsers and workers, an object in Node.
    const timer = setTimeout(run, ms);
    if (typeof timer === 'object') timer.unref();
    return () => clearTimeout(timer);
  },
};
