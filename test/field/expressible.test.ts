import { afterEach, describe, expect, it } from 'vitest';
import { json, startServer } from '../support/http-server.js';
import { startWebSocketServer } from '../support/websocket-server.js';
import { checked, codes, httpProbe, look, plainAnswer, startHttpService } from './any-service.js';

const servers: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

const opened = async <T extends { close(): Promise<void> }>(starting: Promise<T>): Promise<T> => {
  const server = await starting;
  servers.push(server);
  return server;
};

const healthy = { verdict: 'consistent', exitCode: 0, level: 'INFO', findings: [] };

describe('a service that chooses its key by kid', () => {
  const byKid = () =>
    opened(
      startHttpService((presented, request, response) => {
        const header = Buffer.from(presented.token.split('.')[0] ?? '', 'base64url').toString();
        if (presented.token !== '' && !header.includes('"kid":"2026-01"')) {
          return json({ message: 'unknown kid' }, 401)(request, response);
        }
        plainAnswer(presented, request, response);
      }),
    );

  it('is consistent once the token has one', async () => {
    const server = await byKid();
    const token = { issuer: 'netra-auth-service', audience: 'netra-platform', header: { kid: '2026-01' } };
    expect(await checked({ svc: httpProbe(server) }, {}, { token })).toMatchObject(healthy);
  });
});

describe('a service that takes the token as the password of Basic', () => {
  it('is consistent', async () => {
    const server = await opened(
      startServer((request, response) => {
        const [, credentials = ''] = /^Basic (.*)$/.exec(request.headers.authorization ?? '') ?? [];
        const token = /^probe:(.*)$/.exec(Buffer.from(credentials, 'base64').toString())?.[1] ?? '';
        if (look(token).complaint === null) return json({ ok: true })(request, response);
        response.writeHead(401, { 'www-authenticate': 'Basic realm="api"' }).end();
      }),
    );
    const headers = { authorization: 'Basic {{base64:probe:{{token}}}}' };
    expect(await checked({ svc: httpProbe(server, { headers }) })).toMatchObject(healthy);
  });
});

describe('a service whose answer has no end', () => {
  it.each([
    ['an event stream', 'text/event-stream', ':\n\n'],
    ['two megabytes', 'application/json', `["${'x'.repeat(2_000_000)}"]`],
  ])('%s is consistent', async (_, type, body) => {
    const server = await opened(
      startHttpService(({ complaint }, _request, response) => {
        response.writeHead(complaint === null ? 200 : 401, {
          'content-type': complaint === null ? type : 'text/plain',
        });
        if (complaint === null) response.write(body);
        else response.end('Unauthorized');
      }),
    );
    expect(await checked({ svc: httpProbe(server) })).toMatchObject(healthy);
    const accepted = { status: [200] };
    expect(await checked({ svc: httpProbe(server, { accepted }) })).toMatchObject(healthy);
  });
});

describe('a socket that takes the token in its second message', () => {
  it('is consistent', async () => {
    const server = await opened(
      startWebSocketServer({
        connected(socket) {
          let greeted = false;
          socket.on('message', (data) => {
            const message = JSON.parse(String(data));
            if (message.msg === 'connect') {
              greeted = true;
              socket.send('{"msg":"connected"}');
            } else if (!greeted) socket.close(1002);
            else {
              const { complaint } = look(message.token);
              socket.send(
                JSON.stringify(complaint === null ? { msg: 'result' } : { msg: 'error', reason: complaint }),
              );
            }
          });
        },
      }),
    );
    const report = await checked({
      svc: {
        probes: [
          {
            kind: 'websocket',
            url: server.url,
            via: 'message',
            settle: '4s',
            messages: [
              { msg: 'connect' },
              { expect: { json: { '/msg': 'connected' } } },
              { msg: 'login', token: '{{token}}' },
            ],
            accepted: { message: { json: { '/msg': 'result' } } },
            rejected: { message: { json: { '/msg': 'error' } } },
          },
        ],
      },
    });
    expect(codes(report)).toEqual([]);
    expect(report).toMatchObject(healthy);
  });
});
