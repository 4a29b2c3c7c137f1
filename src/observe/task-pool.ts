/** A list with items that are not begun. */
interface Batch {
  /** How many items are not begun yet; never 0 while the list waits for its turn. */
  readonly left: number;
  /** Begins the next item, and resolves once it is done; never rejects. */
  begin(): Promise<void>;
}

/**
 * The one limiter of the program: works on at most `width` items at once, and takes from each list in turn. A list is often one
 * machine, which should not receive the whole width at once. What waits costs nothing but its place in the list: a large check
 * has tens of thousands of items.
 */
export class TaskPool {
  readonly #width: number;
  readonly #batches: Batch[] = [];
  /** Whose turn it is. */
  #turn = 0;
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

  /** The list whose turn it is; one whose last item this is leaves. */
  #next(): Batch | undefined {
    const turn = this.#turn < this.#batches.length ? this.#turn : 0;
    const batch = this.#batches[turn];
    if (batch === undefined) return undefined;
    this.#turn = turn + 1;
    if (batch.left === 1) {
      // The last list takes its place, so that leaving costs the same however many lists there are.
      const last = this.#batches.pop();
      if (last !== undefined && last !== batch) this.#batches[turn] = last;
    }
    return batch;
  }
}
