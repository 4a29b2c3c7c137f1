import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export interface ConnectionLimits {
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

/** Milliseconds after which a response that the client does not read may be cut off. */
const slowMs = 5000;

/**
 * Makes room for every new connection by closing an idle one: half a request, a pause between two, or a response that
 * is not read. Clients that hold connections open cannot block health and metrics.
 */
export function limitConnections(server: Server, { total, perClient }: ConnectionLimits): void {
  const connections = new Map<Socket, Connection>();

  /** The least important connection, of one client or of the client with the most connections. */
  function idleOf(client: string): Socket | null {
    let found: Socket | null = null;
    let oldest = Number.POSITIVE_INFINITY;
    const now = performance.now();
    for (const [socket, one] of connections) {
      if (one.client !== client || one.lasting || one.since >= oldest) continue;
      if (one.busy > 0 && now - one.since < slowMs) continue;
      [found, oldest] = [socket, one.since];
    }
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
