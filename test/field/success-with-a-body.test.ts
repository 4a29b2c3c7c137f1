import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import type { Report } from '../../src/index.js';
import { json, type TestServer } from '../support/http-server.js';
import { some } from '../support/random.js';
import { checked, codes, httpProbe, type Presented, secret, startHttpService } from './any-service.js';

const servers: TestServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

/** A service that answers 200 to everything; the body depends on the token. */
async function answering(
  body: (presented: Presented) => unknown,
  verifies: Parameters<typeof startHttpService>[1] = {},
): Promise<TestServer> {
  const server = await startHttpService((presented, request, response) => {
    const content = body(presented);
    if (typeof content !== 'string') return json(content)(request, response);
    response.writeHead(200, { 'content-type': 'text/plain' }).end(content);
  }, verifies);
  servers.push(server);
  return server;
}

/** The matcher that a report proposes, as a part of a probe. */
function proposed({ findings }: Report): object {
  const [line = ''] = /"(?:accepted|rejected)": .*$/m.exec(findings[0]?.remedy ?? '') ?? [];
  return JSON.parse(`{${line}}`);
}

type Body = (presented: Presented) => unknown;

/** Services that are in order, and the matcher that tells their answers apart. */
const inOrder: [what: string, body: Body, matcher: object | null][] = [
  [
    'GraphQL',
    ({ complaint, claims }) =>
      complaint === null
        ? { data: { me: { id: claims.sub } } }
        : {
            errors: [{ message: 'Not authenticated', extensions: { code: 'UNAUTHENTICATED' } }],
            data: { me: null },
          },
    { accepted: { json: { '/data/me/id': 'jwtcheck-probe' } } },
  ],
  [
    'a code',
    ({ complaint, claims }) =>
      complaint === null ? { code: 0, data: { uid: claims.sub } } : { code: 10401, msg: 'token invalid' },
    { accepted: { json: { '/code': 0 } } },
  ],
  [
    'who am I',
    ({ complaint, claims }) => ({
      user: complaint === null ? claims.sub : null,
      anonymous: complaint !== null,
    }),
    { accepted: { json: { '/anonymous': false } } },
  ],
  [
    'a status, as PHP has it',
    ({ complaint }) =>
      complaint === null ? { status: 'success' } : { status: 'error', message: 'Unauthorized' },
    { accepted: { json: { '/status': 'success' } } },
  ],
  [
    'valid or not',
    ({ complaint }) => ({ valid: complaint === null }),
    { accepted: { json: { '/valid': true } } },
  ],
  [
    'token introspection',
    ({ complaint, claims }) => (complaint === null ? { active: true, ...claims } : { active: false }),
    { accepted: { json: { '/active': true } } },
  ],
  [
    'only the words of the rejection',
    ({ complaint }) => (complaint === null ? {} : { error: 'invalid_token' }),
    { rejected: { json: { '/error': 'invalid_token' } } },
  ],
  [
    'amid what varies from answer to answer',
    ({ complaint }) => ({
      requestId: randomUUID(),
      time: new Date().toISOString(),
      servedBy: `replica-${Math.floor(Math.random() * 3)}`,
      tookMs: Math.floor(Math.random() * 20),
      session: { active: complaint === null, id: randomUUID() },
    }),
    { accepted: { json: { '/session/active': true } } },
  ],
  ['a text', ({ complaint }) => (complaint === null ? 'Hello, you are signed in' : 'Invalid token'), null],
];

