import { expect } from 'vitest';

/** Milliseconds of processor time of this process: waiting for a busy machine does not count. */
function used(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** The least processor time of several runs, in milliseconds. */
function fastest(work: () => unknown): number {
  let least = Number.POSITIVE_INFINITY;
  // A few milliseconds are mostly noise: more runs give a better estimate.
  for (let run = 0, spent = 0; run < 3 || (run < 25 && spent < 100); run += 1) {
    const before = used();
    work();
    const ms = used() - before;
    spent += ms;
    least = Math.min(least, ms);
  }
  return least;
}

/** Expects one task to take less than the given multiple of another. */
export function expectRatio(most: number, work: () => unknown, other: () => unknown): void {
  // A garbage collection during a measurement may hide the growth: it is measured several times.
  const ratios: number[] = [];
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const ratio = fastest(work) / Math.max(fastest(other), 0.05);
    if (ratio < most) return;
    ratios.push(ratio);
  }
  expect.fail(
    `it takes ${ratios.map((one) => one.toFixed(1)).join(', ')} times as long, not less than ${most}`,
  );
}

/**
 * Expects work on twice the size to take less than three times as long: it must grow at most linearly. There is no
 * bound in seconds, which a slow or busy machine would exceed.
 * @param prepare makes the input of a size; its time does not count
 */
export function expectLinear<T>(
  size: number,
  prepare: (size: number) => T,
  work: (input: T) => unknown,
): void {
  const [once, twice] = [prepare(size), prepare(2 * size)];
  expectRatio(
    3,
    () => work(twice),
    () => work(once),
  );
}
