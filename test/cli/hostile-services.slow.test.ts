import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/model.js';
import type { Run } from '../support/cli.js';
import { runCli } from '../support/cli.js';
import { runHere } from '../support/here.js';
import { type Answer, json, startServer, type TestServer } from '../support/http-server.js';
import { some } from '../support/random.js';
import {
  configOf,
  fingerprint,
  participant,
  type Service,
  startService,
  variable,
} from '../support/service.js';
import { type RunningWebSocketServer, refuse, startWebSocketServer } from '../support/websocket-server.js';
import { workspace } from '../support/workspace.js';

const key = 'the key that everybody should hold, long enough';
const right = fingerprint(key);
const folder = workspace();

const text =
  (body: string, type = 'application/json', status = 200): Answer =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': type });
    response.end(body);
  };

/** Answers of a fingerprint endpoint that are none, and the code that they come to. */
const answers: Readonly<Record<string, readonly [Answer, string]>> = {
  html: [text('<!doctype html><h1>Sign in</h1>', 'text/html'), 'invalid-response'],
  truncated: [text('{"fingerprint": "2007'), 'invalid-response'],
  'cut-off': [
    (_request, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"fingerprint"');
      setTimeout(() => response.destroy(), 20);
    },
    'connection',
  ],
  huge: [flood, 'too-large'],
  drip: [drip, 'timeout'],
  brackets: [text('['.repeat(60 * 1024)), 'invalid-response'],
  'deep-objects': [text('{"fingerprint":'.repeat(4000)), 'invalid-response'],
  array: [json([right]), 'invalid-response'],
  number: [json({ fingerprint: 12345678 }), 'invalid-response'],
  null: [json({ fingerprint: null }), 'invalid-response'],
  'nothing-at-all': [text('null'), 'invalid-response'],
  short: [json({ fingerprint: '2007' }), 'invalid-response'],
  'not-hex': [json({ fingerprint: 'zzzzzzzz' }), 'invalid-response'],
  object: [json({ fingerprint: { toString: right } }), 'invalid-response'],
  prototype: [text(`{"__proto__": {"fingerprint": "${right}"}}`), 'invalid-response'],
  empty: [text(''), 'invalid-response'],
  redirect: [
    (_request, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/?::error::x' }).end(),
    'redirect',
  ],
  'error-500': [text('\u001b[2J::error::boom', 'text/plain', 500), 'http-status'],
};

function flood(_request: IncomingMessage, response: ServerResponse): void {
  const chunk = Buffer.alloc(1024 * 1024, ' ');
  response.writeHead(200);
  let left = 50;
  const more = (): void => {
    while (left > 0 && !response.destroyed) {
      left -= 1;
      if (!response.write(chunk)) return void response.once('drain', more);
    }
    response.end();
  };
  more();
}

function drip(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200);
  const timer = setInterval(() => response.write(' '), 1000);
  response.on('close', () => clearInterval(timer));
}

let server: TestServer;
let good: Service;
let cwd: string;

beforeAll(async () => {
  good = await startService(key);
  server = await startServer((request, response) => {
    const answer = answers[(request.url ?? '').slice(1)];
    if (answer === undefined) response.writeHead(404).end();
    else answer[0](request, response);
  });
  const hostile = Object.keys(answers).map((name) => [
    name,
    { source: { kind: 'http', url: `${server.origin}/${name}`, timeout: '1500ms' } },
  ]);
  cwd = await folder({
    '.jwtcheckrc.json': configOf({
      good: { source: participant(good).source },
      ...Object.fromEntries(hostile),
    }),
  });
});
afterAll(() => Promise.all([server.close(), good.close()]));

const run = (args: readonly string[], at = cwd, env: Record<string, string> = {}): Promise<Run> =>
  runHere(args, { cwd: at, env: { [variable]: key, ...env } });

