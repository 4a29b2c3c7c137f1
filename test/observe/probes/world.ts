import { setMaxListeners } from 'node:events';
import { tmpdir } from 'node:os';
import type { ObserveContext } from '../../../src/observe/context.js';
import type { Network } from '../../../src/observe/network/network.js';
import { openNetwork } from '../../../src/observe/network/open.js';

/** A real world with a short timeout, to be closed by `network.close()`. */
export function worldOf(over: Partial<ObserveContext> = {}): ObserveContext {
  const signal = over.signal ?? new AbortController().signal;
  // As a session does: many probes wait for one signal, which is no leak.
  setMaxListeners(0, signal);
  const network: Network = over.network ?? openNetwork({ env: {}, folder: tmpdir() }).forCheck(signal);
  return {
    env: {},
    now: () => new Date(),
    network,
    folder: tmpdir(),
    signal,
    timeoutMs: 60_000,
    fingerprintLength: 8,
    label: (text) => text.replace(/\?.*/, ''),
    ...over,
  };
}
