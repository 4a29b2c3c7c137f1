import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/errors.js';
import { createMetrics } from '../../../src/monitor/metrics/metrics.js';
import { type MonitorServer, openServer } from '../../../src/monitor/server/server.js';
import {
  aCheck,
  aCheckRecord,
  anEventRecord,
  aView,
  type LiteralView,
  noon,
} from '../../support/monitor-view.js';
import { aParticipant, aReport, secretManager } from '../../support/reports.js';

const open: MonitorServer[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

async function serve(
  view: LiteralView = aView(),
  listen = '127.0.0.1:0',
  warnings: string[] = [],
): Promise<string> {
  const server = await openServer(view, createMetrics(view.environment), {
    listen,
    warn: (message) => void warnings.push(message),
  });
  open.push(server);
  return server.url;
}

/** What a server answers to bytes that no HTTP client would send. */
function raw(url: string, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(request));
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}

const get = (path: string, headers: string): string => `GET ${path} HTTP/1.1\r\n${headers}\r\n\r\n`;

describe('what is served', () => {
  it('is the last report, as the report prints it', async () => {
    const response = await fetch(`${await serve()}/report.json`);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual(aReport());
  });

  it.each([
    ['before the first check', { lastCheck: null, report: null }, null],
    ['after a check that failed', { lastCheck: aCheck(0, 'no memory') }, aReport().startedAt],
    ['once the last check is stale', { now: new Date(noon.getTime() + 181_000) }, aReport().startedAt],
  ] as const)('is no report %s', async (_, changes, lastReportAt) => {
    const response = await fetch(`${await serve(aView(changes))}/report.json`);
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({ error: expect.any(String), lastReportAt });
  });

  it('tells alive from ready', async () => {
    const view = aView({ lastCheck: null, report: null });
    const url = await serve(view);
    const ask = async (path: string) => {
      const response = await fetch(url + path);
      return `${response.status} ${await response.text()}`;
    };
    expect(await ask('/healthz')).toBe('200 alive\n');
    expect(await ask('/readyz')).toBe('503 not ready: the first check has not ended yet\n');
    view.set({ lastCheck: aCheck(), report: aReport() });
    expect(await ask('/readyz')).toBe('200 ready\n');
    view.set({ now: new Date(noon.getTime() + 200_000) });
    expect(await ask('/readyz')).toBe(
      '503 not ready: the last check ended 200 s ago; it is stale after 180 s\n',
    );
    expect(await ask('/healthz')).toBe('200 alive\n');
    // Alive is a monitor that checks: one that only answers is to be started again.
    view.set({ sinceTurnMs: 180_001 });
    expect(await ask('/healthz')).toBe('503 stuck: no check began or ended for 180 s\n');
  });

  it('is the metrics in the format of Prometheus', async () => {
    const response = await fetch(`${await serve()}/metrics`);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await response.text()).toContain('# TYPE jwtcheck_verdict gauge');
  });

  it('is the past, read once and kept up', async () => {
    const minutesAgo = (minutes: number): Date => new Date(noon.getTime() - minutes * 60_000);
    const view = aView({
      history: [
        aCheckRecord(minutesAgo(59), { verdict: 'inconsistent' }),
        anEventRecord(),
        aCheckRecord(minutesAgo(58), { verdict: null }),
        aCheckRecord(minutesAgo(1)),
        aCheckRecord(minutesAgo(0), { environment: 'production' }),
      ],
    });
    const url = await serve(view);
    const past = async () => (await fetch(`${url}/history.json?since=2h`)).json();
    const first = await past();
    expect(first).toMatchObject({ schemaVersion: 1, environment: 'staging', bucketMs: 300_000 });
    expect(first).toHaveProperty('buckets', [
      {
        at: '2026-01-31T11:00:00.000Z',
        checks: 2,
        consistent: 0,
        inconsistent: 1,
        inconclusive: 0,
        failed: 1,
        p50Ms: 10,
        p95Ms: 40,
      },
      {
        at: '2026-01-31T11:55:00.000Z',
        checks: 1,
        consistent: 1,
        inconsistent: 0,
        inconclusive: 0,
        failed: 0,
        p50Ms: 10,
        p95Ms: 40,
      },
    ]);
    // Of an incident that is not open any more, and whose end nobody recorded, the last word counts.
    expect(first).toMatchObject({
      incidents: [
        { kind: 'drift', level: 'CRITICAL', codes: ['trailing-newline'], until: '2026-01-31T11:01:00.000Z' },
      ],
    });
    view.set({}, aCheckRecord(noon));
    expect(await past()).toMatchObject({ buckets: [{}, {}, { at: '2026-01-31T12:00:00.000Z' }] });
    expect(view.reads).toBe(1);
  });

  it.each(['8d', '0s', 'yesterday', '9999999999h', '-1h', ''])('refuses to look back %j', async (since) => {
    const response = await fetch(`${await serve()}/history.json?since=${since}`);
    expect(response.status).toBe(400);
  });

  it('says so where the history cannot be read, warns once, and tries again', async () => {
    const view = aView();
    let broken = true;
    const history = view.history.bind(view);
    const warnings: string[] = [];
    const flaky = { ...view, history: (since: Date) => (broken ? failing() : history(since)) };
    const server = await openServer(flaky, createMetrics('staging'), {
      listen: '127.0.0.1:0',
      warn: (m) => void warnings.push(m),
    });
    open.push(server);
    expect((await fetch(`${server.url}/history.json`)).status).toBe(503);
    expect((await fetch(`${server.url}/history.json`)).status).toBe(503);
    expect(warnings).toEqual(['the history cannot be read: something unexpected happened']);
    broken = false;
    expect((await fetch(`${server.url}/history.json`)).status).toBe(200);
  });

  it('carries no markup of services, but their text as JSON', async () => {
    const name = '</script><img src=x onerror=alert(1)>';
    const report = aReport({ participants: [secretManager, aParticipant(name)] });
    const url = await serve(aView({ report }));
    expect(await (await fetch(`${url}/`)).text()).not.toContain('onerror');
    const response = await fetch(`${url}/status.json`);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await response.json()).toMatchObject({
      report: { participants: [{ name: secretManager.name }, { name }] },
    });
  });
});

