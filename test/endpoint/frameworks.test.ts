import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2';
import { connect } from 'node:net';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import Koa from 'koa';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type FingerprintOptions,
  fastifyHandler,
  fingerprintHandler,
  honoHandler,
  keyRing,
  koaMiddleware,
  nodeHandler,
} from '../../src/endpoint/index.js';
import { check } from '../../src/index.js';
import { decoded, proofVectors } from '../support/proof-vectors.js';
import { fingerprint } from '../support/service.js';

const path = '/internal/jwt-fingerprint';
const token = 'a-token-that-is-long-enough';
const key = 'the key that everybody should hold, long enough';
const open: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((close) => close()));
});

/** Each starts a server as a user of the framework would, and gives its port. */
const frameworks: Readonly<Record<string, (options: FingerprintOptions) => Promise<number>>> = {
  'node:http': (options) => {
    const handle = nodeHandler(options);
    return listen(createServer((request, response) => void handle(request, response)));
  },
  Express: (options) => {
    const app = express();
    app.all(path, nodeHandler(options));
    return listen(createServer(app));
  },
  'a mounted Express router': (options) => {
    const app = express();
    app.use('/internal', express.Router().get('/jwt-fingerprint', nodeHandler(options)));
    return listen(createServer(app));
  },
  Fastify: async (options) => {
    const app = fastify();
    app.get(path, fastifyHandler(options));
    open.push(() => app.close());
    await app.listen({ host: '127.0.0.1', port: 0 });
    return portOf(app.server);
  },
  Koa: (options) => {
    const app = new Koa();
    const fingerprint = koaMiddleware(options);
    app.use((context, next) => (context.path === path ? fingerprint(context) : next()));
    return listen(createServer(app.callback()));
  },
  Hono: (options) => {
    const app = new Hono();
    app.all(path, honoHandler(options));
    return listen(fetchServer((request) => app.fetch(request)));
  },
};

function portOf(server: Pick<Server, 'address'>): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  return portOf(server);
}

/** What a runtime with `fetch` handlers does around them. */
function fetchServer(fetch: (request: Request) => Response | Promise<Response>): Server {
  return createServer(async ({ method = 'GET', url = '/', headers }, response) => {
    const given = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]);
    const answer = await fetch(new Request(`http://127.0.0.1${url}`, { method, headers: given }));
    response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text());
  });
}

describe.each(Object.entries(frameworks))('in %s', (_name, start) => {
  const options = { service: 'api', secret: () => key, instance: 'api-1', token };

  it('jwtcheck finds it in order, and a wrong secret out of order', async () => {
    const config = (port: number) => ({
      environments: {
        here: {
          reference: 'store',
          participants: {
            store: { source: { kind: 'env' as const, names: ['SECRET'] } },
            api: {
              source: {
                kind: 'http' as const,
                url: `http://127.0.0.1:${port}${path}`,
                headers: { authorization: `Bearer ${token}` },
              },
            },
          },
        },
      },
    });
    const port = await start(options);
    const report = await check({ config: config(port), env: { SECRET: key } });
    expect(report.verdict).toBe('consistent');
    expect(report.participants[1]).toMatchObject({ name: 'api', instances: [{ instance: 'api-1' }] });
    const other = await check({ config: config(port), env: { SECRET: `${key}\n` } });
    expect(other.findings.map((f) => f.code)).toEqual(['trailing-newline']);
  });

  it('proves, refuses and fails as it should', async () => {
    const [vector] = proofVectors.vectors;
    let secret: Uint8Array | null = decoded(vector?.secret ?? '');
    const port = await start({ ...options, service: vector?.service ?? '', secret: () => secret });
    const url = `http://127.0.0.1:${port}${path}`;
    const headers = { authorization: `Bearer ${token}` };

    const proved = await fetch(`${url}?challenge=${vector?.nonce}`, { headers });
    expect(proved.status).toBe(200);
    expect(proved.headers.get('cache-control')).toBe('no-store');
    expect(proved.headers.get('content-type')).toMatch(/^application\/json\b/);
    expect(await proved.json()).toMatchObject({ proof: vector?.proof });

    const refused = await fetch(url, { headers: { authorization: 'Bearer wrong' } });
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toBe('Bearer realm="jwt-fingerprint"');
    expect(refused.headers.get('content-type')).toMatch(/^application\/problem\+json\b/);
    expect(await refused.json()).toMatchObject({ status: 401 });

    expect((await fetch(`${url}?challenge=short`, { headers })).status).toBe(400);
    const head = await fetch(url, { headers, method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);

    secret = null;
    expect((await fetch(url, { headers })).status).toBe(503);
  });

  it('shows the keys of a key ring', async () => {
    const keys = keyRing({ load: () => ({ sign: key, accept: [`${key}2`], version: '7' }) });
    open.push(async () => keys.close());
    await keys.ready();
    const port = await start({ service: 'api', keys, token });
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(await answer.json()).toMatchObject({
      fingerprint: fingerprint(key),
      accepts: [fingerprint(key), fingerprint(`${key}2`)],
      version: '7',
      loadedAt: keys.loadedAt?.toISOString(),
    });
  });
});

it('answers a caller with a header that a lenient parser let through', async () => {
  const handle = nodeHandler({ service: 'api', secret: () => key, token });
  const server = createServer(
    { insecureHTTPParser: true },
    (request, response) => void handle(request, response),
  );
  const socket = connect(await listen(server), '127.0.0.1');
  socket.write(`GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\0\r\nConnection: close\r\n\r\n`);
  const [answer] = await once(socket, 'data');
  expect(String(answer)).toMatch(/^HTTP\/1\.1 401 /);
});

it('answers over HTTP/2, whose requests have headers of their own kind', async () => {
  const handle = nodeHandler({ service: 'api', secret: () => key, token });
  const server = createHttp2Server((request, response) => void handle(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const session = connectHttp2(`http://127.0.0.1:${portOf(server)}`);
  open.push(async () => {
    session.destroy();
    server.close();
  });
  const stream = session.request({ ':path': path, authorization: `Bearer ${token}` });
  const [headers] = await once(stream, 'response');
  expect(headers[':status']).toBe(200);
});

it('is one handler for everything that uses fetch', async () => {
  const handle = fingerprintHandler({ service: 'api', secret: () => key, token });
  const port = await listen(fetchServer(handle));
  const answer = await fetch(`http://127.0.0.1:${port}/anywhere`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(await answer.json()).toMatchObject({ service: 'api' });
});

it('an answer after a time limit of the server has answered does not reject, which would end the process', async () => {
  let release = (_key: string): void => {};
  const pending = new Promise<string>((resolve) => {
    release = resolve;
  });
  const handle = nodeHandler({ service: 'api', secret: () => pending, token });
  let handled: Promise<void> | null = null;
  const port = await listen(
    createServer((request, response) => {
      handled = handle(request, response);
      setImmediate(() => response.writeHead(504).end('too late'));
    }),
  );
  const url = `http://127.0.0.1:${port}${path}`;
  const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  expect([answer.status, await answer.text()]).toEqual([504, 'too late']);
  release(key);
  await expect(handled).resolves.toBeUndefined();
});
