import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { http } from '../../../src/observe/probes/http.js';
import type { ProbeResult } from '../../../src/observe/probes/probe.js';
import { Secret } from '../../../src/secret/secret.js';
import { worldOf } from './world.js';

const text = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl';
const token = new Secret(text);
const encoded = Buffer.from(text).toString('base64url');

interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

let server: Server;
let origin: string;
let seen: Seen[];
let answer: RequestListener;
let context = worldOf();

beforeEach(async () => {
  seen = [];
  answer = (_, response) => response.end();
  context = worldOf();
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method, url, headers } = request;
    seen.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${portOf(server)}`;
});

afterEach(async () => {
  await context.network.persistent.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function portOf(listening: Server): number {
  const address: string | AddressInfo | null = listening.address();
  if (address === null || typeof address === 'string') throw new Error('not listening');
  return address.port;
}

function attempt(probe: object = {}, presented: Secret | null = token, over = context): Promise<ProbeResult> {
  return http.attempt(http.schema.parse({ kind: 'http', url: `${origin}/me`, ...probe }), presented, over);
}

function answering(status: number, body: unknown, headers: Record<string, string> = {}): void {
  answer = (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body));
  };
}

describe('what is sent', () => {
  it('a bearer token, where the configuration names no place for it', async () => {
    await attempt({ headers: { 'X-A': 'b', Authorization: 'Basic eA==' } });
    expect(seen[0]).toMatchObject({ method: 'GET', url: '/me', body: '' });
    expect(seen[0]?.headers).toMatchObject({ authorization: `Bearer ${text}`, 'x-a': 'b' });
  });

  it.each([
    ['url', { url: '/t/{{token}}?t={{token.base64url}}' }, { url: `/t/${text}?t=${encoded}` }],
    ['header', { headers: { 'X-Token': 'v={{token}}' } }, { headers: { 'x-token': `v=${text}` } }],
    ['JSON body', { method: 'POST', body: { a: ['{{token}}'] } }, { body: JSON.stringify({ a: [text] }) }],
    ['text body', { method: 'PUT', body: 't={{token}}' }, { body: `t=${text}` }],
  ])('the token in the %s, and then in no Authorization', async (_, probe, expected) => {
    const url = 'url' in probe ? { url: `${origin}${probe.url}` } : {};
    await attempt({ ...probe, ...url });
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject(expected);
    expect(seen[0]?.headers).not.toHaveProperty('authorization');
  });

  it('the type of a JSON body unless one is configured; none for a text', async () => {
    await attempt({ method: 'POST', body: { a: 1 } });
    await attempt({ method: 'POST', body: { a: 1 }, headers: { 'Content-Type': 'application/scim+json' } });
    await attempt({ method: 'POST', body: 'a' });
    const types = seen.map((request) => request.headers['content-type']);
    expect(types).toEqual(['application/json', 'application/scim+json', undefined]);
  });

  it('no token: nothing that would carry it', async () => {
    await attempt({}, null);
    await attempt({ headers: { 'X-Token': '{{token}}', 'X-A': 'b' } }, null);
    await attempt({ url: `${origin}/t/{{token}}?a=b&t={{token}}` }, null);
    await attempt({ method: 'POST', body: { token: '{{token}}', token_type: 'access' } }, null);
    expect(seen[0]?.headers).not.toHaveProperty('authorization');
    expect(seen[1]?.headers).not.toHaveProperty('x-token');
    expect(seen[1]?.headers).toMatchObject({ 'x-a': 'b' });
    expect(seen[2]?.url).toBe('/t/?a=b');
    expect(seen[3]?.body).toBe('{"token":"","token_type":"access"}');
  });

  it('with several samples, each over a connection of its own', async () => {
    const ports = new Set<number | undefined>();
    answer = (request, response) => {
      ports.add(request.socket.remotePort);
      response.end();
    };
    await attempt({ samples: 2 });
    await attempt({ samples: 2 });
    expect(ports.size).toBe(2);
  });
});

describe('what the answer says', () => {
  it.each([
    [200, { a: 1 }, 'accepted', null],
    [204, '', 'accepted', null],
    [401, { error: 'no' }, 'rejected', null],
    [403, '', 'rejected', null],
    [302, '', 'inconclusive', 'redirect'],
    [404, '', 'inconclusive', 'http-status'],
    [429, '', 'inconclusive', 'http-status'],
    [500, { error: 'invalid token' }, 'inconclusive', 'http-status'],
    [503, '', 'inconclusive', 'http-status'],
  ])('by default, %i with %j is %s', async (status, body, result, reason) => {
    answering(status, body, { location: '/sign-in' });
    expect(await attempt()).toMatchObject({ result, status, reason, closeCode: null });
    expect(seen).toHaveLength(1);
  });

  it.each([
    ['<!DOCTYPE html><title>App</title>', 'text/plain'],
    ['anything', 'text/html; charset=utf-8'],
    ['\n<html lang="en">', 'application/json'],
  ])('a page is no acceptance: %s as %s', async (body, type) => {
    answering(200, body, { 'content-type': type });
    const result = await attempt();
    expect(result).toMatchObject({ result: 'inconclusive', status: 200, reason: 'invalid-response' });
    expect(result.detail).toMatch(/^200 OK, HTML/);
  });

  it('a configured matcher stands instead of its default', async () => {
    answering(200, 'ok', { 'content-type': 'text/html' });
    expect((await attempt({ accepted: { status: [200] } })).result).toBe('accepted');
    answering(404, 'unknown token');
    expect((await attempt({ rejected: { status: [404], includes: 'unknown' } })).result).toBe('rejected');
    expect((await attempt({ accepted: { status: [404] } })).result).toBe('accepted');
    answering(401, '');
    expect(await attempt({ rejected: { status: [418] } })).toMatchObject({
      result: 'inconclusive',
      reason: 'http-status',
    });
  });

  it('misconfigured goes before rejected, and rejected before accepted', async () => {
    answering(401, { error: 'invalid_service_secret' });
    const matcher = { json: { '/error': 'invalid_service_secret' } };
    expect(await attempt({ misconfigured: matcher })).toMatchObject({
      result: 'inconclusive',
      status: 401,
      reason: 'misconfigured',
      detail: '401 Unauthorized: invalid_service_secret',
    });
    expect((await attempt({ rejected: matcher, accepted: matcher })).result).toBe('rejected');
  });

  it('200 with another value than accepted names is a rejection', async () => {
    const accepted = { json: { '/valid': true } };
    answering(200, { valid: false, error: 'signature' });
    expect(await attempt({ accepted })).toMatchObject({
      result: 'rejected',
      detail: '200, /valid is false: signature',
    });
    answering(200, { valid: 'secret words of the service' });
    expect((await attempt({ accepted })).detail).toBe('200, /valid is another text');
    answering(200, { valid: true });
    expect((await attempt({ accepted })).result).toBe('accepted');
  });

  it.each([
    [200, { other: true }],
    [200, '{"valid":'],
    [200, ''],
    [500, { valid: false }],
  ])('but %i with %j is none', async (status, body) => {
    answering(status, body);
    const result = await attempt({ accepted: { json: { '/valid': true } } });
    expect(result).toMatchObject({ result: 'inconclusive', status });
  });
});

describe('what it tells', () => {
  it('the words of the service without the token, never the body', async () => {
    answering(401, { message: `bad token ${text}`, code: 'E_SIG', email: 'person@example.com', got: text });
    expect((await attempt()).detail).toBe('401 Unauthorized: E_SIG, bad token [token]');
    answering(403, `not JSON ${text}`);
    expect((await attempt()).detail).toBe('403 Forbidden: not JSON [token]');
    answering(400, { error: { code: 'E', detail: `${encoded} ${'word '.repeat(50)}` } });
    expect((await attempt()).detail).toBe(`400 Bad Request: E, [token] ${'word '.repeat(50).trim()}`);
  });

  it('all of its words, for half a secret would not be recognised', async () => {
    const said = 'correct horse battery staple '.repeat(99).trim();
    answering(401, { error: said });
    expect((await attempt()).detail).toBe(`401 Unauthorized: ${said}`);
  });

  it('no token in the label of a failure', async () => {
    await new Promise((resolve) => server.close(resolve));
    const result = await attempt({ url: `${origin}/{{token}}?t={{token}}` });
    expect(result).toMatchObject({ result: 'inconclusive', reason: 'connection', status: null });
    expect(result.detail).not.toContain(text);
  });
});

describe('what the network does', () => {
  it.each([
    ['an event stream', { 'content-type': 'text/event-stream' }],
    ['one byte now and then', {}],
  ])('a body without an end is not waited for where the status decides: %s', async (_, headers) => {
    answer = (_request, response) => {
      response.writeHead(200, headers);
      response.flushHeaders();
      response.write(':');
    };
    const result = await attempt({ timeout: '30s' });
    expect(result).toMatchObject({ result: 'accepted', status: 200, said: { form: 'stream', words: [] } });
    expect((await attempt({ timeout: '30s', accepted: { status: [200] } })).result).toBe('accepted');
    expect((await attempt({ timeout: '30s', method: 'HEAD' })).result).toBe('accepted');
  });

  it('but it is where a matcher looks at it: a timeout', async () => {
    answer = (_, response) => {
      response.writeHead(200);
      response.write('x');
    };
    const accepted = { json: { '/valid': true } };
    expect(await attempt({ timeout: '150ms', accepted })).toMatchObject({
      result: 'inconclusive',
      reason: 'timeout',
    });
  });

  it('50 MB change nothing where the status decides', async () => {
    answering(200, Buffer.alloc(50_000_000, 'x'));
    expect(await attempt()).toMatchObject({ result: 'accepted', said: { form: 'stream' } });
    answering(401, `jwt expired\n${'x'.repeat(2_000_000)}`, { 'content-type': 'text/plain' });
    expect((await attempt()).said?.words[0]).toBe('jwt expired');
  });

  it('where a matcher looks at the body, 64 KiB of it are read', async () => {
    answering(200, `{"valid":true,"more":"${'x'.repeat(100_000)}"}`);
    expect(await attempt({ accepted: { json: { '/valid': true } } })).toMatchObject({
      result: 'inconclusive',
      reason: 'too-large',
    });
    expect((await attempt({ accepted: { includes: '"valid":true' } })).result).toBe('accepted');
    expect((await attempt({ accepted: { includes: 'elsewhere' } })).reason).toBe('too-large');
    const rejected = { json: { '/valid': false } };
    expect((await attempt({ rejected })).reason).toBe('too-large');
    expect((await attempt({ rejected: { ...rejected, status: [401] } })).result).toBe('accepted');
  });

  it('a compressed answer is read by its status', async () => {
    answering(401, 'H4sI', { 'content-encoding': 'gzip' });
    expect(await attempt()).toMatchObject({ result: 'rejected', said: { words: [] } });
    expect((await attempt({ accepted: { includes: 'a' } })).result).toBe('inconclusive');
  });

  it('a connection that drops: tried once where a second time could do harm', async () => {
    answer = (request) => request.socket.destroy();
    const posted = await attempt({ method: 'POST' });
    expect(posted).toMatchObject({ result: 'inconclusive', reason: 'connection' });
    expect(seen).toHaveLength(1);
    await attempt();
    expect(seen.length).toBeGreaterThan(2);
  });

  it('an answer that breaks off says nothing', async () => {
    answer = (_, response) => {
      response.writeHead(200, { 'content-length': '100', 'content-type': 'application/json' });
      response.write('{"valid":true');
      setTimeout(() => response.destroy(), 20);
    };
    const result = await attempt({ method: 'POST' });
    expect(result).toMatchObject({ result: 'inconclusive', reason: 'connection' });
  });

  it('a deeply nested answer is read like any other', async () => {
    answering(200, `${'['.repeat(30_000)}${']'.repeat(30_000)}`);
    const result = await attempt({ accepted: { json: { '/valid': true } } });
    expect(result).toMatchObject({ result: 'inconclusive', reason: 'invalid-response' });
  });
});
