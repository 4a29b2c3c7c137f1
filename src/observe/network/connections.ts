import { setMaxListeners } from 'node:events';
import { isIP } from 'node:net';
import type { Dispatcher } from 'undici';
import type { TlsOptions } from '../../config/fields.js';
import { NetworkError } from './errors.js';
import { type Route, routeTo } from './proxy.js';
import { readTls, type TlsPlace, type TlsSettings } from './tls.js';
import { type Connector, type ConnectorBuilder, throughTunnel } from './tunnel.js';

/** A target, and what its connection is to be like. */
export interface Target {
  readonly url: URL;
  readonly tls?: TlsOptions | undefined;
  readonly fresh?: boolean | undefined;
  readonly address?: string | undefined;
}

/** A way to send to a target: what undici needs beside method, headers and body. */
export interface Way {
  readonly dispatcher: Dispatcher;
  readonly origin: string;
  readonly path: string;
  /** Header fields that the way itself needs. */
  readonly headers: Readonly<Record<string, string>>;
  readonly servername: string | undefined;
  /** Ends a connection that was made for this request alone. */
  done(): void;
}

export interface Connections {
  /** The way for one HTTP request. Throws a `NetworkError` where the proxy or the TLS options are unusable. */
  way(target: Target): Promise<Way>;
  /** A dispatcher whose connections are each used for one upgrade, since undici never takes such a socket again. */
  forUpgrades(url: URL, tls: TlsOptions | undefined): Promise<Dispatcher>;
  /** Ends every connection, also those still being made and those that became WebSockets. */
  close(): Promise<void>;
}

/**
 * Timeouts are the caller's, for all of a request at once, so undici's own are off. An idle connection is given up
 * before usual servers close it, so that a request seldom meets one that is being closed.
 */
const pooling = {
  headersTimeout: 0,
  bodyTimeout: 0,
  keepAliveTimeout: 2000,
  keepAliveMaxTimeout: 4000,
} as const;

export async function openConnections(
  env: Readonly<Record<string, string | undefined>>,
  place: TlsPlace,
): Promise<Connections> {
  const { Agent, buildConnector, Client } = await import('./undici.js');
  const ended = new AbortController();
  setMaxListeners(0, ended.signal);
  const settings = new Map<string, Promise<TlsSettings | null>>();
  const connectors = new Map<string, Connector>();
  const agents = new Map<string, Dispatcher>();
  const open = new Set<Dispatcher>();

  const track = <D extends Dispatcher>(dispatcher: D): D => {
    open.add(dispatcher);
    return dispatcher;
  };

  /** Without cached sessions, so that every connection checks the certificate and none is led back to its replica. */
  const build: ConnectorBuilder = (tls) =>
    buildConnector({
      ...(tls === null ? {} : { secureContext: tls.secureContext }),
      signal: ended.signal,
      timeout: 0,
      maxCachedSessions: 0,
    });

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
    const tlsKey = JSON.stringify(options ?? null);
    const reading =
      settings.get(tlsKey) ?? (options === undefined ? Promise.resolve(null) : readTls(options, place));
    settings.set(tlsKey, reading);
    // A file that is mended is read again.
    reading.catch(() => settings.delete(tlsKey));
    const tls = await reading;
    const key = `${route.via === 'proxy' ? route.uri : ''} ${tlsKey}`;
    let connector = connectors.get(key);
    if (connector === undefined) {
      const secured = named(build(tls), tls?.serverName);
      connector =
        route.via === 'direct'
          ? secured
          : throughTunnel(route, track(new Agent({ ...pooling, connect: build(null) })), secured);
      connectors.set(key, connector);
    }
    return [key, connector];
  };

  const agentFor = (key: string, connect: Connector): Dispatcher => {
    const agent = agents.get(key) ?? track(new Agent({ ...pooling, connect }));
    agents.set(key, agent);
    return agent;
  };

  return {
    async way({ url, tls, fresh, address }) {
      const route = routeTo(url, env);
      const servername = nameOf(url);
      const host: Record<string, string> = address === undefined ? {} : { host: url.host };
      const place = address === undefined ? url.origin : at(url, address);
      const path = `${url.pathname}${url.search}`;
      // A proxy takes plain HTTP by its whole URL (RFC 9112 §3.2.2); many refuse to tunnel it.
      const relayed = route.via === 'proxy' && url.protocol === 'http:';
      const [key, connector] = await connectorFor(
        relayed ? { via: 'direct' } : route,
        relayed ? undefined : tls,
      );
      const origin = relayed ? route.uri : place;
      const own = fresh === true ? track(new Client(origin, { ...pooling, connect: connector })) : null;
      return {
        dispatcher: own ?? agentFor(key, connector),
        origin,
        path: relayed ? `${place}${path}` : path,
        headers: relayed ? { host: url.host, ...credentials(route) } : host,
        servername: relayed ? undefined : servername,
        done() {
          if (own === null) return;
          open.delete(own);
          void own.destroy();
        },
      };
    },
    async forUpgrades(url, tls) {
      const [key, connector] = await connectorFor(routeTo(url, env), tls);
      return agentFor(`${key} upgrades`, connector);
    },
    async close() {
      const ending = [...open].map((dispatcher) => dispatcher.destroy());
      open.clear();
      ended.abort();
      await Promise.all(ending);
    },
  };
}

/** A connector that asks for one name, whatever the Host header says. */
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
