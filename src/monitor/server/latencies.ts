/** Steps for each doubling: a quantile is at most 4.5 % off. */
const stepsPerOctave = 8;

/** Milliseconds; what is quicker counts as this. */
const least = 0.1;

/** Many latencies in little room: how many were about how long. */
export interface Latencies {
  add(ms: number): void;
  join(other: Latencies): void;
  /** Milliseconds that so much of them took at most (nearest rank); `null` where there is none. */
  quantile(share: number): number | null;
  readonly counts: ReadonlyMap<number, number>;
}

export function createLatencies(): Latencies {
  const counts = new Map<number, number>();
  const count = (step: number, by: number): void => {
    counts.set(step, (counts.get(step) ?? 0) + by);
  };
  return {
    counts,
    add: (ms) => {
      if (Number.isFinite(ms)) count(Math.round(Math.log2(Math.max(ms, least)) * stepsPerOctave), 1);
    },
    join: (other) => {
      for (const [step, by] of other.counts) count(step, by);
    },
    quantile(share) {
      const steps = [...counts].sort(([a], [b]) => a - b);
      const total = steps.reduce((sum, [, by]) => sum + by, 0);
      let before = 0;
      for (const [step, by] of steps) {
        before += by;
        if (before >= share * total) return Number((2 ** (step / stepsPerOctave)).toPrecision(3));
      }
      return null;
    },
  };
}
