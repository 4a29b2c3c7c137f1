import { Socket } from 'node:net';
import type { buildConnector, Dispatcher } from 'undici';
import { ProxyError } from './errors.js';
import type { Route } from './proxy.js';
import type { TlsSettings } from './tls.js';

export type Connector = buildConnector.connector;

/** Makes connections with these TLS settings, or with Node's own. */
export type ConnectorBuilder = (tls: TlsSettings | null) => Connector;

/**
 * Connects through an HTTP proxy by CONNECT (RFC 9110 §9.3.6), then with TLS inside where the target wants it.
 * undici's own ProxyAgent is not used: where a proxy drops the connection, it tries again without end or pause.
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
