import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { limitConnections } from '../../../src/monitor/server/guard.js';

/** More than the buffers of a connection take if nobody reads. */
const large = Buffer.alloc(32 * 1024 * 1024);

let server: Server;
let port: number;
const sockets: Socket[] = [];

beforeEach(async () => {
  server = createServer((request, response) => {
    if (request.url !== '/never') response.end(request.url === '/large' ? large : 'fine');
  });
  limitConnections(server, { total: 4, perClient: 2 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  server.close();
  server.closeAllConnections();
});

/** A client that sends a request, and never reads. Resolves once the server has it. */
async function holding(path: string, localAddress = '127.0.0.1'): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', localAddress });
  socket.on('error', () => {});
  socket.pause();
  sockets.push(socket);
  const asked = once(server, 'request');
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  await asked;
  return socket;
}

const answered = async (): Promise<string> => (await fetch(`http://127.0.0.1:${port}/`)).text();

describe('a client with as many connections as it may have', () => {
  it('is let in while it does not read the answers on the others', async () => {
    await holding('/large');
    await holding('/large');
    expect(await answered()).toBe('fine');
    expect(await answered()).toBe('fine');
  });

  it('loses the one that is idle before one that is answered', async () => {
    const [slow, idle] = [await holding('/large'), await holding('/')];
    const closed = once(idle, 'close');
    idle.resume();
    expect(await answered()).toBe('fine');
    await closed;
    expect(slow.destroyed).toBe(false);
  });

  it('is not let in while its other requests are worked on', async () => {
    await holding('/never');
    await holding('/never');
    await expect(answered()).rejects.toThrow('fetch failed');
  });
});

describe('clients that have all connections together', () => {
  it.each(['/large', '/'])(
    'make room for another one while they do not read, or are idle: %s',
    async (path) => {
      const [first] = [await holding(path, '127.0.0.2'), await holding(path, '127.0.0.2')];
      const closed = once(first, 'close');
      first.resume();
      await holding(path, '127.0.0.3');
      await holding('/never', '127.0.0.4');
      expect(await answered()).toBe('fine');
      // The oldest one of the client that had the most.
      await closed;
    },
  );

  it('keep them while their requests are worked on', async () => {
    for (const client of ['127.0.0.2', '127.0.0.2', '127.0.0.3', '127.0.0.3'])
      await holding('/never', client);
    await expect(answered()).rejects.toThrow('fetch failed');
  });
});
