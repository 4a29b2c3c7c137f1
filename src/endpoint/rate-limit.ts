/** Takes one request: returns 0 if it is allowed, otherwise the whole seconds to wait. */
export type Bucket = () => number;

/** Maximum number of requests per number of seconds, or no limit. */
export type RateLimit = { readonly requests: number; readonly seconds: number } | false;

/**
 * A token bucket: `requests` at once, refilled evenly over `seconds`. It stores two numbers, regardless of the number
 * of requests.
 * @param clock milliseconds
 */
export function tokenBucket(limit: RateLimit, clock: () => number): Bucket {
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

/** Maximum number of callers with their own bucket, which bounds the memory. */
const mostCallers = 1000;

/** Takes one request of a caller. */
export type CallerLimit = (caller: string) => number;

/**
 * One token bucket for each caller, so that no caller can use up the limit of others. The most recent callers keep
 * theirs; a caller that returns after a thousand others starts with a new one.
 */
export function limitPerCaller(limit: RateLimit, clock: () => number): CallerLimit {
  const buckets = new Map<string, Bucket>();
  return (caller) => {
    const bucket = buckets.get(caller) ?? tokenBucket(limit, clock);
    buckets.delete(caller);
    buckets.set(caller, bucket);
    const [oldest] = buckets.keys();
    if (buckets.size > mostCallers && oldest !== undefined) buckets.delete(oldest);
    return bucket();
  };
}
