import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { http } from '../../../../src/observe/sources/http/http-source.js';
import type { SourceResult } from '../../../../src/observe/sources/source.js';
import {
  type Answer,
  json,
  startServer,
  startTcpServer,
  type TestServer,
  unusedPort,
} from '../../../support/http-server.js';
import { runs } from '../../../support/random.js';
import { read, worldOf } from '../world.js';

const servers: TestServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serve(answer: Answer, host?: string, port?: number): Promise<TestServer> {
  const server = await startServer(answer, host, port);
  servers.push(server);
  return server;
}

type More = Omit<Parameters<typeof http.schema.parse>[0] & object, 'kind' | 'url'>;

async function ask(answer: Answer, more: More = {}): Promise<SourceResult> {
  const server = await serve(answer);
  return read(http, { kind: 'http', url: `${server.origin}/fp`, ...more }, worldOf());
}

const text =
  (body: string, contentType = 'application/json'): Answer =>
  (_request, response) => {
    response.writeHead(200, { 'content-type': contentType }).end(body);
  };

/** One answer after another, the last one for ever. */
function inTurn(...answers: Answer[]): Answer {
  let count = 0;
  return (request, response) => answers[Math.min(count++, answers.length - 1)]?.(request, response);
}

describe('the fingerprint', () => {
  it('comes with all facts of the answer', async () => {
    const body = {
      fingerprint: '200718bd',
      accepts: ['200718bd', '9F86D081'],
      algorithm: 'HS256',
      instance: 'auth-7d9f-x2',
      version: '7',
    };
    expect(await ask(json(body))).toEqual({
      is: 'fingerprint',
      instances: [{ instance: 'auth-7d9f-x2', fingerprint: '200718bd', samples: 1 }],
      accepts: ['200718bd', '9f86d081'],
      version: '7',
      provenance: null,
      error: null,
      stated: [{ instance: 'auth-7d9f-x2', accepts: ['200718bd', '9f86d081'] }],
    });
  });

  it.each([
    ['upper case', { fingerprint: '200718BD' }],
    ['a prefix', { fingerprint: 'sha256:200718bd' }],
    ['all 64 digits', { fingerprint: `200718bd${'0'.repeat(56)}` }],
  ])('is read with %s', async (_name, body) => {
    expect(await ask(json(body))).toMatchObject({
      instances: [{ fingerprint: '200718bd' }],
      accepts: ['200718bd'],
    });
  });

  it('stands where the pointer says', async () => {
    expect(await ask(json({ a: [{ 'b/c': '200718bd' }] }), { pointer: '/a/0/b~1c' })).toMatchObject({
      is: 'fingerprint',
    });
    expect(await ask(text('"200718bd"'), { pointer: '' })).toMatchObject({ is: 'fingerprint' });
  });

  it('is read whatever the content type, if it is JSON', async () => {
    expect(await ask(text('{"fingerprint":"200718bd"}', 'text/html'))).toMatchObject({ is: 'fingerprint' });
    expect(await ask(text('\ufeff{"fingerprint":"200718bd"}'))).toMatchObject({ is: 'fingerprint' });
  });

  it.each([
    [{ instance: 'x'.repeat(999) }, 'x'.repeat(999), null],
    [{ instance: { a: 1 }, version: ['7'] }, null, null],
    [{ instance: '', version: 7 }, null, '7'],
    [{ instance: 'a\u001b[31m\n', version: null }, 'a\u001b[31m\n', null],
  ])('trusts nothing else in %j', async (more, instance, version) => {
    expect(await ask(json({ fingerprint: '200718bd', ...more }))).toMatchObject({
      instances: [{ instance, fingerprint: '200718bd', samples: 1 }],
      version,
    });
  });

  it.each([[['zz', 1, null, '200718b', '9f86d081']], ['9f86d081'], [{ 0: '9f86d081' }]])(
    'reads of `accepts` what is a list of fingerprints: %j',
    async (accepts) => {
      const expected = Array.isArray(accepts) ? ['200718bd', '9f86d081'] : ['200718bd'];
      expect(await ask(json({ fingerprint: '200718bd', accepts }))).toMatchObject({ accepts: expected });
    },
  );

  it('is asked for with the configured headers', async () => {
    const server = await serve(json({ fingerprint: '200718bd' }));
    const settings = { kind: 'http', url: server.origin, headers: { authorization: 'Bearer x' } } as const;
    await read(http, settings, worldOf());
    await read(http, { ...settings, method: 'POST' }, worldOf());
    expect(server.requests.map((request) => request.method)).toEqual(['GET', 'POST']);
    expect(server.requests[0]?.headers).toMatchObject({
      authorization: 'Bearer x',
      accept: 'application/json',
    });
  });
});

