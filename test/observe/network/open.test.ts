import { describe, expect, it } from 'vitest';
import type { HttpResponse, Outcome } from '../../../src/observe/network/network.js';
import {
  type Answer,
  json,
  startServer,
  startTcpServer,
  type TestServer,
  unusedPort,
} from '../../support/http-server.js';
import { closeAfterEach, get, hello, network, never, opened } from './client.js';

closeAfterEach();

describe('many requests at once', () => {
  it('cause no warning of Node', async () => {
    const warnings: Error[] = [];
    const listen = (warning: Error): void => void warnings.push(warning);
    process.on('warning', listen);
    const server = await opened(
      startServer((_request, response) => void setTimeout(() => response.end(), 20)),
    );
    const one = network();
    const asking = Array.from({ length: 50 }, (_, n) =>
      one.request(get(server.origin, { fresh: n % 2 === 0 })),
    );
    expect((await Promise.all(asking)).every((outcome) => outcome.ok)).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 20));
    process.off('warning', listen);
    expect(warnings).toEqual([]);
  });
});

describe('retries', () => {
  const dropping = (drops: number, when: 'at once' | 'after the request'): Promise<TestServer> =>
    startTcpServer((socket, count) => {
      if (count <= drops && when === 'at once') return void socket.resetAndDestroy();
      socket.once('data', () => {
        if (count <= drops) socket.resetAndDestroy();
        else socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok');
      });
    });

  it('happen twice after a connection that failed', async () => {
    const server = await opened(dropping(2, 'after the request'));
    expect(await network().request(get(server.origin))).toMatchObject({ ok: true });
    expect(server.connections).toBe(3);
  });

  it('happen no more often', async () => {
    const server = await opened(dropping(9, 'after the request'));
    expect(await network().request(get(server.origin))).toMatchObject({
      ok: false,
      error: { code: 'connection' },
    });
    expect(server.connections).toBe(3);
  });

  it('are limited where hundreds of services are down, and do not lack afterwards', async () => {
    let isDown = true;
    const server = await opened(
      startTcpServer((socket) => {
        socket.once('data', () => {
          if (isDown) socket.resetAndDestroy();
          else socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok');
        });
      }),
    );
    const { persistent } = network();
    const during = async (requests: number): Promise<number> => {
      const before = server.connections;
      const one = persistent.forCheck(persistent.closed);
      const asked = Array.from({ length: requests }, () => one.request(get(server.origin)));
      await Promise.all(asked);
      return server.connections - before;
    };
    expect(await during(257)).toBe(257 + 256);
    expect(await during(1)).toBe(3);
    isDown = false;
    expect(await during(9)).toBe(9);
  });

  it('happen to fresh requests', async () => {
    const server = await opened(dropping(1, 'after the request'));
    expect(await network().request(get(server.origin, { fresh: true }))).toMatchObject({ ok: true });
  });

  it('do not happen to a request that may have been taken', async () => {
    const server = await opened(dropping(9, 'after the request'));
    const outcome = await network().request(
      get(server.origin, { method: 'POST', repeatable: false, body: 'x' }),
    );
    expect(outcome).toMatchObject({ ok: false, error: { code: 'connection' } });
    expect(server.connections).toBe(1);
  });

  it('happen to a request that surely never left', async () => {
    const port = await unusedPort();
    const one = network({ random: () => 0.999 });
    const asking = one.request(get(`http://127.0.0.1:${port}`, { method: 'POST', repeatable: false }));
    await new Promise((resolve) => setTimeout(resolve, 50));
    const server = await opened(startServer(hello, '127.0.0.1', port));
    expect(await asking).toMatchObject({ ok: true });
    expect(server.requests).toHaveLength(1);
  });

  it('pause in between', async () => {
    const port = await unusedPort();
    let moment = false;
    setTimeout(() => {
      moment = true;
    }, 290);
    const outcome = await network({ random: () => 0.999 }).request(get(`http://127.0.0.1:${port}`));
    expect(outcome).toMatchObject({
      ok: false,
      error: { code: 'connection', message: expect.stringContaining('refused') },
    });
    // Each pause is at most 100 ms, then 200 ms: with this chance nearly so long.
    expect(moment).toBe(true);
  });

  it('leave the connection failure as the cause when the time is up', async () => {
    const port = await unusedPort();
    // A busy machine may need more time for the first attempt than there is.
    for (const timeoutMs of [60, 120, 240, 480, 960]) {
      const outcome = await network().request(get(`http://127.0.0.1:${port}`, { timeoutMs }));
      if (!outcome.ok && outcome.error.code === 'connection') return;
      expect(outcome).toMatchObject({ ok: false, error: { code: 'timeout' } });
    }
    expect.fail('the cause was never the failed connection');
  });

  it('do not happen after an answer', async () => {
    const server = await opened(startServer(json({}, 503)));
    expect(await network().request(get(server.origin))).toMatchObject({ ok: true, value: { status: 503 } });
    expect(server.requests).toHaveLength(1);
  });
});

