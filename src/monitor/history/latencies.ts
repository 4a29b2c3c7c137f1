/** Milliseconds up to here are counted one by one. */
const exactUpTo = 100;

/** Above it, each class is so much wider than the one before: what is told is at most 1 % off. */
const growth = 1.02;

const logGrowth = Math.log(growth);

/** More than an hour is an hour. */
const longest = 3_600_000;

const classOf = (ms: number): number => {
  const within = Math.min(ms, longest);
  const rounded = Math.round(within);
  return rounded <= exactUpTo ? rounded : exactUpTo + Math.ceil(Math.log(within / exactUpTo) / logGrowth);
};

/** The middle of a class, as seen from its relative bounds. */
const middleOf = (index: number): number =>
  index <= exactUpTo ? index : (exactUpTo * growth ** (index - exactUpTo) * 2) / (1 + growth);

/**
 * Counts milliseconds in classes, however many there are: quantiles are exact to the millisecond up to 100 ms, and to
 * 1 % above.
 */
export class Latencies {
  #counts: number[] = [];
  #total = 0;

  add(ms: number): void {
    const index = classOf(ms);
    while (this.#counts.length <= index) this.#counts.push(0);
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.#total += 1;
  }

  /** Takes in all that another one counted. */
  join(other: Latencies): void {
    // By index: an iterator takes ten times as long, and a week is joined of ten thousand minutes.
    const more = other.#counts;
    for (let index = 0; index < more.length; index++)
      this.#counts[index] = (this.#counts[index] ?? 0) + (more[index] ?? 0);
    this.#total += other.#total;
  }

  /** Whole milliseconds that this share of all stayed within (nearest rank); `null` where there were none. */
  quantile(share: number): number | null {
    if (this.#total === 0) return null;
    let left = Math.max(Math.ceil(share * this.#total), 1);
    for (const [index, count] of this.#counts.entries()) {
      left -= count;
      if (left <= 0) return Math.round(middleOf(index));
    }
    return null;
  }
}
