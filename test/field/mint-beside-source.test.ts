import { afterEach, describe, expect, it } from 'vitest';
import { json, startServer, type TestServer } from '../support/http-server.js';
import { checked, codes, httpProbe, look, plainAnswer, startHttpService } from './any-service.js';
import { shown, startIssuer, tokenOf } from './issuer.js';

const servers: TestServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function started(starting: Promise<TestServer>): Promise<TestServer> {
  const server = await starting;
  servers.push(server);
  return server;
}

describe('a participant with a source whose mint endpoint gives no token', () => {
  it.each([
    ['fails', (): ReturnType<typeof json> => json({ error: 'no' }, 503), 'answered 503 Service Unavailable'],
    ['has no token', () => json({ token: null }), '/access_token is missing'],
    ['gives no JWT', () => json({ access_token: 'opaque' }), '/access_token is not a JWT'],
    [
      'gives an encrypted one',
      () => json({ access_token: `${tokenOf({ alg: 'dir', header: { enc: 'A256GCM' } })}.a.b` }),
      'JWE',
    ],
  ])('(%s) is told, also where nothing is presented', async (_, answer, words) => {
    const shows = await started(startIssuer([{}]));
    const mints = await started(startServer((request, response) => answer()(request, response)));
    const auth = { role: 'issuer', source: shown(shows), mint: { url: `${mints.origin}/token` } } as const;
    const report = await checked({ auth });
    expect(report).toMatchObject({ verdict: 'inconclusive', exitCode: 3 });
    expect(codes(report)).toEqual(['probe-inconclusive']);
    expect(report.findings[0]?.participants).toEqual(['auth']);
    expect(report.findings[0]?.message).toContain('auth did not mint a usable token');
    expect(report.findings[0]?.message).toContain(words);
    const optional = await checked({ auth: { ...auth, optional: true } });
    expect(optional).toMatchObject({ verdict: 'consistent', exitCode: 0 });
    expect(codes(optional)).toEqual(['probe-inconclusive']);
  });

  it('is one finding where it was to be presented', async () => {
    const shows = await started(startIssuer([{}]));
    const mints = await started(startServer(json({ error: 'no' }, 503)));
    const svc = httpProbe(await started(startHttpService(plainAnswer)));
    const auth = { source: shown(shows), mint: { url: `${mints.origin}/token` } };
    expect(codes(await checked({ svc, auth }))).toEqual(['probe-inconclusive']);
  });
});

describe('a token that travels as the password of Basic', () => {
  const basic = (verdictOf: (token: string) => boolean) =>
    started(
      startServer((request, response) => {
        const given = /^Basic (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
        const [, token = ''] = Buffer.from(given, 'base64').toString().split(/:(.*)/s);
        if (token !== '' && verdictOf(token)) return json({ ok: true })(request, response);
        response.setHeader('www-authenticate', 'Basic realm="registry"');
        json({ error: 'Unauthorized' }, 401)(request, response);
      }),
    );
  const headers = { authorization: 'Basic {{base64:jwt:{{token}}}}' };

  it('is rejected, and no credentials of the caller are blamed for that', async () => {
    const server = await basic(() => false);
    const report = await checked({ svc: httpProbe(server, { headers }) });
    expect(codes(report)).toEqual(['rejects-valid-token']);
  });

  it('is accepted where it is good', async () => {
    const right = (token: string) => look(token).complaint === null;
    const report = await checked(
      { svc: httpProbe(await basic(right), { headers }) },
      { controls: ['forged', 'missing'] },
    );
    expect(report).toMatchObject({ verdict: 'consistent', findings: [] });
  });

  it('sent as Bearer where Basic is asked for is about the caller', async () => {
    const report = await checked({ svc: httpProbe(await basic(() => false)) });
    expect(codes(report)).toEqual(['service-credentials-rejected']);
    expect(report.exitCode).toBe(3);
  });
});
