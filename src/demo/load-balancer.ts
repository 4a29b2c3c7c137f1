import { connect, createServer, type Socket } from 'node:net';
import { type Listening, listen } from './listen.js';

/** One address before several replicas: each new connection goes to the next one, as with a Kubernetes service. */
export async function startLoadBalancer(replicas: readonly Listening[]): Promise<Listening> {
  const sockets = new Set<Socket>();
  const track = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  };
  let next = 0;
  const server = createServer((client) => {
    const replica = replicas[next % replicas.length];
    next += 1;
    if (replica === undefined) return client.destroy();
    const upstream = track(connect(replica.port, '127.0.0.1'));
    track(client).pipe(upstream).pipe(client);
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  const listening = await listen(server);
  return {
    ...listening,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await listening.close();
      await Promise.all(replicas.map((replica) => replica.close()));
    },
  };
}
