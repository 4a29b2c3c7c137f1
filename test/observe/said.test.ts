import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { check } from '../../src/index.js';
import { reporters } from '../../src/report/index.js';
import { viewOf } from '../../src/report/view/view.js';
import { startServer, type TestServer } from '../support/http-server.js';
import { runs } from '../support/random.js';
import { encodings, expectUnreadable } from '../support/readable.js';
import { configOf, fingerprint, variable } from '../support/service.js';
import { plainStyle } from '../support/style.js';

/** Wherever a service can say something. */
const places = [
  'error',
  'message',
  'text',
  'html',
  'location',
  'www-authenticate',
  'instance',
  'version',
  'service',
  'fingerprint',
  'not-json',
  'status',
  'handshake',
  'close',
  'socket message',
  'all',
] as const;

interface Says {
  readonly place: (typeof places)[number];
  readonly text: string;
  readonly secret: string;
}

let says: Says = { place: 'error', text: '', secret: '' };
let server: TestServer;
let sockets: WebSocketServer;

/** As a header may hold it. */
const inHeader = (text: string): string => text.replace(/[^\x20-\x7e]/g, '?');

beforeAll(async () => {
  server = await startServer((request, response) => {
    const { place, text, secret } = says;
    const is = (name: string): boolean => place === name || place === 'all';
    const headers = {
      ...(is('www-authenticate')
        ? { 'www-authenticate': `Bearer error="invalid_token", error_description="${inHeader(text)}"` }
        : {}),
      ...(is('location')
        ? { location: `https://${inHeader(text).toLowerCase()}.example.com/${encodeURIComponent(text)}` }
        : {}),
    };
    const isFingerprint = request.url?.startsWith('/fingerprint') === true;
    const status = is('location') ? 302 : isFingerprint && !is('status') ? 200 : 401;
    const body =
      is('text') || is('not-json')
        ? text
        : is('html')
          ? `<html><title>${text}</title><p>${text}</p></html>`
          : JSON.stringify(
              isFingerprint
                ? {
                    fingerprint: is('fingerprint') ? text : fingerprint(secret),
                    ...(is('instance') ? { instance: text } : {}),
                    ...(is('version') ? { version: text } : {}),
                    ...(is('service') ? { service: text } : {}),
                  }
                : {
                    ...(is('error') ? { error: text } : {}),
                    ...(is('message') ? { error: 'no', message: text, [text]: text } : {}),
                  },
            );
    response
      .writeHead(status, { ...headers, 'content-type': is('html') ? 'text/html' : 'application/json' })
      .end(body);
  });
  sockets = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  sockets.on('connection', (socket) => {
    const { place, text } = says;
    if (place === 'socket message') socket.send(JSON.stringify({ error: text, denied: true }));
    socket.close(
      1008,
      place === 'close'
        ? Buffer.from(text)
            .subarray(0, 120)
            .toString('utf8')
            .replace(/\ufffd/g, '')
        : 'no',
    );
  });
  await new Promise((resolve) => sockets.once('listening', resolve));
});
afterAll(async () => {
  sockets.close();
  await server.close();
});

async function outputsOf(secret: string): Promise<Record<string, string>> {
  const address = sockets.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const config = configOf(
    {
      api: {
        source: { kind: 'http', url: `${server.origin}/fingerprint` },
        probes: [
          { kind: 'http', name: 'me', url: `${server.origin}/me` },
          {
            kind: 'websocket',
            name: 'socket',
            url: `ws://127.0.0.1:${port}/`,
            settle: '50ms',
            rejected: { message: { includes: 'denied' } },
          },
        ],
      },
    },
    { followUp: { enabled: false } },
  );
  const report = await check({ config: JSON.parse(JSON.stringify(config)), env: { [variable]: secret } });
  expect(report.participants).toHaveLength(2);
  return Object.fromEntries(
    Object.entries(reporters).map(([format, reporter]) => [
      format,
      reporter(viewOf(report), { ...plainStyle, verbose: true }),
    ]),
  );
}

const secrets = fc.oneof(
  fc.string({
    unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_'),
    minLength: 24,
    maxLength: 64,
  }),
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 32, maxLength: 64 }),
  fc.string({ unit: 'grapheme-ascii', minLength: 24, maxLength: 64 }),
);

describe('whatever a service says of a secret, wherever it says it', () => {
  it('cannot be read in any format', async () => {
    await fc.assert(
      fc.asyncProperty(
        secrets,
        fc.constantFrom(...Object.keys(encodings)),
        fc.constantFrom(...places),
        fc.constantFrom('', 'rejected: ', 'signature mismatch: expected ', 'x'),
        async (secret, encoding, place, before) => {
          says = { place, text: `${before}${encodings[encoding]?.(secret) ?? ''}`, secret };
          expectUnreadable(await outputsOf(secret), [secret]);
        },
      ),
      { numRuns: runs(25), endOnFailure: true },
    );
  });
});
