import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { isLoopback } from '../../schema/url.js';
import { readErrorOf } from './errors.js';
import { loopbackAddresses } from './localhost.js';
import type { Outcome } from './network.js';

/**
 * Every address of a name, as the system's resolver gives them, each once, in its order; an address is its own.
 * The resolver cannot be interrupted, so after the time given its answer is merely no longer waited for.
 */
export async function lookUp(
  hostname: string,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Outcome<readonly string[]>> {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0) return { ok: true, value: [host] };
  const what = 'looking up the addresses of the name';
  return new Promise((resolve) => {
    const settle = (outcome: Outcome<readonly string[]>): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
      resolve(outcome);
    };
    const giveUp = (): void =>
      settle({
        ok: false,
        error: { code: 'timeout', message: `${what}: no answer came in time`, hint: 'Check the DNS.' },
      });
    const timer = setTimeout(giveUp, timeoutMs);
    signal.addEventListener('abort', giveUp, { once: true });
    if (signal.aborted) return giveUp();
    if (isLoopback(host)) return settle({ ok: true, value: [loopbackAddresses[0].address] });
    lookup(host, { all: true }).then(
      (found) => settle({ ok: true, value: [...new Set(found.map(({ address }) => address))] }),
      (error: unknown) => settle({ ok: false, error: readErrorOf(error, what) }),
    );
  });
}
