import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type JwtcheckError, UsageError } from '../../errors.js';
import { isLoopback } from '../../schema/url.js';
import { codeOf } from '../../system/error-code.js';
import type { Metrics } from '../metrics/metrics.js';
import { limitConnections, refusalOf } from './guard.js';
import type { MonitorView } from './monitor-view.js';
import { loadPage } from './page-file.js';
import { openAnswers, openPast } from './past.js';
import { type Answer, send, text } from './response.js';
import { type Route, routesOf } from './routes.js';
import { openStream } from './stream.js';

/** A running server. */
export interface MonitorServer {
  /** Without a slash at the end. */
  readonly url: string;
  /** Ends it with every connection, at once. */
  close(): Promise<void>;
}

interface ServerSettings {
  /** `ADDRESS:PORT`; port 0 takes a free one. */
  readonly listen: string;
  /** Accepted host names besides addresses and localhost. */
  readonly hosts?: readonly string[] | undefined;
  /** Called with one sentence that the operator should read. */
  readonly warn: (message: string) => void;
}

/** Bytes, connections and milliseconds that a request may take up. */
const limits = {
  headerBytes: 8 * 1024,
  connections: { total: 256, perClient: 64 },
  requestsPerConnection: 1000,
  requestMs: 10_000,
  keepAliveMs: 5000,
  idleMs: 30_000,
} as const;

/**
 * Serves the metrics, the state of the monitor as JSON, and the status page.
 * @throws UsageError if it cannot listen there
 */
export async function openServer(
  view: MonitorView,
  metrics: Metrics,
  { listen, hosts, warn }: ServerSettings,
): Promise<MonitorServer> {
  const address = listenAddress(listen);
  const warned = new Set<string>();
  // An error that repeats at every request is reported once.
  const warnOnce = (message: string): void => {
    if (!warned.has(message)) warn(message);
    warned.add(message);
  };
  const page = await loadPage();
  const past = openPast(view);
  const stream = openStream(view, page.version);
  const answers = openAnswers<Answer>();
  const unsubscribe = view.subscribe(answers.forget);
  const routes = routesOf(view, metrics, page, past, answers, warnOnce);
  const server = createServer(
    {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.requestMs,
      requestTimeout: limits.requestMs,
      keepAliveTimeout: limits.keepAliveMs,
      connectionsCheckingInterval: 2000,
    },
    (request, response) => {
      const refusal = refusalOf(request, { loopback: address.loopback, hosts });
      if (refusal !== null) {
        const headers = { ...refusal.headers, connection: 'close' };
        return send(request, response, text(refusal.status, refusal.message, headers));
      }
      const [path = '', query = ''] = split(request.url ?? '');
      if (path === '/events') return stream.open(request, response);
      const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
      if (route === undefined) return send(request, response, text(404, 'not found'));
      void answer(route, new URLSearchParams(query), request, response, (error) =>
        warnOnce(`${path} cannot be answered: ${error instanceof Error ? error.name : 'unknown'}`),
      );
    },
  );
  limitConnections(server, limits.connections);
  server.maxRequestsPerSocket = limits.requestsPerConnection;
  server.timeout = limits.idleMs;
  const end = (): void => {
    unsubscribe();
    stream.close();
    past.close();
  };
  try {
    await listening(server, address);
  } catch (error) {
    end();
    throw cannotListen(listen, error);
  }
  // For example, no file descriptor is left for another connection: the open ones continue.
  server.on('error', (error) =>
    warnOnce(`the server on ${listen} has trouble: ${codeOf(error) ?? 'unknown'}`),
  );
  if (!address.loopback)
    warn(`watch listens on ${listen}: anyone who reaches it sees ${seen}, without a password.`);
  const bound = server.address();
  const port = bound === null || typeof bound === 'string' ? address.port : bound.port;
  return {
    url: urlOf(address, port),
    close: async () => {
      end();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

const seen = 'the names, fingerprints and state of every participant';

function split(url: string): [string, string] {
  const at = url.indexOf('?');
  return at === -1 ? [url, ''] : [url.slice(0, at), url.slice(at + 1)];
}

async function answer(
  route: Route,
  query: URLSearchParams,
  request: IncomingMessage,
  response: ServerResponse,
  failed: (error: unknown) => void,
): Promise<void> {
  try {
    send(request, response, await route(query));
  } catch (error) {
    // The cause is logged for the operator and not sent to the client.
    failed(error);
    if (!response.headersSent) send(request, response, text(500, 'internal error'));
  }
}

function listening(server: Server, { host, port }: ListenAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    const up = (): void => {
      server.removeListener('error', reject);
      resolve();
    };
    if (host === '') server.listen(port, up);
    else server.listen(port, host, up);
  });
}

const reasons: Readonly<Record<string, readonly [what: string, todo: string]>> = {
  EADDRINUSE: [
    'the port is in use',
    'Perhaps another jwtcheck watch runs: give this one another port (--listen 127.0.0.1:9465), or --listen none.',
  ],
  EACCES: ['this user may not use that port', 'Take a port above 1023, such as --listen 127.0.0.1:9464.'],
  EADDRNOTAVAIL: [
    'this machine has no such address',
    'Take --listen 127.0.0.1:9464, or :9464 for every address.',
  ],
  ENOTFOUND: ['there is no such host', 'Take --listen 127.0.0.1:9464, or :9464 for every address.'],
};

function cannotListen(listen: string, error: unknown): JwtcheckError {
  const code = codeOf(error) ?? 'unknown';
  const [what, todo] = reasons[code] ?? [
    `the system says ${code}`,
    'Take another address, or --listen none.',
  ];
  return new UsageError(`cannot listen on ${listen}: ${what}`, todo);
}

/** The listening address of a server. */
interface ListenAddress {
  /** Without brackets; empty: every address of this machine. */
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
  readonly loopback: boolean;
}

/** Reads `127.0.0.1:9464`, `[::1]:9464` or `:9464`. @throws UsageError */
function listenAddress(text: string): ListenAddress {
  const [, bracketed, name, digits] = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:[\]]*)):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (digits === undefined || port > 65_535)
    throw new UsageError('--listen takes ADDRESS:PORT such as 127.0.0.1:9464, or none');
  const host = bracketed ?? name ?? '';
  return { host, port, loopback: isLoopback(host) };
}

/** The URL for a browser: a wildcard address is reached on loopback. */
function urlOf({ host }: ListenAddress, port: number): string {
  const name = host === '' || host === '0.0.0.0' ? '127.0.0.1' : /^[0:]+$/.test(host) ? '::1' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}
