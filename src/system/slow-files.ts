/** A file was not read in time. */
export const noAnswer = Symbol('no answer');

interface Limits {
  /** The folder of the file, or another name for what answers or does not answer as a whole. */
  readonly place: string;
  /** Milliseconds for the read itself. */
  readonly ms: number;
  /** Ends the wait. */
  readonly signal?: AbortSignal | undefined;
}

/** Reads a file if that takes no longer than its limits. Rejects as the read does. */
export type ReadInTime = <T>(read: () => Promise<T>, limits: Limits) => Promise<T | typeof noAnswer>;

/** Lets a read that waits for its turn begin, or answers it at once. */
type Settle = (isBegun: boolean) => void;

/** Of the four threads of Node that read and write files and resolve host names. */
const mostThreads = 2;

/**
 * Reads files, one of a place at a time. A read from a volume that does not answer never ends, and keeps a thread. So no
 * other read of its place begins until it ends, and none at all while such reads keep all threads that reads may have: these
 * reads are answered at once.
 */
export function openFileReader(): ReadInTime {
  /** Places of the reads that take a thread, and whether each is overdue. */
  const running = new Map<string, 'in time' | 'overdue'>();
  /** By place. */
  const waiting = new Map<string, Set<Settle>>();

  /** Settles the reads that may begin now, and those that cannot. */
  function settle(): void {
    const overdue = [...running].flatMap(([place, state]) => (state === 'overdue' ? [place] : []));
    const isHopeless = overdue.length === mostThreads;
    for (const place of isHopeless ? [...waiting.keys()] : overdue)
      for (const one of [...(waiting.get(place) ?? [])]) one(false);
    for (const [place, [first]] of waiting) {
      if (running.size === mostThreads) return;
      if (first === undefined || running.has(place)) continue;
      running.set(place, 'in time');
      first(true);
    }
  }

  function release(place: string): void {
    running.delete(place);
    settle();
  }

  /** Whether the read may begin. */
  function turn(place: string, signal: AbortSignal | undefined): Promise<boolean> {
    if (signal?.aborted === true) return Promise.resolve(false);
    return new Promise((resolve) => {
      const ofPlace = waiting.get(place) ?? new Set();
      const stop = (): void => one(false);
      const one: Settle = (isBegun) => {
        ofPlace.delete(one);
        if (ofPlace.size === 0) waiting.delete(place);
        signal?.removeEventListener('abort', stop);
        resolve(isBegun);
      };
      waiting.set(place, ofPlace.add(one));
      signal?.addEventListener('abort', stop, { once: true });
      settle();
    });
  }

  return async (read, { place, ms, signal }) => {
    if (!(await turn(place, signal))) return noAnswer;
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
        release(place);
        return first;
      }
    } catch (error) {
      release(place);
      throw error;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
    }
    running.set(place, 'overdue');
    const end = (): void => release(place);
    reading.then(end, end);
    settle();
    return noAnswer;
  };
}

/** All reads of secrets and certificates share the threads of the process. */
export const readInTime: ReadInTime = openFileReader();