/** Nothing that a terminal or a log of a CI acts upon. */
function expectHarmless({ code, stdout, stderr }: Run): void {
  expect([0, 1, 3]).toContain(code);
  expect(stderr).toBe('');
  expect(stdout).not.toMatch(/[^\P{Cc}\n]|[\u202a-\u202e\u2066-\u2069\u2028\u2029\u200b-\u200f\ufeff]/u);
  expect(stdout).not.toMatch(/^\s*::|##\[/m);
  expect(stdout).not.toMatch(/^\s+at .*:\d+:\d+/m);
}

describe('a fingerprint endpoint that answers nonsense', () => {
  it('is inconclusive, each answer by its own code', async () => {
    const [plain, document] = await Promise.all([run(['-v']), run(['-f', 'json'])]);
    for (const ended of [plain, document]) {
      expectHarmless(ended);
      expect(ended.code).toBe(3);
    }
    const report: Report = JSON.parse(document.stdout);
    const codes = Object.fromEntries(
      report.participants.map(({ name, error }) => [name, error?.code ?? null]),
    );
    const expected = Object.entries(answers).map(([name, [, code]]) => [name, code]);
    expect(codes).toEqual({ store: null, good: null, ...Object.fromEntries(expected) });
    for (const { name, error } of report.participants) {
      if (error !== null) expect(error.message).toContain(`${server.origin}/${name}`);
    }
    expect(document.stdout).not.toContain('Sign in');
  });

  describe.concurrent('alone', () => {
    it.for(some(['html', 'huge', 'drip', 'brackets', 'number', 'error-500'], 3))('%s', async (name) => {
      const ended = await run(['--only', 'good', '--only', name]);
      expectHarmless(ended);
      expect(ended.code).toBe(3);
      expect(ended.stdout).toMatch(new RegExp(`^\\? INCONCLUSIVE {2}staging: ${name} cannot be read`));
    });
  });
});

/** Texts that break terminals, logs and layouts. */
const nasty = [
  '\u001b[2J\u001b[31mred\u001b]0;title\u0007',
  'line\nbreak\r\n::error file=x::pwned\n\u2028::warning::x',
  '::error::pwned ##[error]pwned',
  'words that are long enough to be wrapped somewhere ::error::pwned and more ##[error]pwned',
  '<script>alert(1)</script> [link](javascript:x) `$(id)`',
  '\u202egnp.exe\u2066 \u200b\ufeff\u009b31m\u0085',
  '\ud800 lone \u0000 nul',
  'Z\u0351\u036b\u0343\u032a\u0302\u036b\u033d\u034f\u0334',
];

describe.concurrent('words of services', () => {
  it.for(some(nasty, 2))('%j stay words', async (words) => {
    let asked = 0;
    const speaking = await startServer((request, response) => {
      asked += 1;
      const shown = asked % 2 === 0 ? right : '11111111';
      const said = { error: words, message: words, code: words };
      if (request.url?.split('?')[0] === '/fingerprint')
        return json({ fingerprint: shown, instance: `${asked} ${words}`, service: words, version: words })(
          request,
          response,
        );
      const status = request.url === '/refusing' ? 401 : 500;
      json(request.url === '/nested' ? { error: said } : said, status)(request, response);
    });
    const closing = await startWebSocketServer({
      connected: (socket) => socket.close(1008, cutTo(words, 120)),
    });
    const telling = await startWebSocketServer({
      connected: (socket) => socket.send(JSON.stringify({ type: 'VALIDATION_FAILED', error: words })),
    });
    const shutting = await startWebSocketServer({
      handshake: (_request, connection) =>
        refuse(connection, '401 Unauthorized', JSON.stringify({ error: words })),
    });
    const sockets: RunningWebSocketServer[] = [closing, telling, shutting];
    const probes = [
      ...['refusing', 'failing', 'nested'].map((name) => ({
        kind: 'http',
        name,
        url: `${speaking.origin}/${name}`,
      })),
      ...sockets.map(({ url }, index) => ({
        kind: 'websocket',
        name: `ws${index}`,
        url,
        settle: '200ms',
        rejected: { message: { includes: 'VALIDATION_FAILED' } },
      })),
    ];
    const source = { kind: 'http', url: `${speaking.origin}/fingerprint`, samples: 4 };
    const own = await folder({ '.jwtcheckrc.json': configOf({ speaking: { source, probes } }) });
    const runs = [
      run(['-v'], own),
      run(['--no-follow-up'], own, { COLUMNS: '40' }),
      run(['-v', '--no-follow-up'], own, { COLUMNS: '57' }),
      run(['-f', 'json'], own),
    ];
    for (const ended of await Promise.all(runs)) {
      expectHarmless(ended);
      expect(ended.code).toBe(1);
    }
    await Promise.all([speaking, ...sockets].map((one) => one.close()));
  });
});

/** As much of a text as fits into so many bytes of UTF-8. */
function cutTo(words: string, bytes: number): string {
  return Buffer.byteLength(words) <= bytes ? words : cutTo(words.slice(0, -1), bytes);
}

it('what answers in the place of a metadata server gets no word on the terminal', async () => {
  const metadata = await startServer(text('\u001b[2J::error::boom', 'text/plain', 500));
  const source = { kind: 'google-secret-manager', project: 'example-project', secret: 'jwt' };
  const cwd = await folder({
    '.jwtcheckrc.json': { environments: { here: { participants: { store: { source } } } } },
  });
  // The library that looks for it reads the variables of the process.
  const run = await runCli([], {
    cwd,
    env: { HOME: cwd, GCE_METADATA_HOST: new URL(metadata.origin).host },
  });
  await metadata.close();
  expect(metadata.requests.length).toBeGreaterThan(0);
  expect(run).toMatchObject({ code: 3, stderr: '' });
  expect(run.stdout).toContain('unauthenticated');
});
