import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';

/**
 * A server in front of several replicas. A connection stays with its replica, as with a Kubernetes service, as long as
 * that is there. New connections alternate, separately for each path, so that a few samples reach every replica.
 * @param replicas those that are there now, at least one
 */
export function loadBalancer(replicas: () => readonly Server[]): Server {
  const turns = new Map<string, number>();
  const chosen = new WeakMap<Duplex, Server | undefined>();
  const replicaFor = ({ socket, url = '/' }: IncomingMessage): Server | undefined => {
    const present = replicas();
    const before = chosen.get(socket);
    if (before !== undefined && present.includes(before)) return before;
    const path = url.split('?')[0] ?? url;
    const turn = turns.get(path) ?? 0;
    turns.set(path, turn + 1);
    const next = present[turn % present.length];
    chosen.set(socket, next);
    return next;
  };
  return createServer((request, response) => {
    replicaFor(request)?.emit('request', request, response);
  }).on('upgrade', (request, socket, head) => {
    const isTaken = replicaFor(request)?.emit('upgrade', request, socket, head);
    if (isTaken !== true) socket.destroy();
  });
}