// biome-ignore lint/correctness/useYield: it fails before it has anything to give
async function* failing(): AsyncGenerator<never> {
  throw new Error('secret-path');
}

describe('a client that holds connections', () => {
  it.each([
    ['half a request', 'GET /metrics HTTP/1.1\r\nHost: local'],
    ['nothing', ''],
  ])('keeps no one from asking for health: %s', async (_, begun) => {
    const url = await serve();
    const port = Number(new URL(url).port);
    // More than one client may have.
    const sockets = Array.from({ length: 100 }, () => {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => {});
      socket.pause();
      if (begun !== '') socket.write(begun);
      return socket;
    });
    await Promise.all(
      sockets.map(
        (socket) => new Promise((resolve) => socket.once('connect', resolve).once('close', resolve)),
      ),
    );
    for (const path of ['/healthz', '/metrics'])
      expect(await raw(url, get(path, 'Host: localhost\r\nConnection: close'))).toMatch(/^HTTP\/1\.1 200 /);
    for (const socket of sockets) socket.destroy();
  });
});

it('works the past out once, however many ask, until something new is there', async () => {
  const view = aView({ history: [aCheckRecord(new Date(noon.getTime() - 60_000))] });
  const url = await serve(view);
  const ask = async () => (await fetch(`${url}/history.json?since=2h`)).text();
  const first = await ask();
  // The clock moved on, the answer did not.
  view.set({ now: new Date(noon.getTime() + 2000) }, anEventRecord({ environment: 'elsewhere' }));
  const second = await ask();
  expect(second).not.toBe(first);
  expect(await Promise.all(Array.from({ length: 20 }, ask))).toEqual(Array(20).fill(second));
});

