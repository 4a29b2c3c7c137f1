import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { SignJWT } from 'jose';
import { afterEach, describe, expect, it } from 'vitest';
import type { Config, Report } from '../../src/index.js';
import { json, startServer } from '../support/http-server.js';
import { some } from '../support/random.js';
import { startWebSocketServer } from '../support/websocket-server.js';
import {
  checked,
  codes,
  httpProbe,
  issuer as issuerName,
  look,
  type Presented,
  plainAnswer,
  secret,
  socketProbe,
  startHttpService,
  type Verifies,
} from './any-service.js';

const closing: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of closing.splice(0)) await server.close();
});

const send = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};

const fingerprintOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 8);

async function serviceThat(
  answer: (presented: Presented, response: ServerResponse) => void,
  { verifies = {}, more = {} }: { verifies?: Verifies; more?: Partial<Config> } = {},
): Promise<Report> {
  const server = await startHttpService((presented, _, response) => answer(presented, response), verifies);
  closing.push(server);
  return checked({ svc: httpProbe(server) }, {}, more);
}

/** A service with the right secret that answers a good token like this, and others 401. */
const afterVerifying = (status: number, body: object) =>
  serviceThat(({ complaint }, response) =>
    complaint === null ? send(response, status, body) : send(response, 401, { error: 'Invalid token' }),
  );

const textOf = ({ findings }: Report): string =>
  findings.map(({ message, remedy }) => `${message}\n${remedy}`).join('\n');

describe('a complaint about something else than the token', () => {
  it.each(
    some(
      [
        'CSRF Failed: CSRF token missing.',
        'The CSRF token is missing.',
        'Forbidden - CSRF token not found in request',
        'Missing XSRF token',
        'Captcha token required',
      ],
      2,
    ),
  )('%s is no missing bearer token', async (detail) => {
    const report = await serviceThat((_, response) => send(response, 403, { detail }));
    expect(codes(report)).toEqual(['rejects-valid-token']);
    expect(report.findings[0]?.remedy).toMatch(/before svc looks at the token/);
  });

  it.each(['Email not verified', 'Please confirm your e-mail', 'Your email address has not been confirmed'])(
    '%s is no other claim "email"',
    async (error) => {
      const report = await afterVerifying(403, { error });
      expect(textOf(report)).not.toMatch(/claim email|the email/);
    },
  );

  it('an audience of people is no claim', async () => {
    const report = await afterVerifying(403, { error: 'This is not available to your audience yet' });
    expect(textOf(report)).not.toMatch(/claim aud/);
  });

  it.each([
    { message: 'Password has expired and must be changed' },
    { detail: 'You do not have permission to perform this action.' },
  ])('%j in another form of body is not a second verifier', async (body) => {
    const report = await afterVerifying(403, body);
    expect(codes(report)).toEqual(['rejects-valid-token']);
    expect(textOf(report)).toMatch(/either the signature is verified, or something in front/);
    expect(textOf(report)).not.toMatch(/wo layers|its secret/);
  });
});

describe('a complaint about an account or a document', () => {
  it.each([
    [401, 'Account is locked'],
    [403, 'Monthly quota exceeded'],
  ])('%i %s, to the valid token alone, is no lock-out that the check began', async (status, error) => {
    const report = await afterVerifying(status, { error });
    expect(codes(report)).toEqual(['rejects-valid-token']);
    expect(textOf(report)).toMatch(/an account or the caller is locked.*\n.*`token.subject`/);
    expect(textOf(report)).not.toMatch(/changed while it was asked|--no-follow-up/);
  });

  it.each(['Document signature required before continuing', 'Invalid license key: wrong key'])(
    '%s is not about the signature of the token',
    async (error) => {
      const report = await afterVerifying(403, { error });
      expect(textOf(report)).not.toMatch(/two layers|its secret/);
    },
  );

  it('a right that is missing may be looked up by the subject', async () => {
    const report = await afterVerifying(403, { error: 'Insufficient permissions' });
    expect(report.findings[0]?.remedy).toContain('set `token.subject` to a user that has it');
  });
});

