import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { isIP, type Socket } from 'node:net';
import { isLoopback } from '../../schema/url.js';

/** The reason why a request is rejected. */
interface Refusal {
  readonly status: number;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The clients that the server accepts. */
interface GuardSettings {
  /** Whether it listens on loopback alone. */
  readonly loopback: boolean;
  /** Host names that it answers to; `undefined`: on loopback none, elsewhere any. */
  readonly hosts?: readonly string[] | undefined;
}

/** The rejection of a request before any handler reads its path; `null`: accepted. */
export function refusalOf(request: IncomingMessage, settings: GuardSettings): Refusal | null {
  const { headers, headersDistinct, method } = request;
  // RFC 9112 §3.2: it is unclear which of them is meant.
  if ((headersDistinct.host?.length ?? 0) > 1) return { status: 400, message: 'more than one Host' };
  if (!isOurHost(hostnameOf(headers.host ?? ''), settings)) {
    const names = settings.hosts ?? [];
    const also = names.length === 0 ? '' : `, and to ${names.join(', ')}`;
    return { status: 421, message: `this server answers to 127.0.0.1, [::1] and localhost only${also}` };
  }
  if (isFromElsewhere(request)) return { status: 403, message: 'requests of other sites are not answered' };
  if (method !== 'GET' && method !== 'HEAD')
    return { status: 405, message: 'GET and HEAD only', headers: { allow: 'GET, HEAD' } };
  const { 'content-length': length = '0', 'transfer-encoding': encoding } = headers;
  if (length !== '0' || encoding !== undefined) return { status: 413, message: 'no request body is read' };
  return null;
}

/**
 * An unknown name in `Host` belongs to another page whose name resolves to this server (DNS rebinding): it must read
 * nothing. The attack needs a name, because an address is always the one of the connection.
 */
function isOurHost(hostname: string, { loopback, hosts }: GuardSettings): boolean {
  const name = hostname.toLowerCase();
  if (isLoopback(name) || hosts?.some((host) => host.toLowerCase() === name) === true) return true;
  if (loopback) return false;
  return hosts === undefined || isIP(name.replace(/^\[|\]$/g, '')) !== 0;
}

/**
 * Whether a page of another site sent the request (https://w3c.github.io/webappsec-fetch-metadata/). A link to the
 * status page, from a chat for instance, is allowed.
 */
function isFromElsewhere({ headers, url }: IncomingMessage): boolean {
  const { origin, host = '' } = headers;
  if (origin !== undefined && hostOf(origin) !== host.toLowerCase()) return true;
  const site = headers['sec-fetch-site'];
  if (site !== 'cross-site' && site !== 'same-site') return false;
  const isLink = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  return !(isLink && url?.split('?')[0] === '/');
}

function hostOf(origin: string): string | null {
  return /^https?:\/\/([^/?#]+)$/i.exec(origin)?.[1]?.toLowerCase() ?? null;
}

/** `Host` without its port (RFC 9110 §7.2); empty if it is invalid. */
function hostnameOf(host: string): string {
  return /^(\[[0-9a-fA-F:.]+\]|[^\s:[\]@/]+)(?::\d+)?$/.exec(host)?.[1] ?? '';
}

interface ConnectionLimits {
  readonly total: number;
  /** From one address. */
  readonly perClient: number;
}

interface Connection {
  readonly client: string;
  /** Milliseconds of the monotonic clock: the time of the connection, or of its last response. */
  since: number;
  /** Responses in progress. */
  busy: number;
  /** An event stream: such connections have a separate limit. */
  lasting: boolean;
}

/** Milliseconds after which a response that is not finished may be cut off. */
const slowMs = 5000;

/**
 * Makes room for every new connection by closing an idle one: half a request, or a pause between two. If there is
 * none, it closes one whose client does not read the response. Clients that hold connections open cannot block health
 * and metrics.
 */
export function limitConnections(server: Server, { total, perClient }: ConnectionLimits): void {
  const connections = new Map<Socket, Connection>();

  /** The least important connection, of one client or of the client with the most connections. */
  function idleOf(client: string): Socket | null {
    const now = performance.now();
    const own = [...connections]
      .filter(([, one]) => one.client === client && !one.lasting)
      .sort(([, a], [, b]) => a.since - b.since);
    const idle = own.find(([, { busy, since }]) => busy === 0 || now - since >= slowMs);
    const [found = null] = idle ?? own.find(([socket]) => socket.writableLength > 0) ?? [];
    return found;
  }

  function countByClient(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const { client } of connections.values()) counts.set(client, (counts.get(client) ?? 0) + 1);
    return counts;
  }

  server.on('connection', (socket: Socket) => {
    const client = socket.remoteAddress ?? '';
    const counts = countByClient();
    const [greediest = client] = [...counts].sort(([, a], [, b]) => b - a)[0] ?? [];
    const own = counts.get(client) ?? 0;
    if (own >= perClient || connections.size >= total) {
      const victim = idleOf(own >= perClient ? client : greediest);
      if (victim === null) return void socket.destroy();
      connections.delete(victim);
      victim.destroy();
    }
    connections.set(socket, { client, since: performance.now(), busy: 0, lasting: false });
    socket.once('close', () => connections.delete(socket));
  });

  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    const connection = connections.get(request.socket);
    if (connection === undefined) return;
    connection.busy += 1;
    connection.since = performance.now();
    connection.lasting = request.url?.split('?')[0] === '/events';
    response.once('close', () => {
      connection.busy -= 1;
      connection.since = performance.now();
      connection.lasting = false;
    });
  });
}