describe('safety', () => {
  it('gives every answer the same strict headers', async () => {
    const url = await serve();
    for (const path of [
      '/',
      '/metrics',
      '/healthz',
      '/readyz',
      '/report.json',
      '/history.json',
      '/status.json',
      '/nothing',
    ]) {
      const { headers } = await fetch(url + path);
      expect(headers.get('cache-control'), path).toBe('no-store');
      expect(headers.get('x-content-type-options'), path).toBe('nosniff');
      expect(headers.get('referrer-policy'), path).toBe('no-referrer');
      expect(headers.get('access-control-allow-origin'), path).toBeNull();
      expect(headers.get('content-security-policy'), path).toMatch(
        /^default-src 'none'.*frame-ancestors 'none'/,
      );
      expect(headers.get('content-security-policy'), path).not.toMatch(/unsafe/);
    }
  });

  it.each(['/nothing', '//', '/healthz/', '/../healthz', '/__proto__', '/constructor', '*'])(
    'has nothing at %s',
    async (path) => {
      const answer = await raw(await serve(), get(path, 'Host: localhost\r\nConnection: close'));
      expect(answer).toMatch(/^HTTP\/1\.1 404 /);
    },
  );

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE'])('refuses %s', async (method) => {
    const answer = await raw(await serve(), `${method} /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 405 /);
    expect(answer.toLowerCase()).toContain('allow: get, head');
  });

  it('answers HEAD without a body', async () => {
    const response = await fetch(`${await serve()}/report.json`, { method: 'HEAD' });
    expect(Number(response.headers.get('content-length'))).toBeGreaterThan(100);
    expect(await response.text()).toBe('');
  });

  it.each([
    'evil.example',
    'evil.example:80',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'evil@localhost',
    '10.0.0.1',
    '',
  ])('does not answer to the host %j on loopback', async (host) => {
    const answer = await raw(await serve(), get('/report.json', `Host: ${host}\r\nConnection: close`));
    expect(answer).toMatch(/^HTTP\/1\.1 421 /);
    expect(answer).not.toContain('secret_manager');
  });

  it.each(['localhost', 'LOCALHOST:9464', '127.0.0.1:1', '[::1]:80'])(
    'answers to the host %s',
    async (host) => {
      expect(await raw(await serve(), get('/healthz', `Host: ${host}\r\nConnection: close`))).toMatch(
        /^HTTP\/1\.1 200 /,
      );
    },
  );

  it('rejects a request that names two hosts', async () => {
    const two = get('/report.json', 'Host: localhost\r\nHost: evil.example\r\nConnection: close');
    expect(await raw(await serve(), two)).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('reads no body', async () => {
    const url = await serve();
    expect(await raw(url, get('/healthz', 'Host: localhost\r\nContent-Length: 5'))).toMatch(
      /^HTTP\/1\.1 413 /,
    );
    expect(await raw(url, get('/healthz', 'Host: localhost\r\nTransfer-Encoding: chunked'))).toMatch(
      /^HTTP\/1\.1 413 /,
    );
  });

  it('reads no headers without end', async () => {
    const long = `X-Long: ${'x'.repeat(9000)}`;
    expect(await raw(await serve(), get('/healthz', `Host: localhost\r\n${long}`))).toMatch(
      /^HTTP\/1\.1 431 /,
    );
  });

  it('survives what is no HTTP', async () => {
    const url = await serve();
    expect(await raw(url, '\x16\x03\x01 hello\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  it('warns only where others can reach it, and answers to any name there', async () => {
    const warnings: string[] = [];
    await serve(aView(), '127.0.0.1:0', warnings);
    expect(warnings).toEqual([]);
    const url = await serve(aView(), '0.0.0.0:0', warnings);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(warnings).toEqual([expect.stringContaining('without a password')]);
    expect(await raw(url, get('/healthz', 'Host: monitor.internal\r\nConnection: close'))).toMatch(
      /^HTTP\/1\.1 200 /,
    );
  });

  it('answers only to the names it is given, and to addresses, where it listens elsewhere', async () => {
    const server = await openServer(aView(), createMetrics('staging'), {
      listen: '0.0.0.0:0',
      hosts: ['monitor.internal'],
      warn: () => {},
    });
    open.push(server);
    const status = async (host: string) =>
      (await raw(server.url, get('/healthz', `Host: ${host}\r\nConnection: close`))).slice(9, 12);
    for (const host of [
      'monitor.internal',
      'MONITOR.internal:9464',
      '10.1.2.3:9464',
      '[fd00::1]',
      'localhost',
    ])
      expect(await status(host), host).toBe('200');
    for (const host of ['evil.example', 'monitor.internal.evil.example', 'x.monitor.internal', ''])
      expect(await status(host), host).toBe('421');
  });

  it('answers on loopback to a name that it is given', async () => {
    const hosts = ['monitor.internal'];
    const server = await openServer(aView(), createMetrics('staging'), {
      listen: '127.0.0.1:0',
      hosts,
      warn: () => {},
    });
    open.push(server);
    const asked = (host: string) => raw(server.url, get('/healthz', `Host: ${host}\r\nConnection: close`));
    expect(await asked('monitor.internal')).toMatch(/^HTTP\/1\.1 200 /);
    expect(await asked('10.0.0.1')).toMatch(/^HTTP\/1\.1 421 /);
  });

  it.each([
    ['Sec-Fetch-Site: cross-site', '/status.json', '403'],
    ['Sec-Fetch-Site: same-site', '/metrics', '403'],
    ['Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: iframe', '/', '403'],
    [
      'Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document',
      '/report.json',
      '403',
    ],
    ['Origin: https://evil.example', '/healthz', '403'],
    ['Origin: null', '/healthz', '403'],
    ['Origin: http://localhost:1', '/healthz', '403'],
    ['Origin: http://localhost', '/healthz', '200'],
    ['Sec-Fetch-Site: same-origin', '/status.json', '200'],
    ['Sec-Fetch-Site: none', '/', '200'],
    // A link in a chat leads to the page.
    ['Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document', '/', '200'],
  ])('%j at %s: %s', async (header, path, status) => {
    const answer = await raw(await serve(), get(path, `Host: localhost\r\n${header}\r\nConnection: close`));
    expect(answer.slice(9, 12)).toBe(status);
  });

  it('says what to do where the port is in use', async () => {
    const { port } = new URL(await serve());
    const second = openServer(aView(), createMetrics('staging'), {
      listen: `127.0.0.1:${port}`,
      warn: () => {},
    });
    await expect(second).rejects.toThrow(UsageError);
    await expect(second).rejects.toMatchObject({
      message: `cannot listen on 127.0.0.1:${port}: the port is in use`,
      hint: expect.stringContaining('--listen'),
    });
  });

  it.each(['127.0.0.1', '192.0.2.1:0', 'no-such-host.invalid:0'])(
    'refuses to listen on %s',
    async (listen) => {
      await expect(openServer(aView(), createMetrics('staging'), { listen, warn: () => {} })).rejects.toThrow(
        UsageError,
      );
    },
  );

  it('lets go of the monitor and of everybody when it closes', async () => {
    const view = aView();
    const url = await serve(view);
    await fetch(`${url}/history.json`);
    const stream = await fetch(`${url}/events`);
    expect(view.listeners).toBe(3);
    await open.splice(0)[0]?.close();
    expect(view.listeners).toBe(0);
    await stream.text().catch(() => '');
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
  });
});
