/** A list of which some items are still to be begun. */
interface Batch {
  isLeft(): boolean;
  /** Begins the next item, and resolves once it is done; never rejects. */
  begin(): Promise<void>;
}

/**
 * Works through lists, first come, first served, on so many items at once. What waits costs nothing but its place in the
 * list: a large check has tens of thousands of things to do.
 */
export class Crew {
  readonly #width: number;
  readonly #batches: Batch[] = [];
  #busy = 0;

  constructor(width: number) {
    this.#width = width;
  }

  /** The results in the order of the items; the first failure is the failure of all. */
  all<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
    return new Promise((resolve, reject) => {
      if (items.length === 0) return resolve([]);
      const results: R[] = [];
      const waiting = items.entries();
      let next = waiting.next();
      let left = items.length;
      this.#take({
        isLeft: () => !next.done,
        async begin() {
          if (next.done) return;
          const [index, item] = next.value;
          next = waiting.next();
          try {
            results[index] = await work(item);
            left -= 1;
            if (left === 0) resolve(results);
          } catch (error) {
            reject(error);
          }
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
    for (let batch = this.#batches[0]; batch !== undefined; batch = this.#batches[0]) {
      const begun = batch.begin();
      if (!batch.isLeft()) this.#batches.shift();
      await begun;
    }
    this.#busy -= 1;
  }
}