describe('an error that only the valid token gets', () => {
  it.each(
    some(
      [
        [404, { error: 'User not found' }],
        [410, { error: 'Gone' }],
        [422, { error: 'Unprocessable' }],
        [500, { error: 'Internal Server Error' }],
        [503, { error: 'maintenance' }],
      ],
      2,
    ),
  )('%i is not how the service rejects', async (status, body) => {
    const report = await afterVerifying(status, body);
    expect(report.verdict).toBe('inconclusive');
    expect(codes(report)).toEqual(['probe-inconclusive']);
    expect(report.findings[0]?.remedy).toMatch(/^A forged token is rejected \(401 .*this is not how svc/);
    expect(report.findings[0]?.remedy).not.toMatch(/rejected\.status|nothing answers there|does not reach/);
  });
});

it('a connection that is closed on invalid tokens is not a service that is down', async () => {
  const report = await serviceThat(({ complaint }, response) => {
    if (complaint === null) send(response, 200, {});
    else response.destroy();
  });
  expect(report.verdict).toBe('consistent');
  expect(report.findings[0]?.remedy).toMatch(
    /^svc closes the connection for such a token, but answers others/,
  );
});

describe('a service that shows another fingerprint and accepts tokens of the reference', () => {
  it('is first to be asked which key its fingerprint is of', async () => {
    const server = await startServer((request, response) => {
      if (request.url?.startsWith('/fingerprint'))
        return json({ fingerprint: 'deadbeef' })(request, response);
      const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
      plainAnswer(look(token), request, response);
    });
    closing.push(server);
    const source = { kind: 'http' as const, url: `${server.origin}/fingerprint` };
    const report = await checked({ svc: { source, ...httpProbe(server) } });
    expect(codes(report)).toEqual(['fingerprint-mismatch']);
    expect(report.findings[0]?.message).toMatch(
      /However, svc accepts tokens signed with the secret of store \(me\)/,
    );
    expect(report.findings[0]?.remedy).toMatch(
      /^First check whether the fingerprint of svc is that of the key/,
    );
  });
});

describe('a service that shows another hash of the right secret', () => {
  const shows = async (fingerprint: string): Promise<Report> => {
    const server = await startServer((request, response) => json({ fingerprint })(request, response));
    closing.push(server);
    const source = { kind: 'http' as const, url: `${server.origin}/fingerprint` };
    return checked({ a: { source }, b: { source }, c: { source } });
  };

  it.each([
    ['md5', 'MD5'],
    ['sha1', 'SHA-1'],
  ])('%s holds that secret', async (algorithm, name) => {
    const report = await shows(createHash(algorithm).update(secret).digest('hex'));
    expect(report).toMatchObject({ verdict: 'consistent', level: 'INFO' });
    expect(report.findings).toMatchObject([
      { code: 'fingerprint-misreported', participants: ['a', 'b', 'c'], evidence: { hash: name } },
    ]);
    expect(report.findings[0]?.message).toContain(`its ${name} instead of its SHA-256`);
  });

  it('and one of another secret does not', async () => {
    const report = await shows(createHash('md5').update(`${secret}x`).digest('hex'));
    expect(report.verdict).toBe('inconsistent');
    expect(codes(report)).toEqual(['fingerprint-mismatch']);
  });
});

it('a redirect that tells valid tokens from forged ones is no way to reject', async () => {
  const report = await serviceThat(({ complaint }, response) => {
    response.writeHead(302, { location: complaint === null ? '/dashboard' : '/login?next=/me' }).end();
  });
  expect(codes(report)).toEqual(['probe-inconclusive']);
  expect(report.findings[0]?.remedy).toMatch(/^It redirects a valid token to another place/);
  expect(report.findings[0]?.remedy).not.toContain('rejected');
});

describe('a page for anybody that shows who is signed in', () => {
  const shop = ({ complaint, claims }: Presented, response: ServerResponse): void =>
    send(response, 200, { user: complaint === null ? { id: claims.sub } : null, items: 3 });

  it('is not called open where it has drifted, and its key is found', async () => {
    const report = await serviceThat(shop, { verifies: { key: `${secret}\n` } });
    expect(codes(report)).toEqual(['trailing-newline']);
  });

  it('is not called open where its key is not known', async () => {
    const report = await serviceThat(shop, { verifies: { key: 'something else altogether, unrelated' } });
    expect(report.verdict).toBe('inconclusive');
    expect(codes(report)).toEqual(['probe-inconclusive']);
  });
});

describe('two replicas that take turns', () => {
  // Each variant that is tried shifts which of them meets the last token.
  it.each(some([13, 14, 15, 16], 2))(
    'are told apart whatever was tried before: at most %i attempts',
    async (maxAttempts) => {
      let asked = 0;
      const server = await startServer((request, response) => {
        const key = asked % 2 === 0 ? secret : 'another secret that nobody else has';
        asked += 1;
        if (request.url?.startsWith('/fingerprint'))
          return json({ fingerprint: fingerprintOf(secret) })(request, response);
        const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
        plainAnswer(look(token, { key }), request, response);
      });
      closing.push(server);
      const source = { kind: 'http' as const, url: `${server.origin}/fingerprint` };
      const report = await checked(
        { svc: { source, ...httpProbe(server) } },
        {},
        { followUp: { maxAttempts } },
      );
      expect(codes(report)).toEqual(['replicas-disagree']);
    },
  );
});

it('a token life that a service limits is a matter of token.ttl', async () => {
  const report = await serviceThat(({ complaint, claims }, response) => {
    const isShort = Number(claims.exp) - Number(claims.iat) <= 30;
    if (complaint !== null) return send(response, 401, { error: 'Invalid token' });
    send(response, isShort ? 200 : 401, { error: 'Policy' });
  });
  expect(codes(report)).toEqual(['claims-rejected']);
  expect(report.findings[0]?.remedy).toContain('"token": { "ttl": "15s" }');
});

it('where no token at all is accepted, that is the first thing to look at', async () => {
  const report = await serviceThat((_, response) => send(response, 200, { status: 'ok' }));
  const forged = report.findings.find(({ code }) => code === 'accepts-forged-token');
  expect(forged?.remedy).toMatch(
    /^A request without a token is accepted there as well: see accepts-missing-token first/,
  );
});

it('a socket that tells a valid token from a forged one is not said to have another secret', async () => {
  const server = await startHttpService(plainAnswer);
  const sockets = await startWebSocketServer({
    connected(socket, { url = '/' }) {
      const { complaint } = look(new URL(url, 'ws://127.0.0.1').searchParams.get('token') ?? '');
      if (complaint === null) socket.close(1008, 'too many connections for this user');
      else socket.close(4401, 'invalid token');
    },
  });
  closing.push(server, sockets);
  const probes = [...httpProbe(server).probes, ...socketProbe(sockets).probes];
  const report = await checked({ svc: { probes } });
  expect(codes(report)).toEqual(['rejects-valid-token']);
  expect(textOf(report)).not.toMatch(/reads its secret/);
});

it('a socket that decides later than `settle` has not changed its mind in the follow-up', async () => {
  const server = await startHttpService(plainAnswer);
  const sockets = await startWebSocketServer({
    connected(socket) {
      setTimeout(() => socket.close(4401), 300);
    },
  });
  closing.push(server, sockets);
  const probes = [...httpProbe(server).probes, ...socketProbe(sockets, { settle: '50ms' }).probes];
  const report = await checked({ svc: { probes } });
  expect(codes(report)).toEqual(['websocket-only-rejection']);
  expect(textOf(report)).not.toMatch(/accepted and rejected/);
});

it('where tokens of the issuer are accepted, the configured audience is what is wrong', async () => {
  const verifier = await startHttpService(plainAnswer, { audience: 'real' });
  const issuer = await startServer(async (request, response) => {
    const token = await new SignJWT({ iss: issuerName, aud: 'real', sub: 'user' })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setIssuedAt()
      .setExpirationTime('1m')
      .sign(Buffer.from(secret));
    json({ access_token: token })(request, response);
  });
  closing.push(verifier, issuer);
  const mint = { method: 'POST' as const, url: `${issuer.origin}/mint`, pointer: '/access_token' };
  const report = await checked({ auth: { role: 'issuer', mint }, svc: httpProbe(verifier) });
  expect(codes(report)).toEqual(['rejects-valid-token']);
  expect(report.findings[0]?.remedy).toMatch(/Tokens of auth are accepted there.*`token\.audience`/);
});

it('services behind one gateway that verifies with another key are one finding', async () => {
  const other = `${secret}\n`;
  const gateway = await startHttpService(plainAnswer, { key: other });
  const server = await startServer((request, response) =>
    json({ fingerprint: fingerprintOf(secret) })(request, response),
  );
  closing.push(gateway, server);
  const source = { kind: 'http' as const, url: `${server.origin}/fingerprint` };
  const one = { source, ...httpProbe(gateway) };
  const report = await checked({ orders: one, users: one });
  expect(codes(report)).toEqual(['fingerprint-not-in-use']);
  expect(report.findings[0]?.participants).toEqual(['orders', 'users']);
  expect(report.findings[0]?.remedy).toMatch(
    /^All of them verify with the same key, so look first at a gateway/,
  );
});
