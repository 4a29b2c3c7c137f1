import { afterEach, describe, expect, it } from 'vitest';
import { json, type TestServer } from '../support/http-server.js';
import { checked, codes, httpProbe, type Presented, startHttpService } from './any-service.js';

const servers: TestServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

type Answer = Parameters<typeof startHttpService>[0];

/** A service that accepts valid tokens, and answers anything else as told. */
async function service(toInvalid: Answer): Promise<TestServer> {
  const server = await startHttpService((presented: Presented, request, response) => {
    if (presented.complaint === null) json({ ok: true })(request, response);
    else toInvalid(presented, request, response);
  });
  servers.push(server);
  return server;
}

const redirect: Answer = (_presented, _request, response) => {
  response.writeHead(302, { location: '/login' }).end();
};

describe('an invalid token', () => {
  it.each<[string, Answer]>([
    ['an error', (_, ...both) => json({ error: 'internal' }, 500)(...both)],
    ['a dropped connection', (_presented, request) => request.socket.destroy()],
    ['422', (_, ...both) => json({ msg: 'bad' }, 422)(...both)],
    [
      'a login page',
      (_presented, _request, response) => {
        response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Sign in</title>');
      },
    ],
  ])('that gets %s is rejected, which is mentioned', async (_, answer) => {
    const report = await checked({ svc: httpProbe(await service(answer)) });
    expect(report).toMatchObject({ verdict: 'consistent', exitCode: 0 });
    expect(codes(report)).toEqual(['probe-inconclusive']);
  });

  it.each<[string, Answer]>([
    ['429', (_, ...both) => json({}, 429)(...both)],
    ['a redirect', redirect],
    ['no answer', () => {}],
  ])('that gets %s is not known to be rejected', async (_, answer) => {
    const report = await checked({ svc: httpProbe(await service(answer), { timeout: '300ms' }) });
    expect(report).toMatchObject({ verdict: 'inconclusive', exitCode: 3, level: 'WARNING' });
    expect(codes(report)).toEqual(['probe-inconclusive']);
  });

  it('that is redirected is rejected once the matcher is pasted', async () => {
    const report = await checked({ svc: httpProbe(await service(redirect)) });
    const [line] = /"rejected": .*$/m.exec(report.findings[0]?.remedy ?? '') ?? [''];
    const matcher = JSON.parse(`{${line}}`);
    expect(matcher).toEqual({ rejected: { status: [302, 401, 403] } });
    const again = await checked({ svc: httpProbe(await service(redirect), matcher) });
    expect(again).toMatchObject({ verdict: 'consistent', findings: [] });
  });
});
