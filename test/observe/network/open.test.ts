import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import type { HttpRequest, Network } from '../../../src/observe/network/network.js';
import { type NetworkOptions, openNetwork } from '../../../src/observe/network/open.js';
import { certificateFolder } from '../../support/certificates.js';
import {
  type Answer,
  json,
  startServer,
  startTcpServer,
  startTlsServer,
  type TestServer,
  unusedPort,
} from '../../support/http-server.js';

const toClose: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(toClose.splice(0).map((one) => one.close()));
});

async function opened<T extends { close(): Promise<void> }>(starting: Promise<T>): Promise<T> {
  const one = await starting;
  toClose.push(one);
  return one;
}

function network(options: Partial<NetworkOptions> = {}): Network {
  const signal = new AbortController().signal;
  const one = openNetwork({ env: {}, signal, folder: certificateFolder, random: () => 0, ...options });
  toClose.push(one);
  return one;
}

function get(url: string, more: Partial<HttpRequest> = {}): HttpRequest {
  const label = more.label ?? url;
  return { method: 'GET', url, label, headers: {}, timeoutMs: 5000, repeatable: true, ...more };
}

const hello: Answer = (_request, response) => void response.end('hello');
const never: Answer = () => {};

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

describe('connections', () => {
  it('are used again', async () => {
    const server = await opened(startServer(hello));
    const one = network();
    for (let n = 0; n < 3; n++) {
      await one.request(get(server.origin));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(server.connections).toBe(1);
  });

  it('are new for every fresh request, and closed afterwards', async () => {
    const closed: Promise<unknown>[] = [];
    const server = await opened(
      startServer((request, response) => {
        closed.push(new Promise((resolve) => request.socket.once('close', resolve)));
        response.end();
      }),
    );
    const one = network();
    await one.request(get(server.origin));
    for (let n = 0; n < 3; n++) await one.request(get(server.origin, { fresh: true }));
    expect(server.connections).toBe(4);
    await Promise.all(closed.slice(1));
  });

  it('go to the address given, with the name of the URL', async () => {
    const server = await opened(startServer(hello));
    const url = `http://auth.example.test:${server.port}/fp`;
    const outcome = await network().request(get(url, { address: '127.0.0.1', fresh: true }));
    expect(outcome).toMatchObject({ ok: true });
    expect(server.requests[0]?.headers.host).toBe(`auth.example.test:${server.port}`);
  });

  it('survive a server that closes them while they are idle', async () => {
    const server = await opened(
      startServer((request, response) => {
        response.end('hello');
        response.once('finish', () => setTimeout(() => request.socket.destroy(), 5));
      }),
    );
    const one = network({ retries: 0 });
    for (let n = 0; n < 3; n++) {
      expect(await one.request(get(server.origin, { method: 'POST', repeatable: false }))).toMatchObject({
        ok: true,
      });
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(server.connections).toBe(3);
  });

  it('are as many at once as `concurrency` says', async () => {
    let active = 0;
    let most = 0;
    const server = await opened(
      startServer((_request, response) => {
        active += 1;
        most = Math.max(most, active);
        setTimeout(() => {
          active -= 1;
          response.end();
        }, 10);
      }),
    );
    const one = network({ concurrency: 2 });
    await Promise.all(Array.from({ length: 8 }, () => one.request(get(server.origin))));
    expect(most).toBe(2);
  });
});

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
    const started = performance.now();
    const outcome = await network().request(get(`http://127.0.0.1:${port}`));
    expect(outcome).toMatchObject({
      ok: false,
      error: { code: 'connection', message: expect.stringContaining('refused') },
    });
    expect(performance.now() - started).toBeGreaterThan(290);
  });

  it('leave the connection failure as the cause when the time is up', async () => {
    const port = await unusedPort();
    const outcome = await network().request(get(`http://127.0.0.1:${port}`, { timeoutMs: 60 }));
    expect(outcome).toMatchObject({ ok: false, error: { code: 'connection' } });
  });

  it('do not happen after an answer', async () => {
    const server = await opened(startServer(json({}, 503)));
    expect(await network().request(get(server.origin))).toMatchObject({ ok: true, value: { status: 503 } });
    expect(server.requests).toHaveLength(1);
  });
});

