import type { ObserveContext } from '../../context.js';

/** The time was over, or the whole check ended. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
  readonly ended: boolean;

  constructor(ended: boolean) {
    super(ended ? 'the check ended' : 'the time was over');
    this.ended = ended;
  }
}

/** A limit for everything that one read does. */
export interface Deadline {
  /** Aborted when the time is over or the check ends. */
  readonly signal: AbortSignal;
  /** Milliseconds left. */
  remaining(): number;
  /** What the promise gives, or `DeadlineError`. The promise itself goes on; give it the signal where it takes one. */
  race<T>(promise: Promise<T>): Promise<T>;
}

/** A deadline that begins now. */
export function deadlineOf(context: Pick<ObserveContext, 'signal' | 'timeoutMs'>): Deadline {
  const ends = performance.now() + context.timeoutMs;
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(context.timeoutMs)]);
  return {
    signal,
    remaining: () => Math.max(1, Math.ceil(ends - performance.now())),
    race: async (promise) => {
      // A loser that fails later must not end the program.
      promise.catch(() => {});
      let stop = (): void => {};
      const over = new Promise<never>((_resolve, reject) => {
        const fail = (): void => reject(new DeadlineError(context.signal.aborted));
        if (signal.aborted) return fail();
        // AbortSignal.timeout does not keep the process alive, and a metadata server that hangs may not either.
        const timer = setTimeout(fail, Math.max(1, ends - performance.now()));
        signal.addEventListener('abort', fail, { once: true });
        stop = () => {
          clearTimeout(timer);
          signal.removeEventListener('abort', fail);
        };
      });
      try {
        return await Promise.race([promise, over]);
      } finally {
        stop();
      }
    },
  };
}
