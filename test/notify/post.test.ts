import { afterEach, describe, expect, it } from 'vitest';
import { retryAfter } from '../../src/notify/post.js';
import { event } from '../support/events.js';
import {
  type Answer,
  startServer,
  startTcpServer,
  type TestServer,
  unusedPort,
} from '../support/http-server.js';
import { recipients } from './sending.js';

const open: TestServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

const secrets = [
  'hunter-path-0123456789',
  'hunter-routing-0123456789',
  'hunter-signing-0123456789',
  'hunter-basic',
];
const [path = '', routingKey = '', signingSecret = '', basic = ''] = secrets;

/** One notifier of each kind, all of them sending to the same server, all of what is configured from variables. */
async function everyKind(origin: string, timeout = '5s') {
  const env = { URL: `${origin}/${path}`, KEY: routingKey, SIGN: signingSecret, BASIC: basic };
  const headers = { authorization: `Basic \${BASIC}` };
  return recipients(
    [
      { kind: 'slack', url: `\${URL}`, timeout },
      { kind: 'pagerduty', url: `\${URL}`, routingKey: `\${KEY}`, timeout },
      { kind: 'alertmanager', url: `\${URL}`, headers, timeout },
      { kind: 'webhook', url: `\${URL}`, headers, signingSecret: `\${SIGN}`, timeout },
    ],
    env,
  );
}

async function results(answer: Answer, timeout?: string) {
  const server = await startServer(answer);
  open.push(server);
  return sendAll(server.origin, timeout);
}

async function sendAll(origin: string, timeout?: string) {
  const all = await everyKind(origin, timeout);
  const sent = await Promise.all(all.map((recipient) => recipient.send(event('drift-detected'), null)));
  for (const secret of secrets)
    expect(JSON.stringify([sent, all.map(({ target, name }) => [target, name])])).not.toContain(secret);
  return sent;
}

const status =
  (code: number, headers: Record<string, string> = {}, body = ''): Answer =>
  (_request, response) =>
    void response.writeHead(code, headers).end(body);

describe('every kind', () => {
  it('waits after 429 as long as requested', async () => {
    for (const result of await results(status(429, { 'retry-after': '30' })))
      expect(result).toMatchObject({ ok: false, final: false, retryAfterMs: 30_000 });
  });

  it('gives up after 400, and tries again after 500', async () => {
    for (const result of await results(status(400))) expect(result).toMatchObject({ ok: false, final: true });
    for (const result of await results(status(503)))
      expect(result).toMatchObject({ ok: false, final: false });
  });

  it('follows no redirect', async () => {
    const other = await startServer(status(200));
    open.push(other);
    for (const result of await results(status(307, { location: other.origin })))
      expect(result).toMatchObject({ ok: false, error: { code: 'redirect' } });
    expect(other.requests).toHaveLength(0);
  });

  it('does not wait for ever', async () => {
    for (const result of await results(() => {}, '200ms'))
      expect(result).toMatchObject({ ok: false, error: { code: 'timeout' } });
  });

  it('reports that no server listens', async () => {
    for (const result of await sendAll(`http://127.0.0.1:${await unusedPort()}`))
      expect(result).toMatchObject({ ok: false, error: { code: 'connection' } });
  });

  it('reads no more of an answer than it needs, and takes its status', async () => {
    const huge = 'x'.repeat(5_000_000);
    for (const result of await results(status(200, {}, huge)))
      expect(result).toEqual({ ok: true, value: null });
    for (const result of await results(status(500, {}, huge)))
      expect(result).toMatchObject({ ok: false, error: { code: 'http-status' } });
    for (const result of await results(status(200, { 'content-encoding': 'gzip' }, 'x')))
      expect(result).toEqual({ ok: true, value: null });
  });

  it.each([
    ['cut off', 'HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\nok'],
    ['where there may be none', 'HTTP/1.1 204 No Content\r\ncontent-length: 5\r\n\r\nhello'],
    ['whose chunks are wrong', 'HTTP/1.1 202 Accepted\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n'],
  ])('takes the status of an answer with a body %s, and is not sent again', async (_, answer) => {
    const server = await startTcpServer((socket) => socket.once('data', () => socket.end(answer)));
    open.push(server);
    for (const result of await sendAll(server.origin)) expect(result).toEqual({ ok: true, value: null });
  });

  it('repeats nothing of what it was sent', async () => {
    const echo: Answer = (request, response) => {
      let body = `${request.url} ${JSON.stringify(request.headers)} `;
      request.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      request.on('end', () => {
        const said = `${routingKey} ${body}`;
        response.writeHead(400).end(JSON.stringify({ message: said, errors: [said] }));
      });
    };
    const sent = await results(echo);
    // Otherwise the test would prove nothing.
    expect(JSON.stringify(sent)).toContain('[secret]');
  });
});

describe('Retry-After', () => {
  const now = new Date('2026-01-31T12:00:00Z');
  it.each([
    [undefined, null],
    ['5', 5000],
    ['0', 0],
    ['Sat, 31 Jan 2026 12:00:30 GMT', 30_000],
    ['Sat, 31 Jan 2026 11:00:00 GMT', 0],
    ['Saturday, 31-Jan-26 12:00:30 GMT', 30_000],
    ['Sat Jan 31 12:00:30 2026', 30_000],
    ['Sat Jan  3 12:00:30 2026', 0],
    ['Sat, 31 Jan 2026', null],
    ['soon', null],
    ['-5', null],
    ['1.5', null],
    ['2026', 2_026_000],
  ])('%s', (text, ms) => expect(retryAfter(text, now)).toBe(ms));
});
