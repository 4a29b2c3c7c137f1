import { afterEach, describe, expect, it } from 'vitest';
import { signatureOf } from '../../src/notify/webhook.js';
import { event } from '../support/events.js';
import { startHook } from '../support/notifier-servers.js';
import { recipient } from './sending.js';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function hook(verifies: string | null, signs: string | undefined) {
  const server = await startHook(verifies);
  open.push(server);
  const headers = { 'X-Jwtcheck-Signature': 'sha256=forged', 'Content-Type': 'text/plain', 'X-Team': 'auth' };
  return {
    server,
    webhook: await recipient(
      {
        kind: 'webhook',
        url: `${server.origin}/hook`,
        headers,
        ...(signs === undefined ? {} : { signingSecret: signs }),
      },
      { SIGN: 'schlüssel-0123456789' },
    ),
  };
}

describe('a webhook', () => {
  it('gets the event as it is, signed', async () => {
    const { server, webhook } = await hook('schlüssel-0123456789', `\${SIGN}`);
    const one = event('drift-detected', { summary: 'ä "quoted" \u2028 \u{1f600}' });
    expect(await webhook.send(one, null)).toEqual({ ok: true, value: null });
    expect(server.taken).toMatchObject([
      {
        event: JSON.parse(JSON.stringify(one)),
        headers: { 'x-team': 'auth', 'x-jwtcheck-event': one.type, 'x-jwtcheck-event-id': one.id },
      },
    ]);
  });

  it('that was given another secret refuses for good', async () => {
    const { webhook } = await hook('another', `\${SIGN}`);
    expect(await webhook.send(event('drift-detected'), null)).toMatchObject({ ok: false, final: true });
  });

  it('has the signature of RFC 4231, test case 2', () => {
    expect(signatureOf('what do ya want for nothing?', 'Jefe')).toBe(
      'sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    );
  });
});
