import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer as createPlainServer, type IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { strictVerifier } from '../../src/demo/verifier.js';
import { certificateFolder, pair } from '../support/certificates.js';
import { runHere } from '../support/here.js';
import { startProxy, type TestProxy } from '../support/http-server.js';
import { some } from '../support/random.js';
import { configOf, fingerprint, variable } from '../support/service.js';
import { workspace } from '../support/workspace.js';

const key = 'the key that everybody should hold, long enough';
const host = 'auth.example.test';
const folder = workspace();

const isGood = async ({ headers }: IncomingMessage): Promise<boolean> =>
  (await strictVerifier(key)(/^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? '')) !== null;

/** A service over TLS whose name leads nowhere but through the proxy. */
const service = createServer(pair('server'), async (request, response) => {
  if (request.url?.startsWith('/fingerprint'))
    return response.end(JSON.stringify({ fingerprint: fingerprint(key) }));
  response.writeHead((await isGood(request)) ? 200 : 401).end('{}');
});
const sockets = new WebSocketServer({ noServer: true });
service.on('upgrade', async (request, connection, head) => {
  if (await isGood(request)) sockets.handleUpgrade(request, connection, head, () => {});
  else connection.end('HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n');
});

let port = 0;
let proxy: TestProxy;
beforeAll(async () => {
  await once(service.listen(0, '127.0.0.1'), 'listening');
  const address = service.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
  proxy = await startProxy({ credentials: 'somebody:hidden-password' });
});
afterAll(async () => {
  await proxy.close();
  service.closeAllConnections();
  service.close();
});

const tls = { ca: join(certificateFolder, 'ca.pem') };

async function run(count: number, credentials: string) {
  const one = {
    source: { kind: 'http', url: `https://${host}:${port}/fingerprint`, tls },
    probes: [
      { kind: 'http', url: `https://${host}:${port}/me`, tls },
      { kind: 'websocket', url: `wss://${host}:${port}/ws`, tls, settle: '50ms' },
    ],
  };
  const services = Object.fromEntries(Array.from({ length: count }, (_, n) => [`auth-${n}`, one]));
  const cwd = await folder();
  await writeFile(
    join(cwd, '.jwtcheckrc.json'),
    JSON.stringify(configOf(services, { timeout: '1m', deadline: '10m' })),
  );
  const HTTPS_PROXY = proxy.origin.replace('//', `//${credentials}@`);
  return runHere([], { cwd, env: { [variable]: key, HTTPS_PROXY } });
}

describe('behind a proxy', () => {
  it.each(some([1, 110], 1))('%i services over HTTPS and WSS are reached by tunnels', async (count) => {
    const before = proxy.tunnels.length;
    const ended = await run(count, 'somebody:hidden-password');
    expect(ended).toMatchObject({ code: 0, stdout: expect.stringContaining('CONSISTENT') });
    expect(proxy.tunnels.length).toBeGreaterThan(before);
    expect(new Set(proxy.tunnels)).toEqual(new Set([`${host}:${port}`]));
  });

  it.each(some([1, 110], 1))(
    'that refuses, %i services cannot be told of, and no password is shown',
    async (count) => {
      const ended = await run(count, 'somebody:another-password');
      expect(ended.code).toBe(3);
      expect(ended.stdout.replace(/\s+/g, ' ')).toContain('the proxy rejected the connection (status 407)');
      expect(ended.stdout + ended.stderr).not.toContain('another-password');
    },
  );

  it.each([
    ['somebody:a-password%20that-nobody-may-see', 'a-password that-nobody-may-see'],
    ['a-token-that-nobody-may-see', 'a-token-that-nobody-may-see'],
  ])('that shows its credentials in answers, they are shown nowhere: %s', async (credentials, shown) => {
    const hostile = createPlainServer((request, response) => {
      const sent = request.headers['proxy-authorization'] ?? '';
      const decoded = Buffer.from(sent.replace('Basic ', ''), 'base64').toString();
      if (request.url?.includes('/moved'))
        return response.writeHead(302, { location: `http://${shown.replaceAll(' ', '-')}.example/` }).end();
      response.end(
        JSON.stringify({ fingerprint: 'deadbeef', instance: shown, version: decoded, service: sent }),
      );
    });
    await once(hostile.listen(0, '127.0.0.1'), 'listening');
    const address = hostile.address();
    const http_proxy = `http://${credentials}@127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
    const source = (path: string) => ({
      source: { kind: 'http', url: `http://${host}/${path}`, allowInsecure: true },
    });
    const config = configOf({ auth: source('fingerprint'), moved: source('moved') });
    const cwd = await folder({ '.jwtcheckrc.json': config });
    const ended = await runHere(['-v', '-f', 'json'], { cwd, env: { [variable]: key, http_proxy } });
    hostile.close();
    hostile.closeAllConnections();
    expect(ended.stdout).toContain('deadbeef');
    expect(ended.stdout).toContain('a redirect to http://[secret]');
    expect(ended.stdout + ended.stderr).not.toMatch(/nobody-may/);
  });
});
