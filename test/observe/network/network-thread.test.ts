import { describe, expect, it } from 'vitest';
import { NetworkThread } from '../../../src/observe/network/network-thread.js';
import { openThreaded } from '../../../src/observe/network/threaded.js';
import { startServer } from '../../support/http-server.js';
import { closeAfterEach, get, hello, never, opened } from './client.js';

closeAfterEach();

const program = new URL('../../../dist/thread.js', import.meta.url);
const script = (text: string): URL => new URL(`data:text/javascript,${encodeURIComponent(text)}`);
const threadOf = (url: URL) => {
  const persistent = openThreaded({ env: {}, folder: '/' }, new NetworkThread(url));
  return opened(Promise.resolve({ persistent, close: () => persistent.close() })).then(() => persistent);
};
const anySignal = () => new AbortController().signal;

describe('a thread that sends the requests', () => {
  it('leaves none of its sockets to this one', async () => {
    const server = await opened(startServer(never));
    const persistent = await threadOf(program);
    const sockets = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
    const before = sockets();
    const asking = persistent.forCheck(anySignal()).request(get(server.origin));
    await expect.poll(() => server.requests.length).toBe(1);
    // The server's own end.
    expect(sockets() - before).toBe(1);
    await persistent.close();
    expect(await asking).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('given up because the check ended') },
    });
  });

  it('gives back every byte', async () => {
    const bytes = Buffer.from(Array.from({ length: 512 }, (_, n) => n % 256));
    const server = await opened(startServer((_request, response) => void response.end(bytes)));
    const outcome = await (await threadOf(program)).forCheck(anySignal()).request(get(server.origin));
    expect(outcome).toMatchObject({ ok: true, value: { status: 200, headers: { 'content-length': '512' } } });
    expect(outcome.ok && bytes.equals(outcome.value.body)).toBe(true);
  });

  it('is for every check, each with its own end', async () => {
    const server = await opened(
      startServer((request, response) => {
        if (request.url === '/slow') return;
        hello(request, response);
      }),
    );
    const persistent = await threadOf(program);
    const first = new AbortController();
    const slow = persistent.forCheck(first.signal).request(get(`${server.origin}/slow`));
    const quick = persistent.forCheck(anySignal()).request(get(server.origin));
    expect(await quick).toMatchObject({ ok: true });
    first.abort();
    expect(await slow).toMatchObject({ ok: false, error: { code: 'timeout' } });
    expect(await persistent.forCheck(first.signal).request(get(server.origin))).toMatchObject({ ok: false });
    expect(await persistent.forCheck(anySignal()).request(get(server.origin))).toMatchObject({ ok: true });
  });
});

describe('where there is no such thread', () => {
  it.each([
    ['its program is missing', new URL('../../../dist/no-such-thread.js', import.meta.url)],
    ['its program fails at once', script("throw new Error('no')")],
    ['it ends at once', script('process.exit(0)')],
  ])('because %s, requests are sent all the same', async (_why, url) => {
    const server = await opened(startServer(hello));
    const network = (await threadOf(url)).forCheck(anySignal());
    const asking = Array.from({ length: 5 }, () => network.request(get(server.origin)));
    for (const outcome of await Promise.all(asking)) expect(outcome).toMatchObject({ ok: true });
    expect(await network.request(get(server.origin))).toMatchObject({ ok: true });
    expect(server.requests).toHaveLength(6);
  });

  it('any more, only what must not be sent twice is lost, and reported as lost', async () => {
    const server = await opened(startServer(hello));
    const dying = script(`
      import { parentPort } from 'node:worker_threads';
      parentPort.on('message', (orders) => {
        if (orders.some((order) => order.is === 'request')) throw Object.assign(new Error(), { code: 'ERR_IT_DIED' });
      });
      parentPort.postMessage([]);
    `);
    const network = (await threadOf(dying)).forCheck(anySignal());
    const label = 'http://shown.example';
    const [once, often] = await Promise.all([
      network.request(get(server.origin, { label, method: 'POST', repeatable: false })),
      network.request(get(server.origin)),
    ]);
    expect(once).toMatchObject({
      ok: false,
      error: {
        code: 'connection',
        message: 'POST http://shown.example: the thread that sent it ended (ERR_IT_DIED)',
        hint: expect.any(String),
      },
    });
    expect(often).toMatchObject({ ok: true });
    expect(await network.request(get(server.origin))).toMatchObject({ ok: true });
    expect(server.requests).toHaveLength(2);
  });
});

describe('a thread that does not answer', () => {
  const mute = script(
    "import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => {});",
  );
  const stuck = script('for (;;);');

  it.each([
    ['says nothing', mute],
    ['is stuck', stuck],
  ])('because it %s, holds no check up beyond its time', async (_why, url) => {
    const server = await opened(startServer(hello));
    const whole = new AbortController();
    const persistent = await threadOf(url);
    const asking = persistent.forCheck(whole.signal).request(get(server.origin));
    setTimeout(() => whole.abort(), 50);
    expect(await asking).toMatchObject({
      ok: false,
      error: { code: 'timeout', message: expect.stringContaining('the time for the whole check was up') },
    });
    await persistent.close();
    expect(server.requests).toHaveLength(0);
  });
});

it('a bug in the thread is one here, too: the caller is notified', async () => {
  const network = (await threadOf(program)).forCheck(anySignal());
  const broken = network.request(get('no URL at all'));
  await expect(broken).rejects.toThrow('Invalid URL');
  const server = await opened(startServer(hello));
  expect(await network.request(get(server.origin))).toMatchObject({ ok: true });
});
