import { lookUp } from './addresses.js';
import { type Connections, openConnections, shortlyKept } from './connections.js';
import type { PersistentNetwork } from './network.js';
import { NetworkError } from './network-errors.js';
import { requesting } from './requests.js';

export interface NetworkOptions {
  /** The environment that provides HTTPS_PROXY, HTTP_PROXY and NO_PROXY. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folder that relative paths of TLS options start from. */
  readonly folder: string;
  /** The display form of a configured path; without it, no path is shown. */
  readonly label?: (text: string) => string;
  /** The number of retries of a request whose connection failed; default 2. */
  readonly retries?: number | undefined;
  /** Milliseconds that an idle connection is kept; default 2 s. A shorter time announced by the server applies. */
  readonly keepMs?: number | undefined;
  /** From 0 up to 1: the jitter of the pauses between tries. */
  readonly random?: () => number;
}

/** The default timeout of a name lookup, in milliseconds. */
const lookUpTimeout = 5000;

/** Opens the only network access of the program. Nothing is loaded or connected before the first request. */
export function openNetwork(options: NetworkOptions): PersistentNetwork {
  const { env, folder, label, keepMs = shortlyKept, retries = 2, random = Math.random } = options;
  const closing = new AbortController();
  let opening: Promise<Connections> | null = null;
  const closed = new NetworkError({ code: 'connection', message: 'the network is closed' });
  const opened = (): Promise<Connections> => {
    if (closing.signal.aborted) throw closed;
    opening ??= openConnections(env, { folder, label }, keepMs);
    return opening;
  };

  const persistent: PersistentNetwork = {
    forCheck(signal, concurrency = Number.POSITIVE_INFINITY) {
      let ready: Promise<Connections> | null = null;
      const connections = async (): Promise<Connections> => {
        const connections = opened();
        // A resource that outlasts a check, such as Secret Manager's client, may start during one: it must not
        // drop the connections of that check.
        ready ??= signal === closing.signal ? connections : connections.then((open) => open.renew());
        return ready;
      };
      return {
        request: requesting(connections, signal, concurrency, { retries, random }),
        async dispatcher({ url, tls }) {
          return (await connections()).forUpgrades(new URL(url), tls);
        },
        addresses: (hostname, timeoutMs = lookUpTimeout) => lookUp(hostname, timeoutMs, signal),
        persistent,
      };
    },
    closed: closing.signal,
    async close() {
      closing.abort();
      if (opening !== null) await (await opening).close();
    },
  };
  return persistent;
}
