import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import type { Config, Report } from '../../src/index.js';
import { json, type TestServer } from '../support/http-server.js';
import { some } from '../support/random.js';
import {
  audience,
  checked,
  codes,
  httpProbe,
  type Presented,
  secret,
  socketProbe,
  startHttpService,
  startSocketService,
  type Verifies,
} from './any-service.js';

const closing: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of closing.splice(0)) await server.close();
});

type Answer = (response: ServerResponse, complaint: string, presented: Presented) => void;

interface Asked {
  readonly report: Report;
  readonly server: TestServer;
}

/** A service that answers 200 to a good token, and anything else as told. */
async function refusing(
  refuse: Answer,
  verifies: Verifies = {},
  {
    more = {},
    env = {},
    probe = {},
  }: { more?: Partial<Config>; env?: Record<string, string>; probe?: object } = {},
): Promise<Asked> {
  const server = await startHttpService((presented, request, response) => {
    if (presented.complaint === null) json({ ok: true })(request, response);
    else refuse(response, presented.complaint, presented);
  }, verifies);
  closing.push(server);
  const report = await checked(
    { svc: httpProbe(server, probe) },
    { env: { THE_SECRET: secret, ...env } },
    { timeout: '15s', ...more },
  );
  return { report, server };
}

const send = (response: ServerResponse, status: number, body: unknown, headers = {}): void => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
};
const page = (response: ServerResponse, status: number, text: string, headers = {}): void => {
  response.writeHead(status, { 'content-type': 'text/html', ...headers }).end(text);
};

const withNewline: Verifies = { key: `${secret}\n` };
const unrelated: Verifies = { key: 'a key that nobody else holds, of 40 bytes' };

/** Every way to say no that is neither 401 nor 403. */
const waysToRefuse: readonly [string, Answer][] = [
  ['400, in words', (r, complaint) => send(r, 400, { message: complaint })],
  ['400, without a word', (r) => r.writeHead(400).end()],
  ['418', (r) => send(r, 418, { error: 'nope' })],
  ['422, in words', (r, complaint) => send(r, 422, { msg: complaint })],
  [
    '422, and 401 where there is no token',
    (r, c, { token }) => send(r, token === '' ? 401 : 422, { msg: c }),
  ],
  ['500, without a word', (r) => send(r, 500, { error: 'Internal Server Error' })],
  ['a redirect to the login page', (r) => r.writeHead(302, { location: '/login?next=%2Fme' }).end()],
  ['a login page', (r) => page(r, 200, '<!doctype html><title>Sign in</title><form></form>')],
  ['an id of the request each time', (r) => send(r, 400, { error: 'bad', id: crypto.randomUUID() })],
];

describe('what a service answers to a forged token is how it rejects', () => {
  it.each(some(waysToRefuse, 4))('%s: one changed token that is accepted proves it', async (_, refuse) => {
    const { report } = await refusing(refuse, withNewline);
    expect(report).toMatchObject({ verdict: 'inconsistent', exitCode: 1 });
    expect(codes(report)).toEqual(['trailing-newline']);
    expect(report.attempts.find((a) => a.token === 'genuine')?.result).toBe('rejected');
  });

  it.each(some(waysToRefuse, 4))('%s: with a key that is not known, it cannot be told', async (_, refuse) => {
    const { report } = await refusing(refuse, unrelated);
    expect(report).toMatchObject({ verdict: 'inconclusive', exitCode: 3 });
    expect(codes(report)).toEqual(['probe-inconclusive']);
  });

  it('prints the matcher to paste where it cannot be told', async () => {
    const { report } = await refusing((r, complaint) => send(r, 422, { msg: complaint }), unrelated);
    expect(report.findings[0]?.remedy).toContain('"rejected": { "status": [401, 403, 422] }');
    const again = await refusing((r, complaint) => send(r, 422, { msg: complaint }), unrelated, {
      probe: { rejected: { status: [401, 403, 422] } },
    });
    expect(codes(again.report)).toEqual(['rejects-valid-token']);
  });

  it('500 in words to what it does not expect', async () => {
    const { report } = await refusing(
      (r, complaint) => send(r, complaint === 'invalid algorithm' ? 500 : 401, { message: complaint }),
      { algorithms: ['HS512'] },
    );
    expect(report.verdict).toBe('inconsistent');
    expect(codes(report)).toEqual(['algorithm-mismatch']);
  });

  it('422 in other words than to a forged token', async () => {
    const { report } = await refusing((r, complaint) => send(r, 422, { msg: complaint }), {
      audience: `${audience}/`,
    });
    expect(report.findings).toMatchObject([{ code: 'claims-rejected', evidence: { claim: 'aud' } }]);
  });

  it('asks a place that is not there no more than twice', async () => {
    const { report, server } = await refusing((r) => send(r, 404, { error: 'not found' }), unrelated);
    expect(codes(report)).toEqual(['probe-inconclusive']);
    expect(server.requests.length).toBeLessThanOrEqual(8);
  });

  it('leaves a service alone that is overloaded', async () => {
    const { report, server } = await refusing((r) => send(r, 503, { error: 'overloaded' }), unrelated);
    expect(report.verdict).toBe('inconclusive');
    expect(server.requests.length).toBeLessThanOrEqual(8);
  });

  it('a token that no service wants, and then a forged one that it does not', async () => {
    const { report } = await refusing((r, _, { token }) => {
      if (token === '') send(r, 200, { anonymous: true });
      else send(r, 401, { error: 'invalid_token' });
    }, withNewline);
    expect(codes(report)).toContain('accepts-missing-token');
    expect(codes(report)).not.toContain('trailing-newline');
  });
});

