import { afterAll, describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import type { RunningWebSocketServer } from '../support/websocket-server.js';
import { checked, codes, type Presented, socketProbe, startSocketService } from './any-service.js';

const servers: RunningWebSocketServer[] = [];
afterAll(async () => {
  await Promise.all(servers.map((server) => server.close()));
});

async function service(
  connected: (presented: Presented, socket: WebSocket) => void,
): Promise<RunningWebSocketServer> {
  const server = await startSocketService(connected);
  servers.push(server);
  return server;
}

const say = (socket: WebSocket, message: unknown): void => socket.send(JSON.stringify(message));

/** Short enough for a test; the longer wait is five seconds all the same. */
const settle = '100ms';

// Each of them waits for five seconds: all at the same time.
describe.concurrent('a socket that opens at once', () => {
  it('and decides later than settle is not called open', async () => {
    const server = await service(({ complaint }, socket) => {
      setTimeout(() => (complaint === null ? say(socket, { type: 'ready' }) : socket.close(1008)), 1500);
    });
    const report = await checked({ svc: socketProbe(server, { settle }) });
    expect(report).toMatchObject({ verdict: 'consistent', exitCode: 0, findings: [] });
    expect(report.attempts.find((a) => a.token === 'forged')?.detail).toContain('later than `settle`');
  });

  it('and waits for a message was asked nothing', async () => {
    const server = await service((_, socket) => {
      socket.on('message', () => socket.close(4403));
    });
    const report = await checked({ svc: socketProbe(server, { settle }) });
    expect(report).toMatchObject({ verdict: 'inconclusive', exitCode: 3, level: 'WARNING' });
    expect(codes(report)).toEqual(['probe-inconclusive']);
    expect(report.findings[0]?.message).toContain('nothing was asked of it');
    for (const way of ['accepted.message', '"via": "message"', 'messages'])
      expect(report.findings[0]?.remedy).toContain(way);
  });

  it.each([
    ['asks for a login', { type: 'auth_required' }],
    ['opens Engine.IO', { sid: 'qN1xW', upgrades: [], pingInterval: 25_000, pingTimeout: 20_000 }],
  ])('and %s was asked nothing', async (_, greeting) => {
    const server = await service((_presented, socket) => say(socket, greeting));
    const report = await checked({ svc: socketProbe(server, { settle }) });
    expect(codes(report)).toEqual(['probe-inconclusive']);
    expect(report.level).toBe('WARNING');
  });

  it.each<[string, unknown, string | null]>([
    ['nothing', null, null],
    [
      'another message',
      { type: 'error', message: 'no' },
      '"accepted": { "message": { "json": { "/type": "ready" } } }',
    ],
  ])('and sends %s to what is invalid tells tokens apart', async (_, toInvalid, matcher) => {
    const server = await service(({ complaint }, socket) => {
      if (complaint === null) say(socket, { type: 'ready' });
      else if (toInvalid !== null) say(socket, toInvalid);
    });
    const report = await checked({ svc: socketProbe(server, { settle }) });
    expect(report).toMatchObject({ verdict: 'inconclusive', exitCode: 3 });
    expect(codes(report)).toEqual(['probe-inconclusive']);
    expect(report.findings[0]?.remedy).toContain(
      matcher ?? '"accepted": { "message": { "json": { "/type": "ready" } } }',
    );
    const accepted = { message: { json: { '/type': 'ready' } } };
    expect((await checked({ svc: socketProbe(server, { settle, accepted }) })).verdict).toBe('consistent');
  });

  it('and welcomes everyone alike is open to everyone', async () => {
    const server = await service((_, socket) => say(socket, { type: 'connection_established' }));
    const report = await checked({ svc: socketProbe(server, { settle }) });
    expect(report.level).toBe('EMERGENCY');
    expect(codes(report)).toContain('accepts-forged-token');
  });

  it('and only looks at whether there is a token accepts forged ones', async () => {
    const server = await service(({ token }, socket) => {
      if (token === '') socket.close(1008);
    });
    const report = await checked({ svc: socketProbe(server, { settle }) });
    expect(report.level).toBe('EMERGENCY');
    expect(codes(report)).toContain('accepts-forged-token');
  });
});
