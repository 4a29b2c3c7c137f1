/**
 * Watches how long this process is busy with one thing, in milliseconds: then a server in it is late, and nothing is wrong
 * with that.
 */
export function longestPause(): () => number {
  let last = performance.now();
  let longest = 0;
  const look = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  };
  const timer = setInterval(look, 10);
  return () => {
    clearInterval(timer);
    look();
    return longest;
  };
}
