import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { authority, pair } from '../../support/certificates.js';
import { startServer, startTcpServer, startTlsServer } from '../../support/http-server.js';
import { closeAfterEach, get, hello, network, never, opened } from './client.js';

closeAfterEach();

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
    let closed: Promise<unknown> = Promise.resolve();
    const server = await opened(
      startServer(({ socket }, response) => {
        closed = new Promise((resolve) => socket.once('close', resolve));
        response.end('hello');
        response.once('finish', () => setTimeout(() => socket.destroy(), 5));
      }),
    );
    const one = network({ retries: 0 });
    for (let n = 0; n < 3; n++) {
      expect(await one.request(get(server.origin, { method: 'POST', repeatable: false }))).toMatchObject({
        ok: true,
      });
      await closed;
      // And until the other side has noticed, which nothing here can see.
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

describe('from check to check', () => {
  const check = () => new AbortController().signal;

  it('connections are kept', async () => {
    const server = await opened(startServer(hello));
    const { persistent } = network();
    for (let n = 0; n < 5; n++) {
      const ended = new AbortController();
      expect(await persistent.forCheck(ended.signal).request(get(server.origin))).toMatchObject({ ok: true });
      ended.abort();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(server.connections).toBe(1);
  });

  it('only what ended with one check has ended', async () => {
    const server = await opened(startServer(never));
    const { persistent } = network();
    const first = new AbortController();
    const asking = persistent.forCheck(first.signal).request(get(server.origin));
    await expect.poll(() => server.requests.length).toBe(1);
    const other = persistent.forCheck(check()).request(get(server.origin, { timeoutMs: 300 }));
    first.abort();
    expect(await asking).toMatchObject({ error: { message: expect.stringContaining('whole check') } });
    expect(await other).toMatchObject({ error: { message: expect.stringContaining('within 300ms') } });
    expect(await persistent.forCheck(first.signal).request(get(server.origin))).toMatchObject({ ok: false });
  });

  it('a request that must not be sent twice meets no connection that was idle for long', async () => {
    const sockets: Socket[] = [];
    const server = await opened(
      startTcpServer((socket) => {
        sockets.push(socket);
        socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'));
        socket.on('end', () => socket.end());
      }),
    );
    const { persistent } = network({ keepMs: 60_000 });
    for (const repeatable of [true, false]) {
      const outcome = await persistent.forCheck(check()).request(get(server.origin, { repeatable }));
      expect(outcome).toMatchObject({ ok: true });
    }
    const [kept, once] = sockets;
    await expect.poll(() => once?.destroyed).toBe(true);
    expect(kept?.destroyed).toBe(false);
  });

  it('no request waits again for a connection that an earlier check gave up', async () => {
    const server = await opened(startTlsServer(hello));
    // Connections of the first check never get to the end of their handshake.
    let isStuck = true;
    const slow = await opened(
      startTcpServer((socket) => {
        if (!isStuck) socket.pipe(connect(server.port, '127.0.0.1')).pipe(socket);
      }),
    );
    const { persistent } = network();
    const url = `https://127.0.0.1:${slow.port}`;
    const ask = (timeoutMs: number) =>
      persistent.forCheck(check()).request(get(url, { tls: { ca: 'ca.pem' }, timeoutMs }));
    expect(await ask(100)).toMatchObject({ ok: false, error: { code: 'timeout' } });
    isStuck = false;
    expect(await ask(100_000)).toMatchObject({ ok: true });
  });

  it('what lasts longer than a check begins in the middle of one without giving up its connections', async () => {
    const server = await opened(startServer(hello));
    const silent = await opened(startTcpServer(() => {}));
    const { persistent } = network({ retries: 0 });
    const asking = persistent
      .forCheck(check())
      .request(get(`https://127.0.0.1:${silent.port}`, { tls: { ca: 'ca.pem' }, timeoutMs: 500 }));
    await expect.poll(() => silent.connections).toBe(1);
    const beside = await persistent.forCheck(persistent.closed).request(get(server.origin));
    expect(beside).toMatchObject({ ok: true });
    // It waited for as long as it may, and was not called off.
    expect(await asking).toMatchObject({ error: { code: 'timeout' } });
  });

  it('files of TLS options are read anew once they have changed', async () => {
    const server = await opened(startTlsServer(hello));
    const folder = await mkdtemp(join(tmpdir(), 'jwtcheck-tls-'));
    const { persistent } = network({ folder });
    const ask = () => persistent.forCheck(check()).request(get(server.origin, { tls: { ca: 'ca.pem' } }));
    try {
      await writeFile(join(folder, 'ca.pem'), authority());
      expect([await ask(), await ask()]).toMatchObject([{ ok: true }, { ok: true }]);
      expect(server.connections).toBe(1);
      await writeFile(join(folder, 'ca.pem'), pair('self-signed').cert);
      expect(await ask()).toMatchObject({ ok: false, error: { code: 'tls' } });
      await writeFile(join(folder, 'ca.pem'), authority());
      expect(await ask()).toMatchObject({ ok: true });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('close', () => {
  it('ends what is under way', async () => {
    const server = await opened(startServer(never));
    const one = network();
    const asking = one.request(get(server.origin));
    await expect.poll(() => server.requests.length).toBe(1);
    await one.persistent.close();
    expect(await asking).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('given up') },
    });
    expect(await one.request(get(server.origin))).toMatchObject({ ok: false });
  });

  it('may come twice, or before anything', async () => {
    const one = network();
    await one.persistent.close();
    await one.persistent.close();
  });
});
