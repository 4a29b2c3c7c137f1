import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { startServer, startTcpServer, unusedPort } from '../../support/http-server.js';
import { closeAfterEach, get, hello, network, opened } from './client.js';

closeAfterEach();

describe('an exchange', () => {
  it('brings status, headers and body', async () => {
    const server = await opened(
      startServer((_request, response) => {
        response.writeHead(418, { 'X-Name': 'Value', 'set-cookie': ['a=1', 'b=2'] }).end('body');
      }),
    );
    const outcome = await network().request(get(`${server.origin}/path?q=1`));
    expect(outcome).toMatchObject({
      ok: true,
      value: {
        status: 418,
        headers: { 'x-name': 'Value', 'set-cookie': 'a=1, b=2' },
        body: Buffer.from('body'),
      },
    });
    expect(server.requests[0]?.url).toBe('/path?q=1');
  });

  it('sends method, headers and body, and asks for no compression', async () => {
    let body = '';
    const server = await opened(
      startServer((request, response) => {
        request.on('data', (chunk) => {
          body += chunk;
        });
        request.on('end', () => response.end());
      }),
    );
    await network().request(
      get(server.origin, {
        method: 'POST',
        body: 'ä',
        headers: { 'X-Service-ID': 'one', Host: 'auth.example.com' },
      }),
    );
    expect(body).toBe('ä');
    expect(server.requests[0]?.headers).toMatchObject({
      'x-service-id': 'one',
      'accept-encoding': 'identity',
      'content-length': '2',
      host: 'auth.example.com',
    });
  });

  it('does not follow redirects', async () => {
    const server = await opened(
      startServer((_request, response) => response.writeHead(302, { location: '/b' }).end()),
    );
    expect(await network().request(get(server.origin))).toMatchObject({ ok: true, value: { status: 302 } });
    expect(server.requests).toHaveLength(1);
  });

  it('passes over informational answers', async () => {
    const server = await opened(
      startServer((_request, response) => {
        response.writeEarlyHints({ link: '</a>; rel=preload' });
        response.end('final');
      }),
    );
    expect(await network().request(get(server.origin))).toMatchObject({ ok: true, value: { status: 200 } });
  });

  it('takes 64 KiB and no byte more', async () => {
    const server = await opened(
      startServer((request, response) => {
        response.removeHeader('content-length');
        response.write('x'.repeat(Number(request.url?.slice(1))));
        response.end();
      }),
    );
    const fits = await network().request(get(`${server.origin}/65536`));
    expect(fits.ok && fits.value.body.length).toBe(65536);
    const outcome = await network().request(get(`${server.origin}/65537`));
    expect(outcome).toMatchObject({ ok: false, error: { code: 'too-large' } });
  });

  it('reads no further than it has to', async () => {
    let written = 0;
    const server = await opened(
      startServer((_request, response) => {
        const more = (): void => {
          while (!response.destroyed && written < 50_000_000) {
            written += 100_000;
            if (!response.write(Buffer.alloc(100_000))) return void response.once('drain', more);
          }
          response.end();
        };
        more();
      }),
    );
    expect(await network().request(get(server.origin))).toMatchObject({
      ok: false,
      error: { code: 'too-large' },
    });
    expect(written).toBeLessThan(50_000_000);
  });

  it('believes an announced length that is too large', async () => {
    const server = await opened(
      startServer((_request, response) => {
        response.writeHead(200, { 'content-length': '50000000' });
        response.flushHeaders();
      }),
    );
    const outcome = await network().request(get(server.origin, { timeoutMs: 60_000 }));
    expect(outcome).toMatchObject({ ok: false, error: { code: 'too-large' } });
  });

  it('refuses compression', async () => {
    const server = await opened(
      startServer((_request, response) => {
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{}'));
      }),
    );
    expect(await network().request(get(server.origin))).toMatchObject({
      ok: false,
      error: { code: 'invalid-response', message: expect.stringContaining('compressed') },
    });
  });

  it.each([
    ['what is not HTTP', 'SSH-2.0-OpenSSH_9.6\r\n', 'invalid-response'],
    ['an answer shorter than announced', 'HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"a"', 'connection'],
    [
      'an answer shorter than announced, on a connection that ends',
      'HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 99\r\n\r\n{"a"',
      'connection',
    ],
    [
      'chunks without an end',
      'HTTP/1.1 200 OK\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n4\r\n{"a"\r\n',
      'connection',
    ],
    ['nothing', '', 'connection'],
    ['an endless header', `HTTP/1.1 200 OK\r\nx: ${'x'.repeat(100_000)}`, 'too-large'],
    [
      'an upgrade nobody wanted',
      'HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n',
      'connection',
    ],
  ])('tells of %s', async (_name, bytes, code) => {
    const server = await opened(startTcpServer((socket) => socket.once('data', () => socket.end(bytes))));
    const outcome = await network({ retries: 0 }).request(get(server.origin));
    expect(outcome).toMatchObject({ ok: false, error: { code } });
  });

  it('shows the label, never the URL or a header', async () => {
    const port = await unusedPort();
    const headers = { authorization: 'Bearer hidden-1' };
    const url = `http://127.0.0.1:${port}/?token=hidden-2`;
    for (const more of [{}, { headers: { ...headers, expect: 'hidden-3' } }, { method: 'POST' }]) {
      const outcome = await network({ retries: 0 }).request(
        get(url, { label: 'the label', headers, ...more }),
      );
      expect(outcome).toMatchObject({
        ok: false,
        error: { message: expect.stringContaining('the label: ') },
      });
      expect(JSON.stringify(outcome)).not.toContain('hidden');
    }
  });

  it('says so when a configured header cannot be sent', async () => {
    const server = await opened(startServer(hello));
    const outcome = await network().request(
      get(server.origin, { headers: { 'Transfer-Encoding': 'chunked' } }),
    );
    expect(outcome).toMatchObject({ ok: false, error: { hint: expect.stringContaining('`headers`') } });
  });
});