describe('a service in order that answers 200 and says it in the body', () => {
  it.each(some(inOrder, 2))('%s: the answers are told apart', async (_, body, matcher) => {
    const server = await answering(body);
    const report = await checked({ svc: httpProbe(server) });
    expect(report).toMatchObject({ verdict: 'inconclusive', exitCode: 3, level: 'WARNING' });
    expect(codes(report)).toEqual(['probe-inconclusive']);
    expect(report.findings[0]?.message).toContain('distinguishes them in the body');
    if (matcher !== null) expect(proposed(report)).toEqual(matcher);
  });

  it.each(inOrder.filter(([, , matcher]) => matcher !== null))(
    '%s: once the matcher is pasted, all is well, and a drift is seen',
    async (_, body) => {
      const report = await checked({ svc: httpProbe(await answering(body)) });
      const matcher = proposed(report);
      const again = await checked({ svc: httpProbe(await answering(body), matcher) });
      expect(again).toMatchObject({ verdict: 'consistent', exitCode: 0 });
      const drifted = await answering(body, { key: `${secret}!` });
      const other = await checked({ svc: httpProbe(drifted, matcher) }, { followUp: false });
      expect(other.exitCode).not.toBe(0);
      expect(other.attempts.filter((a) => a.result === 'accepted')).toEqual([]);
    },
  );

  it('shows the member that decides', async () => {
    const report = await checked({
      svc: httpProbe(await answering(({ complaint }) => ({ valid: !complaint }))),
    });
    expect(report.attempts.map(({ token, detail }) => [token, detail.split('; ')[1]])).toEqual([
      ['genuine', '/valid is true'],
      ['forged', '/valid is false'],
      ['missing', '/valid is false'],
      ['expired', '/valid is false'],
      ['unsigned', '/valid is false'],
      ['tampered', '/valid is false'],
    ]);
  });

  it('asks for an answer without a token where the controls leave it out', async () => {
    const body: Body = ({ complaint }) => ({ valid: complaint === null });
    const report = await checked({ svc: httpProbe(await answering(body)) }, { controls: ['forged'] });
    expect(codes(report)).toEqual(['probe-inconclusive']);
  });
});

describe('a service that takes any token and answers 200', () => {
  it.each(
    some<[string, Body]>(
      [
        ['the same to all', () => ({ ok: true })],
        ['with what the token says, unverified', ({ claims }) => ({ valid: true, claims })],
        ['with ids and times that vary', () => ({ id: randomUUID(), at: Date.now(), n: Math.random() })],
        [
          'by replicas in turn',
          (() => {
            let n = 0;
            return () => ({ servedBy: `replica-${++n % 2}` });
          })(),
        ],
        ['that looks at whether there is one', ({ token }) => ({ signedIn: token !== '' })],
      ],
      2,
    ),
  )('%s: is an emergency', async (_, body) => {
    const report = await checked({ svc: httpProbe(await answering(body)) });
    expect(report.level).toBe('EMERGENCY');
    expect(codes(report)).toContain('accepts-forged-token');
  });

  it('where only none is told apart, says so', async () => {
    const body: Body = ({ token }) => ({ signedIn: token !== '' });
    const report = await checked({ svc: httpProbe(await answering(body)) });
    expect(codes(report)).not.toContain('accepts-missing-token');
  });
});

describe('a service that rejects every token in the body', () => {
  it.each<[string, unknown, string | null]>([
    ['valid', { valid: false }, '"accepted": { "json": { "/valid": true } }'],
    ['an error', { error: 'invalid_token' }, '"rejected": { "json": { "/error": "invalid_token" } }'],
    ['GraphQL', { errors: [{ message: 'Not authenticated' }], data: null }, null],
  ])('%s: is not called open', async (_, body, matcher) => {
    const report = await checked({ svc: httpProbe(await answering(() => body)) });
    expect(report).toMatchObject({ verdict: 'inconclusive', exitCode: 3 });
    expect(codes(report)).toEqual(['probe-inconclusive']);
    if (matcher !== null) expect(report.findings[0]?.remedy).toContain(matcher);
  });
});

describe('a page that anyone may see', () => {
  const anonymous = (presented: Presented, request: IncomingMessage, response: ServerResponse): void => {
    const { token, complaint, claims } = presented;
    if (token !== '' && complaint !== null) json({ error: complaint }, 401)(request, response);
    else json({ user: token === '' ? null : claims.sub })(request, response);
  };

  it('and that shows who is signed in, is not called open', async () => {
    const server = await startHttpService(anonymous);
    servers.push(server);
    const report = await checked({ svc: httpProbe(server) });
    expect(codes(report)).toEqual(['probe-inconclusive']);
    expect(report.exitCode).toBe(3);
    expect(report.attempts.find((a) => a.token === 'genuine')?.result).toBe('accepted');
  });
});

