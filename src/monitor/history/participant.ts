import type { ParticipantRecord } from './record.js';

/** Milliseconds up to here are counted one by one. */
const exactUpTo = 100;

/** Above it, each class is wider than the one before by this factor: a quantile is at most 1 % off. */
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

export interface ParticipantStatistics {
  readonly name: string;
  /** Checks that it was part of. */
  readonly checks: number;
  /** Of the checks in which its agreement is known, those in which it agreed. */
  readonly agreesShare: number | null;
  /** Of all checks, those in which it could be reached. */
  readonly upShare: number | null;
  /** Valid tokens that it answered, and the share that it accepted. */
  readonly validations: number;
  readonly acceptedShare: number | null;
  /** Milliseconds of those answers: exact up to 100 ms, above to 1 %. */
  readonly latencyMs: { readonly p50: number; readonly p95: number } | null;
  /** Incidents that it was part of. */
  readonly incidents: number;
}

/** 0 to 1; `null` of nothing. */
export const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

/** Adds up what the checks saw of one participant. */
export class Participant {
  #checks = 0;
  #known = 0;
  #agreed = 0;
  #up = 0;
  #shown = 0;
  #accepted = 0;
  readonly #latencies = new Latencies();

  add({ up, agrees, shown, accepted, latenciesMs }: ParticipantRecord): void {
    this.#checks += 1;
    if (up) this.#up += 1;
    if (agrees !== null) this.#known += 1;
    if (agrees === true) this.#agreed += 1;
    this.#shown += shown;
    this.#accepted += accepted;
    for (const ms of latenciesMs) this.#latencies.add(ms);
  }

  statistics(name: string, incidents: number): ParticipantStatistics {
    const p50 = this.#latencies.quantile(0.5);
    const p95 = this.#latencies.quantile(0.95);
    return {
      name,
      checks: this.#checks,
      agreesShare: share(this.#agreed, this.#known),
      upShare: share(this.#up, this.#checks),
      validations: this.#shown,
      acceptedShare: share(this.#accepted, this.#shown),
      latencyMs: p50 === null || p95 === null ? null : { p50, p95 },
      incidents,
    };
  }
}
