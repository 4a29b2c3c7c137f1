/** Pauses between tries, in milliseconds. */
export interface Backoff {
  /** Upper limit of the first pause. */
  readonly first: number;
  /** Upper limit of every pause. */
  readonly longest: number;
}

/** A larger exponent changes nothing: the longest pause is reached. */
const mostDoublings = 16;

/**
 * Milliseconds until the next attempt. The upper limit doubles with each attempt. Jitter over the upper half keeps many
 * clients from returning at the same moment.
 * @param tries the number of failed attempts: at least 1
 * @param random from 0 up to 1
 */
export function backoff({ first, longest }: Backoff, tries: number, random: () => number): number {
  const limit = Math.min(longest, first * 2 ** Math.min(tries - 1, mostDoublings));
  return limit * (0.5 + random() / 2);
}
