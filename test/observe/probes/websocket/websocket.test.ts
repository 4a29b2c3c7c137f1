import { createHash } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ProbeResult } from '../../../../src/observe/probes/probe.js';
import { websocket } from '../../../../src/observe/probes/websocket/websocket.js';
import { Secret } from '../../../../src/secret/secret.js';
import { published, untilTurn } from '../../../support/turns.js';
import {
  type RunningWebSocketServer,
  refuse,
  startWebSocketServer,
  type WebSocketServerOptions,
} from '../../../support/websocket-server.js';
import { worldOf } from '../world.js';

const text = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl';
const token = new Secret(text);
const encoded = Buffer.from(text).toString('base64url');

const servers: RunningWebSocketServer[] = [];
let context = worldOf();

beforeEach(() => {
  context = worldOf();
});

/** From now on the time stands still but where `vi.advanceTimersByTimeAsync` moves it. */
const stopTheClock = () => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });

afterEach(async () => {
  vi.useRealTimers();
  await context.network.persistent.close();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serve(behaviour: WebSocketServerOptions = {}): Promise<RunningWebSocketServer> {
  const server = await startWebSocketServer(behaviour);
  servers.push(server);
  return server;
}

function attempt(
  server: RunningWebSocketServer,
  probe: object = {},
  presented: Secret | null = token,
  over = context,
): Promise<ProbeResult> {
  const settings = { kind: 'websocket', url: `${server.url}/ws`, settle: '80ms', ...probe };
  return websocket.attempt(websocket.schema.parse(settings), presented, over);
}

/** Every connection is given up. */
async function emptied(server: RunningWebSocketServer): Promise<void> {
  await untilTurn(() => server.connections.size === 0);
}

/** Where something will come: however long the machine takes for it. */
const patient = { settle: '1m', timeout: '1m' };

async function closing(code: number, reason = '', afterMs = 20): Promise<RunningWebSocketServer> {
  return serve({ connected: (socket) => setTimeout(() => socket.close(code, reason), afterMs) });
}

function accept(key: string): string {
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
}

/** Upgrades by hand, to say things that no library would. */
function byHand(after: (connection: Duplex) => void): WebSocketServerOptions {
  return {
    handshake(request, connection) {
      const key = accept(String(request.headers['sec-websocket-key']));
      const head = ['upgrade: websocket', 'connection: upgrade', `sec-websocket-accept: ${key}`];
      connection.write(`HTTP/1.1 101 Switching Protocols\r\n${head.join('\r\n')}\r\n\r\n`);
      after(connection);
      return true;
    },
  };
}

describe('how the token travels', () => {
  it('header: as a bearer token, unless it has another place', async () => {
    const server = await serve();
    await attempt(server, { headers: { 'X-A': 'b' } });
    await attempt(server, { headers: { 'X-Token': '{{token}}' } });
    await attempt(server, { url: `${server.url}/{{token}}?t={{token.base64url}}` });
    await attempt(server, { headers: { 'X-A': 'b', 'X-Token': '{{token}}' } }, null);
    await attempt(server, {}, null);
    const [plain, named, placed, missing, bare] = server.handshakes;
    expect(plain?.headers).toMatchObject({ authorization: `Bearer ${text}`, 'x-a': 'b' });
    expect(named?.headers).toMatchObject({ 'x-token': text });
    expect(named?.headers).not.toHaveProperty('authorization');
    expect(placed?.url).toBe(`/${text}?t=${encoded}`);
    expect(placed?.headers).not.toHaveProperty('authorization');
    expect(missing?.headers).toMatchObject({ 'x-a': 'b' });
    expect(missing?.headers).not.toHaveProperty('x-token');
    expect(bare?.headers).not.toHaveProperty('authorization');
  });

  it('subprotocol: beside a plain one', async () => {
    const server = await serve();
    expect((await attempt(server, { via: 'subprotocol' })).result).toBe('accepted');
    await attempt(server, { via: 'subprotocol', subprotocols: ['v1', 'tok-{{token}}'] });
    await attempt(server, { via: 'subprotocol' }, null);
    await attempt(server, { via: 'subprotocol', subprotocols: ['{{token}}'] }, null);
    const offered = server.handshakes.map((request) => request.headers['sec-websocket-protocol']);
    expect(offered).toEqual([`jwt-auth, jwt.${encoded}`, `v1, tok-${text}`, 'jwt-auth', undefined]);
    expect(server.handshakes[0]?.headers).not.toHaveProperty('authorization');
  });

  it('query: in a parameter', async () => {
    const server = await serve();
    await attempt(server, { via: 'query' });
    await attempt(server, { via: 'query', parameter: 'a b', url: `${server.url}/ws?x=%20y` });
    await attempt(server, { via: 'query', url: `${server.url}/ws?x=1` }, null);
    await attempt(server, { via: 'query', url: `${server.url}/ws?jwt={{token}}` });
    const urls = server.handshakes.map((request) => request.url);
    expect(urls).toEqual([`/ws?token=${text}`, `/ws?x=%20y&a%20b=${text}`, '/ws?x=1', `/ws?jwt=${text}`]);
    expect(server.handshakes[0]?.headers).not.toHaveProperty('authorization');
  });

  it('message: in the first one', async () => {
    const messages: string[] = [];
    const server = await serve({
      connected: (socket) => socket.on('message', (data) => messages.push(String(data))),
    });
    await attempt(server, { via: 'message' });
    await attempt(server, { via: 'message', message: { type: 'auth', token: '{{token}}' } });
    await attempt(server, { via: 'message', message: { type: 'auth', token: '{{token}}' } }, null);
    await attempt(server, { message: { type: 'hello' } });
    expect(messages).toEqual([
      text,
      `{"type":"auth","token":"${text}"}`,
      '{"type":"auth","token":""}',
      '{"type":"hello"}',
    ]);
    expect(server.handshakes[0]?.headers).not.toHaveProperty('authorization');
    expect(server.handshakes[3]?.headers).toMatchObject({ authorization: `Bearer ${text}` });
  });

  it('only as a subprotocol that can be sent', () => {
    const settings = { kind: 'websocket', url: 'wss://a.example', via: 'subprotocol' };
    expect(websocket.schema.safeParse({ ...settings, subprotocols: ['a/b'] }).success).toBe(false);
    expect(websocket.schema.safeParse({ ...settings, subprotocols: ['{{other}}'] }).success).toBe(false);
    expect(websocket.schema.safeParse({ ...settings, subprotocols: ['a.{{token}}'] }).success).toBe(true);
  });

  it('nowhere, where two subprotocols are the same', async () => {
    const result = await attempt(await serve(), { subprotocols: ['a', 'A'] });
    expect(result).toMatchObject({ result: 'inconclusive', status: null });
    expect(context.signal.aborted).toBe(false);
  });
});

describe('the handshake', () => {
  it.each([
    ['401 Unauthorized', 'rejected', null, '401 Unauthorized to the handshake: E_SIG'],
    ['403 Forbidden', 'rejected', null, '403 Forbidden to the handshake: E_SIG'],
    ['200 OK', 'inconclusive', 'invalid-response', '200 OK to the handshake: E_SIG'],
    ['301 Moved', 'inconclusive', 'redirect', '301 Moved Permanently to the handshake: E_SIG'],
    ['404 Not Found', 'inconclusive', 'http-status', '404 Not Found to the handshake: E_SIG'],
    ['429 Slow', 'inconclusive', 'http-status', '429 Too Many Requests to the handshake: E_SIG'],
    ['502 Bad', 'inconclusive', 'http-status', '502 Bad Gateway to the handshake: E_SIG'],
  ])('%s is %s', async (line, result, reason, detail) => {
    const server = await serve({
      handshake: (_, connection) => refuse(connection, line, '{"code":"E_SIG"}'),
    });
    const status = Number.parseInt(line, 10);
    expect(await attempt(server)).toMatchObject({ result, status, closeCode: null, detail, reason });
  });

  it('a rejected handshake is reported, whatever happens to its body', async () => {
    const endless = await serve({
      handshake(_, connection) {
        connection.write('HTTP/1.1 401 Unauthorized\r\ncontent-length: 99\r\n\r\n{"code":');
        return true;
      },
    });
    expect(await attempt(endless)).toMatchObject({ result: 'rejected', status: 401 });
    const broken = await serve({
      handshake(_, connection) {
        connection.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 99\r\n\r\n{"code":');
        return true;
      },
    });
    expect(await attempt(broken)).toMatchObject({ result: 'rejected', status: 403 });
    const huge = await serve({
      handshake: (_, connection) => refuse(connection, '401 Unauthorized', 'x'.repeat(5_000_000)),
    });
    expect(await attempt(huge)).toMatchObject({ result: 'rejected', status: 401 });
    for (const server of [endless, broken, huge]) await emptied(server);
  });

  it('a connection that drops', async () => {
    const server = await serve({
      handshake(_, connection) {
        connection.destroy();
        return true;
      },
    });
    const result = await attempt(server);
    expect(result).toMatchObject({ result: 'inconclusive', status: null, reason: 'connection' });
  });

  it('no server', async () => {
    const server = await serve();
    await server.close();
    servers.splice(0);
    const result = await attempt(server, { url: `${server.url}/{{token}}?t={{token}}` });
    expect(result).toMatchObject({ result: 'inconclusive', status: null, reason: 'connection' });
    expect(result.detail).toContain('ECONNREFUSED');
    expect(result.detail).not.toContain(text);
  });

  it('no TLS there', async () => {
    const server = await serve();
    const result = await attempt(server, { url: server.url.replace('ws:', 'wss:') });
    expect(result).toMatchObject({ result: 'inconclusive', status: null, reason: 'tls' });
  });

  it.each([
    ['says nothing', ''],
    ['says one byte at a time', 'HTTP/1.1 101'],
  ])('a server that %s: a timeout', async (_, bytes) => {
    let dripping: NodeJS.Timeout | undefined;
    const server = await serve({
      handshake(_request, connection) {
        const left = [...bytes];
        dripping = setInterval(() => connection.write(left.shift() ?? ''), 50);
        return true;
      },
    });
    const result = await attempt(server, { timeout: '150ms' });
    clearInterval(dripping);
    expect(result).toMatchObject({ result: 'inconclusive', status: null, reason: 'timeout' });
    expect(result.detail).toBe('no answer to the handshake within 150ms');
    await emptied(server);
  });

  it('an answer that is not HTTP', async () => {
    const server = await serve({
      handshake(_, connection) {
        connection.end('220 mail.example.com ESMTP\r\n');
        return true;
      },
    });
    expect(await attempt(server)).toMatchObject({ result: 'inconclusive', status: null, closeCode: null });
  });

  it('no subprotocol chosen though some were offered', async () => {
    const server = await serve({ options: { handleProtocols: () => false } });
    const result = await attempt(server, { via: 'subprotocol' });
    expect(result).toMatchObject({ result: 'inconclusive', status: 101, reason: 'invalid-response' });
    expect(result.detail).toBe(
      '101, but without any of the offered subprotocols; browsers close such a connection, too',
    );
    await emptied(server);
  });

  it('a subprotocol chosen that was not offered', async () => {
    const server = await serve({ options: { handleProtocols: () => 'other' } });
    const result = await attempt(server, { via: 'subprotocol' });
    expect(result).toMatchObject({ result: 'inconclusive', status: 101, reason: 'invalid-response' });
    expect(result.detail).toContain('not offered');
  });

  it.each([
    ['with another key', 'upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: x\r\n'],
    ['without an upgrade', 'content-length: 0\r\n'],
  ])('101 %s', async (_, head) => {
    const server = await serve({
      handshake(_request, connection) {
        connection.write(`HTTP/1.1 101 Switching Protocols\r\n${head}\r\n`);
        return true;
      },
    });
    const result = await attempt(server, { timeout: '1s' });
    expect(result).toMatchObject({ result: 'inconclusive', status: 101, reason: 'invalid-response' });
    await emptied(server);
  });
});

describe('the socket', () => {
  it('still open after settle is accepted', async () => {
    const server = await serve();
    stopTheClock();
    const open = published('undici:websocket:open');
    const running = attempt(server);
    await open;
    let ended = false;
    void running.then(() => {
      ended = true;
    });
    await vi.advanceTimersByTimeAsync(79);
    await turn();
    await turn();
    expect(ended).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await running).toEqual({
      result: 'accepted',
      status: 101,
      closeCode: null,
      detail: 'still open after 80ms',
      reason: null,
      clockOffsetMs: undefined,
      said: { words: [], form: 'none', members: {}, layer: null, location: null },
    });
  });

  it.each([1008, 4001, 4003, 4401, 4403])('accepted, then closed with %i, is rejected', async (code) => {
    const result = await attempt(await closing(code, 'VALIDATION_FAILED', 50), patient);
    expect(result).toMatchObject({ result: 'rejected', status: 101, closeCode: code, reason: null });
    expect(result.detail).toMatch(new RegExp(`^closed ${code}: VALIDATION_FAILED$`));
  });

  it.each([
    [1000, 'invalid-response'],
    [1011, 'invalid-response'],
    [4000, 'invalid-response'],
  ])('closed with %i says nothing', async (code, reason) => {
    const result = await attempt(await closing(code), patient);
    expect(result).toMatchObject({ result: 'inconclusive', status: 101, closeCode: code, reason });
  });

  it('dropped without a close frame says nothing', async () => {
    const server = await serve({ connected: (socket) => setTimeout(() => socket.terminate(), 20) });
    const result = await attempt(server, patient);
    expect(result).toMatchObject({ result: 'inconclusive', closeCode: 1006, reason: 'connection' });
  });

  it('configured close codes stand instead of the default ones', async () => {
    const rejected = { closeCodes: [4900] };
    expect((await attempt(await closing(4900), { rejected, ...patient })).result).toBe('rejected');
    expect((await attempt(await closing(1008), { rejected, ...patient })).result).toBe('inconclusive');
    const message = { message: { includes: 'x' } };
    expect((await attempt(await closing(1008), { rejected: message, ...patient })).result).toBe('rejected');
  });

  it('closed, but the peer keeps the connection: the code is reported all the same', async () => {
    const server = await serve(byHand((connection) => connection.write(Buffer.from([0x88, 2, 0x03, 0xf0]))));
    expect(await attempt(server)).toMatchObject({ result: 'rejected', closeCode: 1008 });
    await emptied(server);
  });

  it('against the protocol', async () => {
    const server = await serve(byHand((connection) => connection.write(Buffer.from([0xff, 0xff, 1, 2]))));
    const result = await attempt(server);
    expect(result).toMatchObject({ result: 'inconclusive', reason: 'invalid-response' });
    expect(result.detail).toContain('RFC 6455');
  });

  it('a peer that never answers a close frame is left at once', async () => {
    const server = await serve(byHand((connection) => connection.pause()));
    stopTheClock();
    const open = published('undici:websocket:open');
    const running = attempt(server);
    await open;
    await vi.advanceTimersByTimeAsync(80);
    // Whatever it waited for now would never come.
    expect((await running).result).toBe('accepted');
  });
});

describe('messages', () => {
  const accepted = { message: { json: { '/type': 'connection_established' } } };
  const rejected = { message: { includes: 'VALIDATION_FAILED' } };
  const welcome = JSON.stringify({ type: 'connection_established' });
  const refusal = JSON.stringify({ type: 'error', code: 'VALIDATION_FAILED' });

  const saying = (...messages: (string | Buffer)[]): Promise<RunningWebSocketServer> =>
    serve({
      connected(socket) {
        for (const message of messages) socket.send(message);
      },
    });

  it('the accepting one is enough, at once', async () => {
    const server = await saying('{"type":"hello"}', welcome);
    stopTheClock();
    const result = await attempt(server, { accepted, settle: '10s' });
    expect(result).toMatchObject({ result: 'accepted', status: 101 });
    expect(result.detail).toMatch(/^accepting message: connection_established$/);
  });

  it('in binary too, and in fragments', async () => {
    const binary = await saying(Buffer.from(welcome));
    expect((await attempt(binary, { accepted, ...patient })).result).toBe('accepted');
    const fragmented = await serve({
      connected(socket) {
        socket.send(welcome.slice(0, 5), { fin: false });
        setTimeout(() => socket.send(welcome.slice(5), { fin: true }), 20);
      },
    });
    expect((await attempt(fragmented, { accepted, ...patient })).result).toBe('accepted');
  });

  it('the first one that says something decides', async () => {
    const both = { accepted, rejected, ...patient };
    expect((await attempt(await saying(refusal, welcome), both)).result).toBe('rejected');
    expect((await attempt(await saying(welcome, refusal), both)).result).toBe('accepted');
    expect(await attempt(await saying(refusal), { rejected, ...patient })).toMatchObject({
      result: 'rejected',
      closeCode: null,
      detail: expect.stringMatching(/^rejecting message: VALIDATION_FAILED, error$/),
    });
  });

  it('one that accepts and rejects rejects', async () => {
    const same = { accepted: { message: { includes: 'x' } }, rejected: { message: { includes: 'x' } } };
    expect((await attempt(await saying('x'), same)).result).toBe('rejected');
  });

  it('none in time says nothing', async () => {
    expect(await attempt(await saying('not JSON', '[]'), { accepted })).toMatchObject({
      result: 'inconclusive',
      status: 101,
      reason: 'timeout',
      detail: 'open, but no accepting message within 80ms: not JSON',
    });
  });

  it('closing without one is judged by the code', async () => {
    expect((await attempt(await closing(1008), { accepted, ...patient })).result).toBe('rejected');
    expect((await attempt(await closing(1000), { accepted, ...patient })).result).toBe('inconclusive');
  });

  it('one that is too large ends it, compressed or not', async () => {
    const plain = await saying('x'.repeat(50_000_000));
    const bomb = await serve({
      options: { perMessageDeflate: true },
      connected: (socket) => socket.send('0'.repeat(50_000_000), { compress: true }),
    });
    for (const server of [plain, bomb]) {
      const before = process.memoryUsage().rss;
      const result = await attempt(server, { accepted, ...patient });
      expect(result).toMatchObject({ result: 'inconclusive', reason: 'invalid-response' });
      expect(result.detail).toBe('a message over 64 KiB, or a violation of RFC 6455');
      expect(process.memoryUsage().rss - before).toBeLessThan(300_000_000);
    }
    expect(bomb.handshakes[0]?.headers['sec-websocket-extensions']).toContain('permessage-deflate');
  });

  it('a flood of them ends it', async () => {
    const server = await serve({
      connected(socket) {
        const pour = (): void => {
          if (socket.readyState === 1) socket.send('x'.repeat(60_000), () => setImmediate(pour));
        };
        pour();
      },
    });
    const flooded = await attempt(server, { accepted, settle: '10s' });
    expect(flooded).toMatchObject({ result: 'inconclusive', reason: 'too-large' });
    expect((await attempt(server)).result).toBe('accepted');
  });

  it('the words of the service are reported, without the token', async () => {
    const said = JSON.stringify({
      code: 'VALIDATION_FAILED',
      message: `bad ${text} ${encoded}`,
      email: 'a@b',
    });
    const byMessage = await attempt(await saying(said), { rejected, ...patient });
    expect(byMessage.detail).toBe('rejecting message: VALIDATION_FAILED, bad [token] [token]');
    const byReason = await attempt(await closing(1008, `no: ${text}`), patient);
    expect(byReason.detail).toBe('closed 1008: no: [token]');
    const byBody = await serve({
      handshake: (_, connection) => refuse(connection, '401 No', JSON.stringify({ error: text })),
    });
    expect((await attempt(byBody)).detail).toBe('401 Unauthorized to the handshake: [token]');
  });
});

describe('leaving', () => {
  it('leaves no connection behind, and says goodbye', async () => {
    const codes: number[] = [];
    const server = await serve({ connected: (socket) => socket.on('close', (code) => codes.push(code)) });
    await attempt(server);
    await emptied(server);
    expect(codes).toEqual([1000]);
  });

  it('ends at once when the check ends, whatever it is waiting for', async () => {
    const silent = await serve({ handshake: () => true });
    const open = await serve();
    const slowBody = await serve({
      handshake(_, connection) {
        connection.write('HTTP/1.1 404 Not Found\r\ncontent-length: 99\r\n\r\n');
        return true;
      },
    });
    stopTheClock();
    for (const [server, waiting] of [
      [silent, 'undici:client:sendHeaders'],
      [open, 'undici:websocket:open'],
      [slowBody, 'undici:request:headers'],
    ] as const) {
      const controller = new AbortController();
      const over = worldOf({ signal: controller.signal });
      const event = published(waiting);
      const running = attempt(server, { settle: '30s', timeout: '30s' }, token, over);
      await event;
      await turn();
      controller.abort();
      expect(await running).toMatchObject({ result: 'inconclusive', reason: 'timeout' });
      await emptied(server);
      await over.network.persistent.close();
    }
  });

  it('does not begin when the check is over', async () => {
    const server = await serve();
    const over = worldOf({ signal: AbortSignal.abort() });
    expect(await attempt(server, {}, token, over)).toMatchObject({ result: 'inconclusive', status: null });
    expect(server.handshakes).toHaveLength(0);
    await over.network.persistent.close();
  });

  it('many at once, each with a result of its own and without a warning', async () => {
    const warnings: Error[] = [];
    const listen = (warning: Error): void => {
      warnings.push(warning);
    };
    process.on('warning', listen);
    const server = await serve({
      connected(socket, request) {
        const number = Number(request.url?.slice(1));
        if (number % 2 === 0) setTimeout(() => socket.close(1008), 10);
      },
    });
    const numbers = Array.from({ length: 200 }, (_, index) => index);
    const results = await Promise.all(
      numbers.map((number) =>
        attempt(server, { url: `${server.url}/${number}`, settle: '1s', timeout: '1m' }),
      ),
    );
    expect(results.map((result) => result.result)).toEqual(
      numbers.map((number) => (number % 2 === 0 ? 'rejected' : 'accepted')),
    );
    await emptied(server);
    process.off('warning', listen);
    expect(warnings).toEqual([]);
  });
});
