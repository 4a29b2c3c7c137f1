import { lookup } from 'node:dns';
import { lookup as lookUpName } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { isLoopback } from '../../schema/url.js';
import type { Outcome } from './network.js';
import { readErrorOf } from './network-errors.js';

/**
 * Every address of a name, from the system's resolver, without duplicates, in its order; an address resolves to itself.
 * The resolver cannot be interrupted, so after the timeout its answer is ignored.
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
    lookUpName(host, { all: true }).then(
      (found) => settle({ ok: true, value: [...new Set(found.map(({ address }) => address))] }),
      (error: unknown) => settle({ ok: false, error: readErrorOf(error, what) }),
    );
  });
}

/** The addresses of `localhost` and the names below it (RFC 6761 §6.3), independent of a resolver. */
export const loopbackAddresses = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
] as const;

/**
 * Resolves names as Node does, except those of this machine: nothing is sent unencrypted to an address that only a
 * resolver calls local.
 */
export const lookUpHere: LookupFunction = (hostname, options, callback) => {
  if (!isLoopback(hostname)) {
    lookup(hostname, options, callback);
    return;
  }
  const wanted =
    options.family === 6 || options.family === 'IPv6'
      ? 6
      : options.family === 4 || options.family === 'IPv4'
        ? 4
        : 0;
  const found = loopbackAddresses.filter(({ family }) => wanted === 0 || family === wanted);
  const [first] = found;
  process.nextTick(() => {
    if (options.all === true)
      callback(
        null,
        found.map((one) => ({ ...one })),
      );
    else callback(null, first?.address ?? '127.0.0.1', first?.family);
  });
};