describe('an answer that is no fingerprint', () => {
  const secret = 'hidden-in-plain-sight';

  it.each([
    [
      'a short one',
      '{"fingerprint":"200718b"}',
      '/fingerprint is only 7 hex digits instead of a fingerprint',
    ],
    ['a long one', `{"fingerprint":"${'a'.repeat(65)}"}`, 'more hex digits than SHA-256 has'],
    ['no hex', `{"fingerprint":"${secret}"}`, 'a text that is not hex'],
    ['a number', '{"fingerprint":20071812}', 'a number'],
    ['null', '{"fingerprint":null}', 'null'],
    ['a boolean', '{"fingerprint":true}', 'a boolean'],
    ['an empty one', '{"fingerprint":""}', 'an empty string'],
    ['an array', '{"fingerprint":["200718bd"]}', 'an array'],
    ['an object', `{"fingerprint":{"value":"${secret}"}}`, 'an object'],
    [
      'nothing at the pointer',
      `{"${secret}":"200718bd"}`,
      'the answer, an object, has no value at /fingerprint',
    ],
    [
      'a property of every object',
      '{"__proto__":{"fingerprint":"200718bd"}}',
      'has no value at /fingerprint',
    ],
    ['not an object', `"${secret}"`, 'has no value at /fingerprint'],
    ['an array of it', '["200718bd"]', 'the answer, an array, has no value'],
    ['truncated JSON', `{"fingerprint":"200718bd","x":"${secret}`, 'not JSON'],
    ['no JSON', secret, 'not JSON'],
    ['nothing', ' \n', 'an empty answer'],
    ['brackets without end', '['.repeat(65_536), 'not JSON'],
    ['brackets, closed', '['.repeat(32_768) + ']'.repeat(32_768), 'an array, has no value'],
    ['bytes', '\u0000\u0001\u0002', 'not JSON'],
    ['HTML', `<!DOCTYPE html><p>${secret}</p>`, 'answered HTML, not JSON'],
  ])('%s', async (_name, body, words) => {
    const result = await ask(text(body));
    expect(result).toMatchObject({
      is: 'error',
      error: { code: 'invalid-response', message: expect.stringContaining(words), hint: expect.any(String) },
    });
    expect(JSON.stringify(result)).not.toContain(secret);
    expect(JSON.stringify(result)).toMatch(/GET <http:/);
  });

  it.each([
    [401, 'http-status', '`headers`'],
    [403, 'http-status', '`headers`'],
    [404, 'http-status', 'path'],
    [405, 'http-status', '`method`'],
    [429, 'http-status', 'limits'],
    [500, 'http-status', 'log'],
    [503, 'http-status', 'log'],
    [418, 'http-status', '`url`'],
    [304, 'redirect', 'not followed'],
  ])('status %i', async (status, code, hint) => {
    expect(await ask((_request, response) => void response.writeHead(status).end())).toMatchObject({
      is: 'error',
      error: {
        code,
        message: expect.stringContaining(`status ${status}`),
        hint: expect.stringContaining(hint),
      },
    });
  });

  it('even where its body would be one', async () => {
    expect(await ask(json({ fingerprint: '200718bd' }, 500))).toMatchObject({ is: 'error' });
  });

  it.each([
    ['https://login.example.com/sso?token=hidden', ' to https://login.example.com'],
    ['/login?token=hidden', ' to another path of the same server'],
    ['//', 'a redirect'],
    ['javascript:hidden', 'a redirect'],
  ])('a redirect to %s names no more than the origin', async (location, words) => {
    const result = await ask((_request, response) => void response.writeHead(302, { location }).end());
    expect(result).toMatchObject({
      is: 'error',
      error: { code: 'redirect', message: expect.stringContaining(words) },
    });
    expect(JSON.stringify(result)).not.toContain('hidden');
  });

  it('50 MB', async () => {
    const result = await ask((_request, response) => void response.end(Buffer.alloc(50_000_000)));
    expect(result).toMatchObject({ is: 'error', error: { code: 'too-large' } });
  });

  it('one byte now and then', async () => {
    const slowly: Answer = (_request, response) => {
      const timer = setInterval(() => response.write(' '), 10);
      response.on('close', () => clearInterval(timer));
    };
    expect(await ask(slowly, { timeout: '100ms' })).toMatchObject({
      is: 'error',
      error: { code: 'timeout' },
    });
  });

  it('no answer at all', async () => {
    const url = `http://127.0.0.1:${await unusedPort()}/fp`;
    expect(await read(http, { kind: 'http', url }, worldOf())).toMatchObject({
      is: 'error',
      error: { code: 'connection', message: `GET <${url}>: the connection was refused (ECONNREFUSED)` },
    });
  });

  it('no time left', async () => {
    const server = await serve(() => {});
    const context = worldOf({ signal: AbortSignal.timeout(50) });
    expect(await read(http, { kind: 'http', url: server.origin }, context)).toMatchObject({
      is: 'error',
      error: { code: 'timeout', message: expect.stringContaining('whole check') },
    });
  });
});

