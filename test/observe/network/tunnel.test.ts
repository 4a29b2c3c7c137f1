import { once } from 'node:events';
import { createServer } from 'node:https';
import { type Dispatcher, WebSocket } from 'undici';
import { describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { NetworkError } from '../../../src/observe/network/network-errors.js';
import { pair } from '../../support/certificates.js';
import {
  startProxy,
  startServer,
  startTcpServer,
  startTlsServer,
  unusedPort,
} from '../../support/http-server.js';
import { closeAfterEach, get, hello, network, opened } from './client.js';

closeAfterEach();

const tls = { ca: 'ca.pem' };
const host = 'auth.example.test';

describe('through a proxy', () => {
  it('https goes by a tunnel, with TLS inside', async () => {
    const server = await opened(startTlsServer(hello));
    const proxy = await opened(startProxy());
    const one = network({ env: { HTTPS_PROXY: proxy.origin } });
    const url = `https://${host}:${server.port}/fp`;
    for (const more of [{}, { fresh: true }, { address: '127.0.0.1' }]) {
      expect(await one.request(get(url, { tls, ...more }))).toMatchObject({
        ok: true,
        value: { status: 200 },
      });
    }
    expect(proxy.tunnels).toEqual([
      `${host}:${server.port}`,
      `${host}:${server.port}`,
      `127.0.0.1:${server.port}`,
    ]);
    expect(server.requests.map((request) => request.headers.host)).toEqual(
      Array(3).fill(`${host}:${server.port}`),
    );
  });

  it('the certificate is checked as ever', async () => {
    const server = await opened(startTlsServer(hello));
    const proxy = await opened(startProxy());
    const one = network({ env: { HTTPS_PROXY: proxy.origin } });
    const outcome = await one.request(get(`https://other.example.test:${server.port}/`, { tls }));
    expect(outcome).toMatchObject({
      ok: false,
      error: { code: 'tls', message: expect.stringContaining('another host') },
    });
  });

  it('plain http is asked for by its whole URL', async () => {
    const server = await opened(startServer(hello));
    const proxy = await opened(startProxy());
    const one = network({ env: { http_proxy: proxy.origin } });
    const url = `http://${host}:${server.port}/fp`;
    expect(await one.request(get(url))).toMatchObject({ ok: true, value: { status: 200 } });
    expect(await one.request(get(url, { fresh: true }))).toMatchObject({ ok: true, value: { status: 200 } });
    expect(proxy.tunnels).toEqual([]);
    expect(proxy.requests[0]?.url).toBe(url);
    expect(server.requests[0]?.headers.host).toBe(`${host}:${server.port}`);
  });

  it('credentials are sent to the proxy, and to no other server', async () => {
    const secure = await opened(startTlsServer(hello));
    const proxy = await opened(startProxy({ credentials: 'us@er:p:ss' }));
    const uri = proxy.origin.replace('//', '//us%40er:p%3Ass@');
    const one = network({ env: { HTTPS_PROXY: uri } });
    const outcome = await one.request(get(`https://${host}:${secure.port}/`, { tls }));
    expect(outcome).toMatchObject({ ok: true });
    expect(secure.requests[0]?.headers).not.toHaveProperty('proxy-authorization');
  });

  it.each([
    [{ credentials: 'user:right' }, 407, 'credentials'],
    [{ refuse: 403 }, 403, 'NO_PROXY'],
    [{ refuse: 502 }, 502, 'NO_PROXY'],
  ])('a refusal is told: %j', async (options, status, hint) => {
    const proxy = await opened(startProxy(options));
    const one = network({ env: { HTTPS_PROXY: proxy.origin.replace('//', '//user:hidden@') } });
    const outcome = await one.request(get(`https://${host}/`));
    expect(outcome).toMatchObject({
      ok: false,
      error: {
        code: 'connection',
        message: expect.stringContaining(`status ${status}`),
        hint: expect.stringContaining(hint),
      },
    });
    expect(JSON.stringify(outcome)).not.toContain('hidden');
    expect(proxy.tunnels).toHaveLength(1);
  });

  it('a proxy that is down is distinguished from a server that is down', async () => {
    const one = network({ env: { HTTPS_PROXY: `http://user:hidden@127.0.0.1:${await unusedPort()}` } });
    const outcome = await one.request(get(`https://${host}/`));
    expect(outcome).toMatchObject({
      ok: false,
      error: {
        code: 'connection',
        message: expect.stringContaining('on the way to the proxy: the connection was refused'),
      },
    });
    expect(JSON.stringify(outcome)).not.toContain('hidden');
  });

  it('a proxy that drops connections is asked three times, not for ever', async () => {
    const proxy = await opened(startTcpServer((socket) => socket.once('data', () => socket.destroy())));
    const outcome = await network({ env: { HTTPS_PROXY: proxy.origin } }).request(get(`https://${host}/`));
    expect(outcome).toMatchObject({ ok: false, error: { code: 'connection' } });
    expect(proxy.connections).toBe(3);
  });

  it('a proxy that keeps silent ends with the time, and closing leaves nothing open', async () => {
    const ended: Promise<unknown>[] = [];
    const proxy = await opened(
      startTcpServer((socket) =>
        ended.push(new Promise((resolve) => socket.resume().once('close', resolve))),
      ),
    );
    const one = network({ env: { HTTPS_PROXY: proxy.origin } });
    expect(await one.request(get(`https://${host}/`, { timeoutMs: 500 }))).toMatchObject({
      ok: false,
      error: { code: 'timeout', message: expect.stringContaining('no connection came about') },
    });
    await one.persistent.close();
    await Promise.all(ended);
    expect(ended).toHaveLength(1);
  });

  it.each(['http://', 'socks5://user:hidden@proxy', 'http://user:%zz-hidden@proxy'])(
    'an address that is none is an error, not a crash: %s',
    async (uri) => {
      const one = network({ env: { HTTPS_PROXY: uri } });
      const outcome = await one.request(get(`https://${host}/`));
      expect(outcome).toMatchObject({
        ok: false,
        error: {
          code: 'connection',
          message: expect.stringContaining('HTTPS_PROXY'),
          hint: expect.any(String),
        },
      });
      expect(JSON.stringify(outcome)).not.toContain('hidden');
      await expect(one.dispatcher({ url: `wss://${host}/` })).rejects.toBeInstanceOf(NetworkError);
    },
  );

  it('nothing of this machine goes', async () => {
    const server = await opened(startServer(hello));
    const one = network({ env: { HTTP_PROXY: 'http://127.0.0.1:1', HTTPS_PROXY: 'http://127.0.0.1:1' } });
    expect(await one.request(get(server.origin))).toMatchObject({ ok: true });
  });
});

describe('a WebSocket', () => {
  /** A secure WebSocket server that sends a greeting. */
  async function startSockets(): Promise<{ port: number; requests: string[]; close(): Promise<void> }> {
    const requests: string[] = [];
    const server = createServer(pair('server'));
    const sockets = new WebSocketServer({ server });
    sockets.on('connection', (socket, request) => {
      requests.push(request.headers.host ?? '');
      socket.send('greeting');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const close = async (): Promise<void> => {
      for (const client of sockets.clients) client.terminate();
      server.close();
    };
    return { port: address.port, requests, close };
  }

  async function greeting(
    url: string,
    dispatcher: Dispatcher,
  ): Promise<{ said: unknown; closed: Promise<unknown> }> {
    const socket = new WebSocket(url, { dispatcher });
    const closed = new Promise((resolve) => socket.addEventListener('close', resolve));
    const said = await new Promise((resolve, reject) => {
      socket.addEventListener('message', (event) => resolve(event.data));
      socket.addEventListener('error', (event) => reject(event.error));
    });
    return { said, closed };
  }

  it('goes straight, and ends when the network is closed', async () => {
    const server = await opened(startSockets());
    const url = `wss://127.0.0.1:${server.port}/`;
    const one = network({});
    const { said, closed } = await greeting(url, await one.dispatcher({ url, tls }));
    expect(said).toBe('greeting');
    await one.persistent.close();
    await closed;
  });

  it('goes through a tunnel', async () => {
    const server = await opened(startSockets());
    const proxy = await opened(startProxy());
    const url = `wss://${host}:${server.port}/`;
    const dispatcher = await network({ env: { https_proxy: proxy.origin } }).dispatcher({ url, tls });
    expect((await greeting(url, dispatcher)).said).toBe('greeting');
    expect(proxy.tunnels).toEqual([`${host}:${server.port}`]);
    expect(server.requests).toEqual([`${host}:${server.port}`]);
  });

  it('expects `serverName`', async () => {
    const server = await opened(startSockets());
    const url = `wss://127.0.0.1:${server.port}/`;
    const one = network({});
    const wrong = await one.dispatcher({ url, tls: { ...tls, serverName: 'wrong.example.test' } });
    await expect(greeting(url, wrong)).rejects.toBeDefined();
    const right = await one.dispatcher({ url, tls: { ...tls, serverName: host } });
    expect((await greeting(url, right)).said).toBe('greeting');
  });

  it('never takes over a connection that was used before', async () => {
    const server = await opened(
      startServer((_request, response) => void response.writeHead(401, { 'content-length': '0' }).end()),
    );
    const url = `ws://127.0.0.1:${server.port}/`;
    const one = network({});
    await one.request(get(server.origin));
    for (let n = 0; n < 3; n++) {
      await expect(greeting(url, await one.dispatcher({ url }))).rejects.toBeDefined();
    }
    // undici repeats a handshake that is answered with 401, as a browser would.
    expect(server.requests.length).toBeGreaterThanOrEqual(4);
    expect(server.connections).toBe(server.requests.length);
  });

  it('gets no dispatcher if its TLS files are unusable', async () => {
    const asking = network({}).dispatcher({ url: 'wss://127.0.0.1:9/', tls: { ca: 'missing.pem' } });
    await expect(asking).rejects.toMatchObject({ readError: { code: 'tls' } });
  });
});
