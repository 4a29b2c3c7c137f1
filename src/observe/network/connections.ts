/*
 * The connections of a check. undici's own pools, `Agent` behind `EnvHttpProxyAgent`, were measured as an alternative
 * to this layer. A check of 300 services on loopback took 11 to 14 % more processor time without latency and 6 to 9 %
 * more with 50 ms, and 5 MB more memory (medians of nine alternating pairs, twice). They also lack features that tests
 * of this folder require:
 * - The address of `localhost` is pinned, and loopback is never reached through a proxy (addresses, proxy).
 * - TLS settings apply per participant and are read again once their files change; TLS sessions are not cached (tls).
 * - A proxy that drops a connection is not retried without limit (connectors).
 * - A request that must not be repeated never uses a connection that was idle for long (`route`).
 * - A connection attempt of an earlier check is aborted (`renew`).
 */
import { isIP } from 'node:net';
import type { Agent, Dispatcher } from 'undici';
import type { TlsOptions } from '../../schema/fields.js';
import { lookUpHere } from './addresses.js';
import { type Connector, type ConnectorBuilder, Sockets, throughTunnel } from './connectors.js';
import { KeptClients } from './kept-clients.js';
import { NetworkError } from './network-errors.js';
import { type Route, routeTo } from './proxy.js';
import { TlsFiles, type TlsPlace } from './tls.js';

/** A target, and the properties of its connection. */
export interface Target {
  readonly url: URL;
  readonly tls?: TlsOptions | undefined;
  readonly fresh?: boolean | undefined;
  readonly address?: string | undefined;
  /** Whether sending the request twice is safe, which may be necessary if a kept connection turns out to be closed. */
  readonly repeatable?: boolean | undefined;
}

/** The route of one request: undici's parameters besides method, headers and body. */
export interface ConnectionRoute {
  readonly dispatcher: Dispatcher;
  readonly origin: string;
  readonly path: string;
  /** Header fields that the route needs. */
  readonly headers: Readonly<Record<string, string>>;
  readonly servername: string | undefined;
  /** Ends the use of the connection. `keep`: the answer was complete, and the connection can be used again. */
  done(keep: boolean): void;
}

export interface Connections {
  /**
   * Prepares the connections for another check. Connection attempts of an earlier check are aborted, and if a file of
   * TLS options has changed, every connection is replaced.
   */
  renew(): Promise<Connections>;
  /** The route of one HTTP request. @throws NetworkError if the proxy or the TLS options cannot be used */
  route(target: Target): Promise<ConnectionRoute>;
  /** A dispatcher that uses each connection for one upgrade, because undici never reuses such a socket. */
  forUpgrades(url: URL, tls: TlsOptions | undefined): Promise<Dispatcher>;
  /** Ends every connection, including connection attempts and connections that became WebSockets. */
  close(): Promise<void>;
}

/** Milliseconds, shorter than most servers keep an idle connection: a request rarely meets one that is being closed. */
export const shortlyKept = 2000;

/** The caller sets one timeout for the whole request, so undici's own timeouts are disabled. */
const pooling = (keepMs: number) => ({
  headersTimeout: 0,
  bodyTimeout: 0,
  keepAliveTimeout: keepMs,
  keepAliveMaxTimeout: 2 * keepMs,
});

/** A limit for a proxy that never answers, which also holds once no request waits for it. */
const toProxies = { ...pooling(shortlyKept), headersTimeout: 60_000 };

/**
 * @param keepMs the time that an idle connection is kept, unless the server announces less. A request that must not be
 * repeated never uses a connection that was idle for long.
 */
