import type { Loaded } from '../config/load.js';
import type { ObserveContext } from '../observe/context.js';
import { openNetwork } from '../observe/network/open.js';
import type { Io } from '../system/io.js';
import { type TimeLimits, timeLimitsOf, withDeadline } from './time-limits.js';

/**
 * Does something with a configuration within the deadline of a check, over a network of its own that is closed
 * afterwards.
 */
export function withNetwork<T>(
  { settings, folder, label }: Loaded,
  { concurrency, ...limits }: TimeLimits & { readonly concurrency?: number | undefined },
  { env, now, signal: interrupted }: Pick<Io, 'env' | 'now' | 'signal'>,
  work: (context: ObserveContext) => Promise<T>,
): Promise<T> {
  const { timeoutMs, deadlineMs } = timeLimitsOf(settings, limits);
  return withDeadline(interrupted, deadlineMs, async (signal) => {
    const network = openNetwork({ env, folder, label });
    try {
      return await work({
        ...{ env, now, folder, signal, timeoutMs, label },
        network: network.forCheck(signal, concurrency),
        fingerprintLength: settings.fingerprint.length,
      });
    } finally {
      await network.close();
    }
  });
}
