import { Socket } from 'node:net';
import type { buildConnector, Dispatcher } from 'undici';
import { NetworkError, ProxyError } from './network-errors.js';
import type { Route } from './proxy.js';
import type { TlsSettings } from './tls.js';

export type Connector = buildConnector.connector;

/** Makes connections with these TLS settings, or with Node's own. */
export type ConnectorBuilder = (tls: TlsSettings | null) => Connector;

/**
 * Connects through an HTTP proxy by CONNECT (RFC 9110 §9.3.6), then with TLS inside if the target requires it. undici's
 * own ProxyAgent is not used: if the proxy drops the connection, it retries without limit or pause.
 */
export function throughTunnel(
  route: Extract<Route, { via: 'proxy' }>,
  toProxy: Dispatcher,
  secure: Connector,
): Connector {
  return (options, callback) => {
    const fail = (error: Error): void => callback(error, null);
    const port = options.port === '' ? (options.protocol === 'https:' ? '443' : '80') : options.port;
    const host = options.hostname.includes(':') ? `[${options.hostname}]` : options.hostname;
    const authority = `${host}:${port}`;
    const headers = {
      host: authority,
      ...(route.authorization === null ? {} : { 'proxy-authorization': route.authorization }),
    };
    toProxy.connect({ origin: route.uri, path: authority, headers }, (error, data) => {
      if (error !== null) return fail(new ProxyError(null, error));
      const { socket, statusCode } = data;
      if (statusCode < 200 || statusCode > 299 || !(socket instanceof Socket)) {
        socket.on('error', () => {}).destroy();
        return fail(new ProxyError(statusCode, null));
      }
      if (options.protocol === 'https:') secure({ ...options, httpSocket: socket }, callback);
      else callback(null, socket);
    });
  };
}

/** All sockets, so that all can be ended, including connection attempts and those that became WebSockets. */
export class Sockets {
  readonly #open = new Set<Socket>();
  /** Aborts each connection attempt. */
  readonly #pending = new Set<() => void>();

  /** A connector whose sockets are tracked. */
  watched(connect: Connector): Connector {
    return (options, callback) => {
      let made: unknown;
      const giveUp = (): void => {
        this.#pending.delete(giveUp);
        if (made instanceof Socket) made.destroy();
        const message = 'it was given up because the check ended';
        callback(new NetworkError({ code: 'connection', message }), null);
      };
      this.#pending.add(giveUp);
      // The types omit it, but undici's own connector returns the socket.
      made = connect(options, (...result) => {
        if (this.#pending.delete(giveUp)) callback(...result);
        else result[1]?.destroy();
      });
      if (!(made instanceof Socket)) return;
      const socket = made;
      this.#open.add(socket);
      socket.once('close', () => this.#open.delete(socket));
    };
  }

  /** Aborts every connection attempt. */
  giveUpPending(): void {
    for (const giveUp of this.#pending) giveUp();
  }

  /** Ends every socket. */
  destroy(): void {
    for (const socket of this.#open) socket.destroy();
  }
}
