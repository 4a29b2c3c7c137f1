import { describe, expect, it } from 'vitest';
import { startServer } from '../../support/http-server.js';
import { get, hello, network, never, opened } from './client.js';

describe('connections', () => {
  it('are used again', async () => {
    const server = await opened(startServer(hello));
    const one = network();
    for (let n = 0; n < 3; n++) {
      await one.request(get(server.origin));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(server.connections).toBe(1);
  });

  it('are new for every fresh request, and closed afterwards', async () => {
    const closed: Promise<unknown>[] = [];
    const server = await opened(
      startServer((request, response) => {
        closed.push(new Promise((resolve) => request.socket.once('close', resolve)));
        response.end();
      }),
    );
    const one = network();
    await one.request(get(server.origin));
    for (let n = 0; n < 3; n++) await one.request(get(server.origin, { fresh: true }));
    expect(server.connections).toBe(4);
    await Promise.all(closed.slice(1));
  });

  it('go to the address given, with the name of the URL', async () => {
    const server = await opened(startServer(hello));
    const url = `http://auth.example.test:${server.port}/fp`;
    const outcome = await network().request(get(url, { address: '127.0.0.1', fresh: true }));
    expect(outcome).toMatchObject({ ok: true });
    expect(server.requests[0]?.headers.host).toBe(`auth.example.test:${server.port}`);
  });

  it('survive a server that closes them while they are idle', async () => {
    const server = await opened(
      startServer((request, response) => {
        response.end('hello');
        response.once('finish', () => setTimeout(() => request.socket.destroy(), 5));
      }),
    );
    const one = network({ retries: 0 });
    for (let n = 0; n < 3; n++) {
      expect(await one.request(get(server.origin, { method: 'POST', repeatable: false }))).toMatchObject({
        ok: true,
      });
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(server.connections).toBe(3);
  });

  it('are as many at once as `concurrency` says', async () => {
    let active = 0;
    let most = 0;
    const server = await opened(
      startServer((_request, response) => {
        active += 1;
        most = Math.max(most, active);
        setTimeout(() => {
          active -= 1;
          response.end();
        }, 10);
      }),
    );
    const one = network({ concurrency: 2 });
    await Promise.all(Array.from({ length: 8 }, () => one.request(get(server.origin))));
    expect(most).toBe(2);
  });
});

describe('close', () => {
  it('ends what is under way', async () => {
    const server = await opened(startServer(never));
    const one = network();
    const asking = one.request(get(server.origin));
    await new Promise((resolve) => setTimeout(resolve, 50));
    await one.close();
    expect(await asking).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('given up') },
    });
    expect(await one.request(get(server.origin))).toMatchObject({ ok: false });
  });

  it('may come twice, or before anything', async () => {
    const one = network();
    await one.close();
    await one.close();
  });
});
