/** The longest delay of a check, or of another recipient, by a write; milliseconds. */
export const longestWaitMs = 5000;

/** The work did not finish in time. It continues. */
export const late = Symbol('late');

/**
 * Waits a limited time for work that may never finish, such as a write to a disk that does not answer. It does not wait
 * while an earlier piece is overdue.
 */
export type Patience = <T>(work: Promise<T>, ms?: number) => Promise<T | typeof late>;

export function createPatience(defaultMs = longestWaitMs): Patience {
  const overdue = new Set<Promise<unknown>>();
  return async (work, ms = defaultMs) => {
    if (overdue.size > 0) {
      work.catch(() => {});
      return late;
    }
    let timer: NodeJS.Timeout | undefined;
    const enough = new Promise<typeof late>((resolve) => {
      timer = setTimeout(() => resolve(late), ms);
    });
    try {
      const first = await Promise.race([work, enough]);
      if (first === late) {
        overdue.add(work);
        const done = (): void => void overdue.delete(work);
        work.then(done, done);
      }
      return first;
    } finally {
      clearTimeout(timer);
    }
  };
}