describe('samples', () => {
  const replica = (instance: string, fingerprint: string, more = {}): Answer =>
    json({ instance, fingerprint, ...more });

  it('come over connections of their own and tell replicas apart', async () => {
    const server = await serve(
      inTurn(
        replica('a', 'aaaaaaaa', { version: '6', accepts: ['aaaaaaaa', 'bbbbbbbb'] }),
        replica('b', 'bbbbbbbb', { version: '7', accepts: ['bbbbbbbb', 'cccccccc'] }),
      ),
    );
    const result = await read(http, { kind: 'http', url: server.origin, samples: 5 }, worldOf());
    expect(server.connections).toBe(5);
    expect(result).toMatchObject({ is: 'fingerprint', accepts: ['bbbbbbbb'], version: '7', error: null });
    expect(result.is === 'fingerprint' && new Set(result.instances)).toEqual(
      new Set([
        { instance: 'a', fingerprint: 'aaaaaaaa', samples: 1 },
        { instance: 'b', fingerprint: 'bbbbbbbb', samples: 4 },
      ]),
    );
  });

  it('count together where they agree', async () => {
    expect(await ask(json({ fingerprint: '200718bd' }), { samples: 3 })).toMatchObject({
      instances: [{ instance: null, fingerprint: '200718bd', samples: 3 }],
    });
  });

  it('that fail in part leave a reading and an error', async () => {
    const server = await serve(inTurn(json({}, 503), json({ fingerprint: '200718bd' })));
    const result = await read(http, { kind: 'http', url: server.origin, samples: 4 }, worldOf());
    expect(result).toMatchObject({
      is: 'fingerprint',
      instances: [{ samples: 3 }],
      error: { code: 'http-status', message: expect.stringMatching(/^1 of 4 samples failed: GET /) },
    });
  });

  it('that all fail leave an error', async () => {
    expect(await ask(json({}, 503), { samples: 3 })).toMatchObject({
      is: 'error',
      error: { code: 'http-status' },
    });
  });
});

describe('addresses: all', () => {
  it('asks each as often as `samples` says, and distinguishes replicas by it', async () => {
    const first = await serve(json({ fingerprint: 'aaaaaaaa' }));
    await serve(json({ fingerprint: 'bbbbbbbb' }), '127.0.0.2', first.port);
    const context = worldOf();
    const network = {
      ...context.network,
      addresses: async () => ({ ok: true, value: ['127.0.0.1', '127.0.0.2'] }) as const,
    };
    const url = `http://auth.example.test:${first.port}/fp`;
    const settings = { kind: 'http', url, addresses: 'all', samples: 2 } as const;
    expect(await read(http, settings, { ...context, network })).toMatchObject({
      instances: [
        { instance: '127.0.0.1', fingerprint: 'aaaaaaaa', samples: 2 },
        { instance: '127.0.0.2', fingerprint: 'bbbbbbbb', samples: 2 },
      ],
      accepts: [],
    });
    expect(first.requests[0]?.headers.host).toBe(`auth.example.test:${first.port}`);
  });

  it('of a name that does not resolve is a failure that names the URL', async () => {
    const settings = { kind: 'http', url: 'https://nowhere.invalid/fp', addresses: 'all' } as const;
    expect(await read(http, settings, worldOf())).toMatchObject({
      is: 'error',
      error: { message: expect.stringContaining('GET <https://nowhere.invalid/fp>: ') },
    });
  });
});

describe('any answer', () => {
  it('is read or rejected, and a fingerprint that is read is one', async () => {
    let body = '';
    const server = await serve((_request, response) => void response.end(body));
    const context = worldOf();
    const settings = http.schema.parse({ kind: 'http', url: server.origin });
    const likely = fc.oneof(
      fc.jsonValue(),
      fc.string(),
      fc.stringMatching(/^(sha256:)?[0-9a-fA-F]{6,66}$/),
      fc.array(fc.stringMatching(/^[0-9a-f]{7,9}$/)),
    );
    const document = fc.record(
      { fingerprint: likely, accepts: likely, instance: likely, version: likely },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          document.map((value) => JSON.stringify(value)),
          fc.json(),
          fc.string(),
        ),
        async (sent) => {
          body = sent;
          const result = await http.read(settings, context);
          if (result.is === 'error') expect(result.error.code).toBe('invalid-response');
          else if (result.is === 'fingerprint') {
            expect(result.instances[0]?.fingerprint).toMatch(/^[0-9a-f]{8}$/);
            for (const accepted of result.accepts) expect(accepted).toMatch(/^[0-9a-f]{8}$/);
          } else expect.unreachable();
        },
      ),
      { numRuns: runs(150) },
    );
    await context.network.persistent.close();
  });

  it('of any bytes leaves no exception', async () => {
    let bytes = new Uint8Array();
    const server = await startTcpServer((socket) => socket.once('data', () => socket.end(bytes)));
    servers.push(server);
    const context = worldOf();
    const settings = http.schema.parse({ kind: 'http', url: server.origin, method: 'POST' });
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 200 }), async (sent) => {
        bytes = sent;
        expect((await http.read(settings, context)).is).toBe('error');
      }),
      { numRuns: runs(40) },
    );
    await context.network.persistent.close();
  });
});
