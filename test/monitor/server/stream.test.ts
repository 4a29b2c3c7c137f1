import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type Listening, listen } from '../../../src/demo/json-server.js';
import { openStream, type Stream } from '../../../src/monitor/server/stream.js';
import { aView } from '../../support/monitor-view.js';

const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function serve(
  view = aView(),
  beatMs = 60_000,
): Promise<{ server: Listening; stream: Stream; responses: ServerResponse[] }> {
  const stream = openStream(view, 'v1', beatMs);
  const responses: ServerResponse[] = [];
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    responses.push(response);
    stream.open(request, response);
  };
  const server = await listen(createServer(handle));
  ends.push(
    () => server.close(),
    () => stream.close(),
  );
  return { server, stream, responses };
}

/** A client that reads, and what it has heard so far. */
async function listener(url: string) {
  const controller = new AbortController();
  ends.push(() => controller.abort());
  const response = await fetch(url, { signal: controller.signal });
  const heard = { text: '', status: response.status, response };
  void (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) heard.text += decoder.decode(chunk);
  })().catch(() => {});
  return heard;
}

describe('server-sent events', () => {
  it('greet, and say once that a check and its events changed something', async () => {
    const view = aView();
    const { server } = await serve(view);
    const heard = await listener(server.url);
    expect(heard.response.headers.get('content-type')).toBe('text/event-stream');
    await expect.poll(() => heard.text).toBe('retry: 2000\nid: 0\nevent: hello\ndata: v1\n\n');
    view.set({});
    view.set({});
    await expect.poll(() => heard.text).toContain('id: 1\nevent: change\ndata: 2026-01-31T12:00:01.000Z\n\n');
    view.set({});
    await expect.poll(() => heard.text).toContain('id: 2\n');
    expect(heard.text).not.toContain('id: 3');
  });

  it('beat while nothing happens', async () => {
    const { server } = await serve(aView(), 20);
    const heard = await listener(server.url);
    await expect.poll(() => heard.text.match(/event: alive\ndata: .+\n\n/g)?.length ?? 0).toBeGreaterThan(2);
  });

  it('have room for so many, and again once one left', async () => {
    const { server, responses } = await serve();
    const all = await Promise.all(Array.from({ length: 32 }, () => listener(server.url)));
    expect(all.map(({ status }) => status)).toEqual(Array(32).fill(200));
    const refused = await listener(server.url);
    expect([refused.status, refused.response.headers.get('retry-after')]).toEqual([503, '30']);
    responses[0]?.destroy();
    await expect.poll(async () => (await listener(server.url)).status).toBe(200);
  });

  it('have room for another client while one holds all places', async () => {
    const { server, responses } = await serve();
    const other = (): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const request = get(
          { host: '127.0.0.1', port: server.port, localAddress: '127.0.0.2' },
          (response) => {
            ends.push(() => void response.destroy());
            response.on('error', () => {});
            resolve(response.statusCode);
          },
        );
        request.on('error', reject);
      });
    for (let n = 0; n < 32; n += 1) await listener(server.url);
    expect(await other()).toBe(200);
    await expect.poll(() => responses.map(({ destroyed }) => destroyed).indexOf(false)).toBe(1);
    // Its page connects again, and takes the place of none.
    expect((await listener(server.url)).status).toBe(503);
    for (let n = 1; n < 16; n += 1) expect(await other()).toBe(200);
    // Now each has half of them.
    expect(await other()).toBe(503);
    expect((await listener(server.url)).status).toBe(503);
  });

  it('lets go of a client that does not read', async () => {
    const view = aView();
    const { server, responses } = await serve(view, 1);
    const socket = connect(server.port, '127.0.0.1', () =>
      socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'),
    );
    socket.pause();
    socket.on('error', () => {});
    ends.push(() => void socket.destroy());
    await expect.poll(() => responses).toHaveLength(1);
    const [response] = responses;
    // As if the network took nothing any more.
    response?.socket?.cork();
    await expect.poll(() => response?.destroyed).toBe(true);
  });

  it('answer HEAD and go on', async () => {
    const { server } = await serve();
    expect((await fetch(server.url, { method: 'HEAD' })).status).toBe(200);
  });
});
