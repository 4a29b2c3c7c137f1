/** A file was not read in time. */
export const noAnswer = Symbol('no answer');

interface Limits {
  /** Milliseconds for the read itself. */
  readonly ms: number;
  /** Ends the wait. */
  readonly signal?: AbortSignal | undefined;
}

/** Reads a file if that takes no longer than its limits. Rejects as the read does. */
export type ReadInTime = <T>(read: () => Promise<T>, limits: Limits) => Promise<T | typeof noAnswer>;

/**
 * Reads files one at a time. A read from a volume that does not answer never ends, and keeps one of the few threads of
 * Node that also write files and resolve host names. So no other read begins until it ends: all of them answer at once.
 */
export function openFileReader(): ReadInTime {
  let state: 'free' | 'busy' | 'overdue' = 'free';
  const waiting = new Set<(isFree: boolean) => void>();

  const release = (): void => {
    const [next] = waiting;
    state = next === undefined ? 'free' : 'busy';
    next?.(true);
  };

  /** Whether the read may begin. */
  function turn(signal: AbortSignal | undefined): Promise<boolean> {
    if (state === 'overdue' || signal?.aborted === true) return Promise.resolve(false);
    if (state === 'free') {
      state = 'busy';
      return Promise.resolve(true);
    }
    return new Promise((resolve) => {
      const stop = (): void => done(false);
      const done = (isFree: boolean): void => {
        waiting.delete(done);
        signal?.removeEventListener('abort', stop);
        resolve(isFree);
      };
      waiting.add(done);
      signal?.addEventListener('abort', stop, { once: true });
    });
  }

  return async (read, { ms, signal }) => {
    if (!(await turn(signal))) return noAnswer;
    const reading = read();
    let stop = (): void => {};
    const enough = new Promise<typeof noAnswer>((resolve) => {
      stop = () => resolve(noAnswer);
    });
    const timer = setTimeout(stop, ms);
    signal?.addEventListener('abort', stop, { once: true });
    try {
      const first = await Promise.race([reading, enough]);
      if (first !== noAnswer) {
        release();
        return first;
      }
    } catch (error) {
      release();
      throw error;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
    }
    state = 'overdue';
    reading.then(release, release);
    for (const done of [...waiting]) done(false);
    return noAnswer;
  };
}

/** All reads of secrets and certificates share the threads of the process. */
export const readInTime: ReadInTime = openFileReader();
