/** Takes one request: 0 where it may pass, otherwise whole seconds to wait. */
export type Bucket = () => number;

/** At most this many requests in this many seconds, or no limit. */
export type RateLimit = { readonly requests: number; readonly seconds: number } | false;

/**
 * A token bucket: `requests` at once, refilled evenly over `seconds`. It holds two numbers, however many requests come.
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

/** Callers with a bucket of their own; what it takes is bounded however many there are. */
const mostCallers = 1000;

/** Takes one request of a caller. */
export type CallerLimit = (caller: string) => number;

/**
 * A token bucket for each caller, so that none can use up what others have. The callers that were seen last keep theirs;
 * one that comes back after a thousand others begins anew.
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
