/**
 * The delay of a write for readers: the number of reads, the milliseconds, or both, that still return the old value.
 */
export interface Lag {
  readonly reads?: number;
  readonly ms?: number;
}

/** A value whose changes reach readers late, as in an eventually consistent service. */
export class Eventual<T> {
  #written: T;
  #old: { readonly value: T; reads: number; readonly until: number } | null = null;

  constructor(value: T) {
    this.#written = value;
  }

  /** The value as last written, which a strongly consistent read returns. */
  get written(): T {
    return this.#written;
  }

  /** The value for a reader now. Every call counts as one read. */
  read(now: Date): T {
    if (this.#old === null) return this.#written;
    if (this.#old.reads <= 0 && now.getTime() >= this.#old.until) {
      this.#old = null;
      return this.#written;
    }
    this.#old.reads -= 1;
    return this.#old.value;
  }

  /** Writes a value. While an earlier write has not arrived yet, readers keep the value from before both. */
  write(value: T, lag: Lag, now: Date): void {
    const isStale = this.#old !== null && (this.#old.reads > 0 || now.getTime() < this.#old.until);
    const seen = isStale && this.#old !== null ? this.#old.value : this.#written;
    this.#written = value;
    const { reads = 0, ms = 0 } = lag;
    this.#old = reads > 0 || ms > 0 ? { value: seen, reads, until: now.getTime() + ms } : null;
  }
}