/** The time is up once that was reached: tried with twice as long, and again, where the machine was too busy for that. */
async function eventually(
  words: string,
  ask: (timeoutMs: number) => Promise<Outcome<HttpResponse>>,
): Promise<void> {
  for (const timeoutMs of [80, 160, 320, 640, 1280, 2560, 5120]) {
    const outcome = await ask(timeoutMs);
    expect(outcome).toMatchObject({ ok: false, error: { code: 'timeout' } });
    if (!outcome.ok && outcome.error.message.includes(words)) return;
  }
  expect.fail(`never: ${words}`);
}

describe('time', () => {
  it.each([
    ['waiting', never, 'no answer came within'],
    [
      'headers only',
      (_request, response) => void response.flushHeaders(),
      'the answer was not complete within',
    ],
    [
      'a byte now and then',
      (_request, response) => {
        const timer = setInterval(() => response.write('x'), 10);
        response.on('close', () => clearInterval(timer));
      },
      'the answer was not complete within',
    ],
  ] satisfies [string, Answer, string][])('is up: %s', async (_name, answer, words) => {
    await eventually(words, async (timeoutMs) => {
      const server = await opened(startServer(answer));
      const outcome = await network().request(get(server.origin, { timeoutMs }));
      expect(server.connections).toBeLessThanOrEqual(1);
      return outcome;
    });
  });

  it('is up while the connection is still being made, and closing ends that', async () => {
    let ended: Promise<unknown>[] = [];
    const silent = await opened(
      startTcpServer((socket) =>
        ended.push(new Promise((resolve) => socket.resume().once('close', resolve))),
      ),
    );
    await eventually('no connection came about within', async (timeoutMs) => {
      ended = [];
      const one = network();
      const outcome = await one.request(get(silent.origin.replace('http:', 'https:'), { timeoutMs }));
      await one.persistent.close();
      return outcome;
    });
    await expect.poll(() => ended.length).toBe(1);
    await Promise.all(ended);
  });

  it('of the whole check is up', async () => {
    const server = await opened(startServer(never));
    const whole = new AbortController();
    const asking = network({ signal: whole.signal }).request(get(server.origin));
    await expect.poll(() => server.requests.length).toBe(1);
    whole.abort();
    expect(await asking).toMatchObject({
      ok: false,
      error: {
        code: 'timeout',
        message: expect.stringContaining('the whole check'),
        hint: expect.stringContaining('deadline'),
      },
    });
  });

  it('of the whole check was up before', async () => {
    const server = await opened(startServer(hello));
    const outcome = await network({ signal: AbortSignal.abort() }).request(get(server.origin));
    expect(outcome).toMatchObject({ ok: false, error: { code: 'timeout' } });
    expect(server.requests).toHaveLength(0);
  });
});
