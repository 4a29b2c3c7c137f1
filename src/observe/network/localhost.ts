import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isLoopback } from '../../schema/url.js';

/** What `localhost` and the names below it are (RFC 6761 §6.3), whatever a resolver says. */
export const loopbackAddresses = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
] as const;

/**
 * Looks names up as Node does, but for those of this machine: nothing is sent in the clear to an address that only a
 * resolver says is here.
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
