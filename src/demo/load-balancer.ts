import { createServer, type Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * A server in front of several replicas. A connection stays with its replica, as with a Kubernetes service. New
 * connections alternate, separately for each path, so that a few samples reach every replica.
 */
export function loadBalancer(replicas: readonly Server[]): Server {
  const turns = new Map<string, number>();
  const chosen = new WeakMap<Socket, Server | undefined>();
  return createServer((request, response) => {
    const { socket, url = '/' } = request;
    if (!chosen.has(socket)) {
      const turn = turns.get(url) ?? 0;
      turns.set(url, turn + 1);
      chosen.set(socket, replicas[turn % replicas.length]);
    }
    chosen.get(socket)?.emit('request', request, response);
  });
}
