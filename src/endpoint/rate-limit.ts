/** Takes one request: 0 where it may pass, otherwise whole seconds to wait. */
export type Bucket = () => number;

/**
 * A token bucket: so many requests at once, refilled evenly over so many seconds. It remembers two numbers, however many
 * ask.
 * @param clock milliseconds
 */
export function tokenBucket(
  limit: { readonly requests: number; readonly seconds: number } | false,
  clock: () => number,
): Bucket {
  if (limit === false) return () => 0;
  const perMs = limit.requests / (limit.seconds * 1000);
  let left = limit.requests;
  let last = clock();
  return () => {
    const now = clock();
    left = Math.min(limit.requests, left + Math.max(0, now - last) * perMs);
    last = now;
    if (left >= 1) {
      left -= 1;
      return 0;
    }
    return Math.max(1, Math.ceil((1 - left) / perMs / 1000));
  };
}
