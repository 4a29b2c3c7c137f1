import type { ObserveContext } from '../../context.js';

/** The timeout passed, or the whole check ended. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
  readonly ended: boolean;

  constructor(ended: boolean) {
    super(ended ? 'the check ended' : 'the time was over');
    this.ended = ended;
  }
}

/** A time limit for all operations of one read. */
export interface Deadline {
  /** Aborted when the time is over or the check ends. */
  readonly signal: AbortSignal;
  /** Remaining milliseconds. */
  remaining(): number;
  /**
   * Resolves like the promise, or rejects with `DeadlineError`. The promise itself is not cancelled: pass it the
   * signal if it supports one.
   */
  race<T>(promise: Promise<T>): Promise<T>;
}

/** Starts a deadline now. */
export function deadlineOf(context: Pick<ObserveContext, 'signal' | 'timeoutMs'>): Deadline {
  const ends = performance.now() + context.timeoutMs;
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(context.timeoutMs)]);
  return {
    signal,
    remaining: () => Math.max(1, Math.ceil(ends - performance.now())),
    race: async (promise) => {
      // A later failure of the other promise must not end the program.
      promise.catch(() => {});
      let stop = (): void => {};
      const over = new Promise<never>((_resolve, reject) => {
        const fail = (): void => reject(new DeadlineError(context.signal.aborted));
        if (signal.aborted) return fail();
        // AbortSignal.timeout does not keep the process alive, and a metadata server that hangs must not, either.
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