export async function openConnections(
  env: Readonly<Record<string, string | undefined>>,
  place: TlsPlace,
  keepMs: number,
): Promise<Connections> {
  const undici = await import('./undici.js');
  const sockets = new Sockets();
  const files = new TlsFiles(place);
  const connectors = new Map<string, Connector>();
  const clients = new Map<string, KeptClients>();
  const agents = new Map<string, Agent>();

  /** Without cached sessions, so that every connection checks the certificate and none is led back to its replica. */
  const build: ConnectorBuilder = (tls) =>
    sockets.watched(
      undici.buildConnector({
        ...(tls === null ? {} : { secureContext: tls.secureContext }),
        timeout: 0,
        maxCachedSessions: 0,
        // Independent of NODE_TLS_REJECT_UNAUTHORIZED.
        rejectUnauthorized: true,
        lookup: lookUpHere,
      }),
    );

  const connectorFor = async (
    route: Route,
    options: TlsOptions | undefined,
  ): Promise<[string, Connector]> => {
    if (route.via === 'nowhere') {
      throw new NetworkError({
        code: 'connection',
        message: `the environment variable ${route.variable} ${route.problem}`,
        hint: `Set ${route.variable} to a URL such as http://proxy.example.com:3128, or unset it.`,
      });
    }
    const tls = options === undefined ? null : await files.read(options);
    const key = `${route.via === 'proxy' ? route.uri : ''} ${JSON.stringify(options ?? null)}`;
    let connector = connectors.get(key);
    if (connector === undefined) {
      const secured = named(build(tls), tls?.serverName);
      connector =
        route.via === 'direct'
          ? secured
          : sockets.watched(throughTunnel(route, agentFor(route.uri, build(null), toProxies), secured));
      connectors.set(key, connector);
    }
    return [key, connector];
  };

  const clientsFor = (key: string, connect: Connector, kept: number): KeptClients => {
    const known = clients.get(key);
    if (known !== undefined) return known;
    const made = new KeptClients((origin) => new undici.Client(origin, { ...pooling(kept), connect }));
    clients.set(key, made);
    return made;
  };

  const agentFor = (key: string, connect: Connector, options: typeof toProxies): Agent => {
    const agent = agents.get(key) ?? new undici.Agent({ ...options, connect });
    agents.set(key, agent);
    return agent;
  };

  const endAll = (): Promise<unknown> => {
    const ending = [...clients.values(), ...agents.values()].map((one) => one.destroy());
    for (const known of [connectors, clients, agents]) known.clear();
    sockets.destroy();
    return Promise.all(ending);
  };

  const connections: Connections = {
    async renew() {
      sockets.giveUpPending();
      if (await files.haveChanged()) await endAll();
      return connections;
    },
    async route({ url, tls, fresh, address, repeatable }) {
      const route = routeTo(url, env);
      const servername = nameOf(url);
      const host: Record<string, string> = address === undefined ? {} : { host: url.host };
      const place = address === undefined ? url.origin : at(url, address);
      const path = `${url.pathname}${url.search}`;
      // A proxy expects plain HTTP with the whole URL (RFC 9112 §3.2.2); many proxies reject a tunnel for it.
      const relayed = route.via === 'proxy' && url.protocol === 'http:';
      const [key, connector] = await connectorFor(
        relayed ? { via: 'direct' } : route,
        relayed ? undefined : tls,
      );
      const origin = relayed ? route.uri : place;
      const kept =
        repeatable === true
          ? clientsFor(key, connector, keepMs)
          : clientsFor(`${key} once`, connector, Math.min(keepMs, shortlyKept));
      const { client, done } = kept.take(origin, fresh === true);
      return {
        dispatcher: client,
        origin,
        path: relayed ? `${place}${path}` : path,
        headers: relayed ? { host: url.host, ...credentials(route) } : host,
        servername: relayed ? undefined : servername,
        done: (keep) => done(keep && fresh !== true),
      };
    },
    async forUpgrades(url, tls) {
      const [key, connector] = await connectorFor(routeTo(url, env), tls);
      return agentFor(`${key} upgrades`, connector, pooling(shortlyKept));
    },
    async close() {
      await endAll();
    },
  };
  return connections;
}

/** A connector that requests one server name, independent of the Host header. */
function named(connect: Connector, servername: string | undefined): Connector {
  if (servername === undefined) return connect;
  return (options, callback) => connect({ ...options, servername }, callback);
}

/** The name for SNI, which is never an address (RFC 6066 §3). */
function nameOf(url: URL): string | undefined {
  return isIP(url.hostname.replace(/^\[|\]$/g, '')) === 0 ? url.hostname : undefined;
}

function at(url: URL, address: string): string {
  const host = isIP(address) === 6 ? `[${address}]` : address;
  return `${url.protocol}//${host}${url.port === '' ? '' : `:${url.port}`}`;
}

function credentials(route: Route): Record<string, string> {
  return route.via === 'proxy' && route.authorization !== null
    ? { 'proxy-authorization': route.authorization }
    : {};
}
