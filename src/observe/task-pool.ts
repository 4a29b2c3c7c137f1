/** A list with items that have not started. */
interface Batch {
  /** Number of items that have not started. Never 0 while the list waits for its turn. */
  readonly left: number;
  /** Starts the next item, and resolves when it is done. Never rejects. */
  begin(): Promise<void>;
}

/**
 * The only limiter of the program: processes lists with limited concurrency, and takes items from each list in turn: a list is often one host, which
 * should not receive all concurrent requests. A waiting item costs only its place in the list, because a large check
 * has tens of thousands of items.
 */
export class TaskPool {
  readonly #width: number;
  readonly #batches: Batch[] = [];
  /** Index of the next list. */
  #turn = 0;
  #busy = 0;

  constructor(width: number) {
    this.#width = width;
  }

  /** Returns the results in the order of the items. The first failure rejects the promise. */
  all<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
    return new Promise((resolve, reject) => {
      if (items.length === 0) return resolve([]);
      const results: R[] = [];
      const waiting = items.entries();
      let begun = 0;
      let done = 0;
      this.#take({
        get left() {
          return items.length - begun;
        },
        async begin() {
          const next = waiting.next();
          if (next.done) return;
          begun += 1;
          const [index, item] = next.value;
          try {
            results[index] = await work(item);
            done += 1;
            if (done === items.length) resolve(results);
          } catch (error) {
            reject(error);
          }
        },
      });
    });
  }

  /** The result of one piece of work, which waits for its turn as a list of one item does. */
  run<R>(work: () => Promise<R>): Promise<R> {
    return new Promise((resolve, reject) => {
      let left = 1;
      this.#take({
        get left() {
          return left;
        },
        begin() {
          left = 0;
          return work().then(resolve, reject);
        },
      });
    });
  }

  #take(batch: Batch): void {
    this.#batches.push(batch);
    while (this.#busy < this.#width && this.#batches.length > 0) {
      this.#busy += 1;
      void this.#work();
    }
  }

  async #work(): Promise<void> {
    for (let batch = this.#next(); batch !== undefined; batch = this.#next()) await batch.begin();
    this.#busy -= 1;
  }

  /** The next list. A list with one remaining item is removed. */
  #next(): Batch | undefined {
    const turn = this.#turn < this.#batches.length ? this.#turn : 0;
    const batch = this.#batches[turn];
    if (batch === undefined) return undefined;
    this.#turn = turn + 1;
    if (batch.left === 1) {
      // The last list takes its place, so that removal takes constant time.
      const last = this.#batches.pop();
      if (last !== undefined && last !== batch) this.#batches[turn] = last;
    }
    return batch;
  }
}