describe('over WebSocket', () => {
  const asked = async (
    refuse: Parameters<typeof startSocketService>[0],
    verifies: Verifies,
    probe = {},
  ): Promise<Report> => {
    const server = await startSocketService((presented, socket) => {
      if (presented.complaint === null) socket.send('{"type":"ready"}');
      else refuse(presented, socket);
    }, verifies);
    closing.push(server);
    return checked({ svc: socketProbe(server, { settle: '400ms', ...probe }) });
  };
  const ready = { accepted: { message: { json: { '/type': 'ready' } } } };

  it.each<[string, Parameters<typeof asked>[0], object]>(
    some(
      [
        ['close 1000 with a reason', ({ complaint }, socket) => socket.close(1000, complaint ?? ''), {}],
        ['close 4999 without one', (_, socket) => socket.close(4999), {}],
        ['a message, and it stays open', (_, socket) => socket.send('{"type":"error"}'), ready],
        ['nothing at all, and it stays open', () => {}, ready],
      ],
      2,
    ),
  )('%s: one changed token that is accepted proves it', async (_, refuse, probe) => {
    const report = await asked(refuse, withNewline, probe);
    expect(report.verdict).toBe('inconsistent');
    expect(codes(report)).toContain('trailing-newline');
    expect(report.findings.filter((f) => f.severity === 'error')).toHaveLength(1);
  });

  it('proposes the close code where it cannot be told', async () => {
    const report = await asked((_, socket) => socket.close(1000, 'no'), unrelated);
    expect(report.exitCode).toBe(3);
    expect(report.findings[0]?.remedy).toContain('"closeCodes": [1000, 1008, 4001, 4003, 4401, 4403]');
  });
});

describe('two layers', () => {
  it.each<[string, Answer]>(
    some(
      [
        [
          '403 and words about the signature',
          (r) => send(r, 403, { detail: 'Signature verification failed' }),
        ],
        ['401 and words about the signature', (r) => send(r, 401, { detail: 'invalid signature' })],
        ['401 and no word about it', (r) => send(r, 401, { detail: 'Unauthorized' })],
        ['403 and no word about it', (r) => send(r, 403, { detail: 'Forbidden' })],
        ['words about a claim', (r) => send(r, 401, { detail: 'Invalid audience' })],
      ],
      2,
    ),
  )('%s: the second one rejects, and its key stays unknown', async (_, refuse) => {
    const server = await startHttpService((presented, _request, response) => {
      // A gateway with the right secret, and behind it a service that rejects what passes.
      if (presented.complaint === null) refuse(response, '', presented);
      else page(response, 401, '<html><body><h1>401 Unauthorized</h1></body></html>', { server: 'gateway' });
    });
    closing.push(server);
    const report = await checked({ svc: httpProbe(server) });
    expect(codes(report)).toEqual(['rejects-valid-token']);
    expect(report.findings[0]?.message).toMatch(/wo layers verify tokens: .* the second one rejects it/);
    expect(JSON.stringify(report.findings)).not.toMatch(/signatureVerified|signature is verified|ruledOut/);
  });
});

describe('two faults at once', () => {
  const words: Answer = (r, complaint) => send(r, 401, { detail: complaint });

  it.each<[string, Verifies, string, unknown]>(
    some(
      [
        [
          'a newline, and another audience',
          { ...withNewline, audience: 'another' },
          'trailing-newline',
          'aud',
        ],
        ['a newline, and another issuer', { ...withNewline, issuer: 'another' }, 'trailing-newline', 'iss'],
        ['a newline, and a slash', { ...withNewline, audience: `${audience}/` }, 'trailing-newline', 'aud'],
        ['a newline, and a clock', { ...withNewline, clockMs: 600_000 }, 'trailing-newline', 'clock'],
        [
          'HS512, and another audience',
          { algorithms: ['HS512'], audience: 'another' },
          'algorithm-mismatch',
          'aud',
        ],
      ],
      2,
    ),
  )('%s', async (_, verifies, code, alsoRejects) => {
    const { report } = await refusing(words, verifies);
    expect(report.findings).toMatchObject([{ code, evidence: { alsoRejects } }]);
    expect(report.findings[0]?.message).toContain('It also rejects');
    expect(JSON.stringify(report.findings)).not.toContain('ruledOut');
  });

  it('are told where only the status tells', async () => {
    const { report } = await refusing(
      (r, complaint) => send(r, /signature|malformed|token/.test(complaint) ? 401 : 403, { error: 'no' }),
      { ...withNewline, audience: 'another' },
    );
    expect(codes(report)).toEqual(['trailing-newline']);
  });

  it('name no key where another algorithm only gets other words', async () => {
    const { report } = await refusing(words, { ...unrelated, audience: 'another' });
    expect(codes(report)).toEqual(['rejects-valid-token']);
  });
});
