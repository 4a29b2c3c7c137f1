import { afterAll, beforeAll, expect, it } from 'vitest';
import { summaryOf } from '../../src/monitor/server/monitor-status.js';
import { event } from '../support/events.js';
import { startServer, type TestServer } from '../support/http-server.js';
import { aReport } from '../support/reports.js';
import { recipient } from './sending.js';

const where = '127.0.0.1:9123';
let server: TestServer;
let body = '';
beforeAll(async () => {
  server = await startServer(async (request, response) => {
    body = '';
    for await (const chunk of request) body += String(chunk);
    response.writeHead(202, { 'content-type': 'application/json' });
    response.end('{"status":"success","dedup_key":"x"}');
  });
});
afterAll(() => server.close());

it.each([
  { kind: 'slack' },
  { kind: 'pagerduty', routingKey: 'a'.repeat(32) },
  { kind: 'alertmanager' },
  { kind: 'webhook' },
] as const)('an alert by $kind names the emulator that was asked', async (settings) => {
  const notifier = await recipient({ ...settings, url: `${server.origin}/x` });
  await notifier.send(event('drift-detected', { emulators: [where] }), null);
  expect(body).toContain(where);
  await notifier.send(event('drift-detected'), null);
  expect(body).not.toBe('');
  expect(body.toLowerCase()).not.toContain('emulator');
});

it('the status page names it, too', () => {
  expect(summaryOf(aReport({ emulators: [where] })).emulator).toBe(`Secret Manager emulator at ${where}`);
  expect(summaryOf(aReport()).emulator).toBeNull();
});