describe('time', () => {
  it.each([
    ['waiting', never, 'no answer came within 80ms'],
    [
      'headers only',
      (_request, response) => void response.flushHeaders(),
      'the answer was not complete within 80ms',
    ],
    [
      'a byte now and then',
      (_request, response) => {
        const timer = setInterval(() => response.write('x'), 10);
        response.on('close', () => clearInterval(timer));
      },
      'the answer was not complete within 80ms',
    ],
  ] satisfies [string, Answer, string][])('is up: %s', async (_name, answer, words) => {
    const server = await opened(startServer(answer));
    const started = performance.now();
    const outcome = await network().request(get(server.origin, { timeoutMs: 80 }));
    expect(outcome).toMatchObject({
      ok: false,
      error: { code: 'timeout', message: expect.stringContaining(words) },
    });
    expect(performance.now() - started).toBeLessThan(1000);
    expect(server.connections).toBe(1);
  });

  it('is up while the connection is still being made, and closing ends that', async () => {
    const ended: Promise<unknown>[] = [];
    const silent = await opened(
      startTcpServer((socket) =>
        ended.push(new Promise((resolve) => socket.resume().once('close', resolve))),
      ),
    );
    const one = network();
    const outcome = await one.request(get(silent.origin.replace('http:', 'https:'), { timeoutMs: 80 }));
    expect(outcome).toMatchObject({
      ok: false,
      error: { code: 'timeout', message: expect.stringContaining('no connection came about within 80ms') },
    });
    await one.close();
    await Promise.all(ended);
    expect(ended).toHaveLength(1);
  });

  it('of the whole check is up', async () => {
    const server = await opened(startServer(never));
    const whole = new AbortController();
    const asking = network({ signal: whole.signal }).request(get(server.origin));
    setTimeout(() => whole.abort(), 50);
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

describe('close', () => {
  it('ends what is under way', async () => {
    const server = await opened(startServer(never));
    const one = network();
    const asking = one.request(get(server.origin));
    await new Promise((resolve) => setTimeout(resolve, 50));
    await one.close();
    expect(await asking).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('given up') },
    });
    expect(await one.request(get(server.origin))).toMatchObject({ ok: false });
  });

  it('may come twice, or before anything', async () => {
    const one = network();
    await one.close();
    await one.close();
  });
});

describe('addresses', () => {
  it('of an address are itself', async () => {
    expect(await network().addresses('[::1]')).toEqual({ ok: true, value: ['::1'] });
    expect(await network().addresses('127.0.0.1')).toEqual({ ok: true, value: ['127.0.0.1'] });
  });

  it('of a name are each given once', async () => {
    const outcome = await network().addresses('localhost');
    expect(outcome.ok && outcome.value.length).toBeGreaterThan(0);
    expect(outcome.ok && new Set(outcome.value).size === outcome.value.length).toBe(true);
  });

  it('of a name that is none are a failure', async () => {
    expect(await network().addresses('nowhere.invalid')).toMatchObject({ ok: false });
  });

  it('are not waited for once the check has ended', async () => {
    const outcome = await network({ signal: AbortSignal.abort() }).addresses('localhost');
    expect(outcome).toMatchObject({ ok: false, error: { code: 'timeout' } });
  });
});

describe('TLS', () => {
  const ca = { ca: 'ca.pem' };

  it('trusts the configured authority', async () => {
    const server = await opened(startTlsServer(hello));
    expect(await network().request(get(server.origin, { tls: ca }))).toMatchObject({ ok: true });
  });

  it.each([
    ['server', {}, 'not trusted here'],
    ['self-signed', {}, 'self-signed'],
    ['expired', ca, 'has expired'],
    ['future', ca, 'not valid yet'],
    ['other-host', ca, 'another host name'],
    ['server', { ...ca, serverName: 'wrong.example.test' }, 'another host name'],
  ] as const)('refuses the certificate %s with %j', async (certificate, tls, words) => {
    const server = await opened(startTlsServer(hello, { certificate }));
    const outcome = await network().request(get(server.origin, { tls }));
    expect(outcome).toMatchObject({
      ok: false,
      error: { code: 'tls', message: expect.stringContaining(words) },
    });
    expect(outcome).toMatchObject({ error: { hint: expect.any(String) } });
    expect(server.requests).toHaveLength(0);
  });

  it('expects `serverName`', async () => {
    const server = await opened(startTlsServer(hello, { certificate: 'other-host' }));
    const tls = { ...ca, serverName: 'elsewhere.example.test' };
    expect(await network().request(get(server.origin, { tls }))).toMatchObject({ ok: true });
    expect(await network().request(get(server.origin, { tls, fresh: true }))).toMatchObject({ ok: true });
  });

  it('expects the name of the URL at every address, whatever the Host header', async () => {
    const server = await opened(startTlsServer(hello));
    const url = `https://auth.example.test:${server.port}`;
    const right = get(url, { tls: ca, address: '127.0.0.1', headers: { host: 'other.example.test' } });
    expect(await network().request(right)).toMatchObject({ ok: true });
    const wrong = get(`https://not.example.test:${server.port}`, { tls: ca, address: '127.0.0.1' });
    expect(await network().request(wrong)).toMatchObject({ ok: false, error: { code: 'tls' } });
  });

  it('presents a client certificate', async () => {
    const server = await opened(startTlsServer(hello, { clients: true }));
    const without = await network({ retries: 0 }).request(get(server.origin, { tls: ca }));
    expect(without).toMatchObject({
      ok: false,
      error: { code: expect.stringMatching(/tls|connection/), hint: expect.stringContaining('`tls.cert`') },
    });
    const tls = { ...ca, cert: 'client.pem', key: 'leaf.key' };
    expect(await network().request(get(server.origin, { tls }))).toMatchObject({ ok: true });
  });

  it('tells when the server speaks plain HTTP', async () => {
    const server = await opened(startServer(hello));
    const outcome = await network().request(get(server.origin.replace('http:', 'https:')));
    expect(outcome).toMatchObject({
      ok: false,
      error: { code: 'tls', message: expect.stringContaining('does not speak TLS') },
    });
  });

  it.each([
    [{ ca: 'missing.pem' }, 'shown:missing.pem that tls.ca names does not exist'],
    [{ ca: '.' }, 'shown:. that tls.ca names is a folder'],
    [{ ca: 'make.sh' }, 'shown:make.sh that tls.ca names holds no PEM certificate'],
    [{ cert: 'leaf.key', key: 'leaf.key' }, 'shown:leaf.key that tls.cert names holds no PEM certificate'],
    [{ cert: 'client.pem', key: 'ca.pem' }, 'shown:ca.pem that tls.key names is not the PEM private key'],
    [{ cert: 'client.pem' }, 'tls.cert needs tls.key'],
    [{ key: 'leaf.key' }, 'tls.key needs tls.cert'],
  ])('tells of files that are unusable: %j', async (tls, words) => {
    const one = network({ label: (text) => `shown:${text}` });
    const outcome = await one.request(get('https://127.0.0.1:9', { tls }));
    expect(outcome).toMatchObject({
      ok: false,
      error: { code: 'tls', message: expect.stringContaining(words) },
    });
  });

  it('names no path that it does not know to be fit to be shown', async () => {
    const outcome = await network().request(get('https://127.0.0.1:9', { tls: { ca: 'hidden.pem' } }));
    expect(JSON.stringify(outcome)).not.toContain('hidden');
  });
});