describe('a service that has drifted and answers every token with a success', () => {
  const bodies: [string, Body][] = [
    [
      'valid',
      ({ complaint }) => ({ valid: complaint === null, ...(complaint === null ? { sub: 's' } : {}) }),
    ],
    ['only valid', ({ complaint }) => ({ valid: complaint === null })],
    [
      'GraphQL',
      ({ complaint }) =>
        complaint === null ? { data: { me: { id: 1 } } } : { errors: [{ message: 'no access' }], data: null },
    ],
    ['a code', ({ complaint }) => (complaint === null ? { code: 0 } : { code: 10401 })],
    ['an error code', ({ complaint }) => ({ errcode: complaint === null ? 0 : 40001, data: null })],
    ['words', ({ complaint }) => (complaint === null ? { id: 7 } : { message: 'Please log in' })],
    ['its own words', ({ complaint }) => (complaint === null ? { id: 7 } : { ok: false, msg: complaint })],
  ];

  it.each(some(bodies, 2))('(%s) is given its cause, without any matcher', async (_, body) => {
    const server = await answering(body, { key: `${secret}\n` });
    const report = await checked({ svc: httpProbe(server) });
    expect(codes(report)).toEqual(['trailing-newline']);
    expect(report).toMatchObject({ verdict: 'inconsistent', exitCode: 1, level: 'CRITICAL' });
    expect(report.attempts.map((a) => a.result)).toEqual(report.attempts.map(() => 'rejected'));
  });

  it.each(some(bodies, 2))(
    '(%s) with a key that nobody knows stays inconclusive, with a matcher',
    async (_, body) => {
      const server = await answering(body, { key: 'a key that nobody knows' });
      const report = await checked({ svc: httpProbe(server) });
      expect([...new Set(codes(report))]).toEqual(['probe-inconclusive']);
      expect(report).toMatchObject({ verdict: 'inconclusive', exitCode: 3 });
      expect(report.findings[0]?.remedy).toMatch(/`accepted`|"accepted"|"rejected"/);
    },
  );

  it('and waves a variant through is given no cause', async () => {
    const server = await answering(({ token }) => {
      const head = Buffer.from(token.split('.')[0] ?? '', 'base64url').toString();
      return head.includes('HS512') ? { valid: true } : { valid: false };
    });
    expect(codes(await checked({ svc: httpProbe(server) }))).toEqual(['probe-inconclusive']);
  });

  it('and answers one variant with a body that is neither is given no cause', async () => {
    const server = await answering(({ token }) => {
      const head = Buffer.from(token.split('.')[0] ?? '', 'base64url').toString();
      return head.includes('HS512') ? { valid: false, algorithm: 'unsupported' } : { valid: false };
    });
    expect(codes(await checked({ svc: httpProbe(server) }))).toEqual(['probe-inconclusive']);
  });

  it.each(
    some(
      [
        [{ status: 'ok' }],
        [{ code: 0 }],
        [{ code: 200, msg: 'success' }],
        [{ code: 20000 }],
        [{ success: 1 }],
      ],
      2,
    ),
  )('is still open where it says %j to every token', async (body) => {
    const report = await checked({ svc: httpProbe(await answering(() => body)) });
    expect(report).toMatchObject({ verdict: 'inconsistent', level: 'EMERGENCY' });
  });
});

it.each([
  ['application/grpc', { 'grpc-status': '16' }],
  ['application/grpc-web+proto', {}],
])('a service of gRPC (%s) is not called open: its 200 says nothing', async (type, more) => {
  const server = await startHttpService((_, _request, response) => {
    response.writeHead(200, { 'content-type': type, ...more }).end();
  });
  servers.push(server);
  const report = await checked({ svc: httpProbe(server) });
  expect(report).toMatchObject({ verdict: 'inconclusive', exitCode: 3 });
  expect(report.findings[0]?.message).toContain('gRPC, which jwtcheck does not support');
});
