import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { configSchema, type MintSettings } from '../../../src/config/schema.js';
import { fillToken } from '../../../src/observe/tokens/mint.js';
import { readMinted } from '../../../src/observe/tokens/mint-endpoint.js';
import { worldOf } from '../probes/world.js';

const text = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl';

let server: Server;
let url: string;
let answer: RequestListener;
let requests: { method: string | undefined; type: string | undefined; body: string }[];
let context = worldOf();

beforeEach(async () => {
  context = worldOf();
  requests = [];
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    requests.push({ method: request.method, type: request.headers['content-type'], body });
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening');
  url = `http://127.0.0.1:${address.port}/mint`;
});

afterEach(async () => {
  await context.network.persistent.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function settingsOf(mint: object = {}): MintSettings {
  const participants = { a: { mint: { url, ...mint } } };
  const parsed = configSchema.parse({ environments: { e: { participants } } });
  const settings = parsed.environments.e?.participants.a?.mint;
  if (settings === undefined) throw new Error('no mint endpoint');
  return settings;
}

function answering(status: number, body: unknown): void {
  answer = (_, response) => {
    response.writeHead(status, { location: '/elsewhere' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
}

describe('readMinted', () => {
  it('takes the token at the pointer', async () => {
    answering(201, { access_token: text, data: [{ 'a/b': `${text}x` }] });
    const first = await readMinted(settingsOf(), context);
    expect(first.ok && fillToken('{{token}}', first.value.secret)).toBe(text);
    const second = await readMinted(settingsOf({ pointer: '/data/0/a~1b' }), context);
    expect(second.ok && fillToken('{{token}}', second.value.secret)).toBe(`${text}x`);
  });

  it('asks as configured', async () => {
    answering(200, { access_token: text });
    await readMinted(settingsOf({ body: { user: 'a' } }), context);
    await readMinted(
      settingsOf({ method: 'PUT', body: 'user=a', headers: { 'Content-Type': 'x/y' } }),
      context,
    );
    await readMinted(settingsOf({ method: 'GET' }), context);
    expect(requests).toEqual([
      { method: 'POST', type: 'application/json', body: '{"user":"a"}' },
      { method: 'PUT', type: 'x/y', body: 'user=a' },
      { method: 'GET', type: undefined, body: '' },
    ]);
  });

  it.each([
    [302, '', 'redirect'],
    [401, { message: text }, 'http-status'],
    [404, '', 'http-status'],
    [500, text, 'http-status'],
    [200, '<html>', 'invalid-response'],
    [200, '{"access_token":', 'invalid-response'],
    [200, [], 'invalid-response'],
    [200, { token: text }, 'invalid-response'],
    [200, { access_token: 7 }, 'invalid-response'],
    [200, { access_token: null }, 'invalid-response'],
    [200, { access_token: '' }, 'invalid-response'],
    [200, { access_token: 'opaque-token' }, 'invalid-response'],
    [200, { access_token: `${text}\r\nx: y` }, 'invalid-response'],
    [200, { access_token: `${text}.four` }, 'invalid-response'],
    [200, { access_token: `a.b.${'c'.repeat(10_000)}` }, 'invalid-response'],
  ])('%i with %j is %s', async (status, body, code) => {
    answering(status, body);
    const outcome = await readMinted(settingsOf(), context);
    expect(outcome).toMatchObject({ ok: false, error: { code, message: expect.stringContaining(url) } });
    expect(JSON.stringify(outcome)).not.toContain('eyJ');
    expect(JSON.stringify(outcome)).not.toContain('opaque');
  });

  it('reports the failure of the network', async () => {
    answer = (request) => request.socket.destroy();
    expect(await readMinted(settingsOf(), context)).toMatchObject({
      ok: false,
      error: { code: 'connection' },
    });
    answer = () => {};
    const late = await readMinted(settingsOf({ timeout: '100ms' }), context);
    expect(late).toMatchObject({ ok: false, error: { code: 'timeout' } });
  });
});
