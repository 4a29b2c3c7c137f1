import { describe, expect, it } from 'vitest';
import { check } from '../../src/index.js';
import { json, startServer } from '../support/http-server.js';
import { configOf, fingerprint, variable } from '../support/service.js';

const long = Array.from({ length: 20 }, (_, n) => `part-${n}-!`)
  .join('')
  .padEnd(200, '#');
const passphrase = Array.from({ length: 30 }, (_, n) => `word${n}`).join(' ');

/** A service that says `text` wherever it can, to whoever holds `secret`. */
async function reportOf(secret: string, text: string): Promise<string> {
  const server = await startServer((request, response) => {
    const named = { fingerprint: fingerprint(secret), instance: text, version: text };
    if (request.url?.split('?')[0] === '/fingerprint') return json(named)(request, response);
    json({ error: text, message: text }, 401)(request, response);
  });
  try {
    const probes = [{ kind: 'http', url: `${server.origin}/me` }];
    const source = { kind: 'http', url: `${server.origin}/fingerprint` };
    const config = JSON.parse(JSON.stringify(configOf({ api: { source, probes } })));
    return JSON.stringify(await check({ config, env: { [variable]: secret } }));
  } finally {
    await server.close();
  }
}

describe('what services say', () => {
  it.each([
    ['a long secret', long, `${'x'.repeat(20)} ${long}`],
    ['a passphrase', passphrase, `${'x '.repeat(20)}${passphrase}`],
    [
      'a token-like beginning',
      `aaaaaaaaaa.bbbbbbbbbb.cccccccccc!${long}`,
      `aaaaaaaaaa.bbbbbbbbbb.cccccccccc!${long}`,
    ],
  ])('is cut only once its secrets are out: %s', async (_, secret, text) => {
    const http = await reportOf(secret, text);
    expect(http).toContain('[secret]');
    for (const part of ['part-0', 'part-5', 'word0', 'word9', 'cccccccccc']) {
      expect(http).not.toContain(part);
    }
  });

  it('is cut by characters, names at 128 and details at 160', async () => {
    const report = JSON.parse(await reportOf('a secret that nobody says, long enough', '😀'.repeat(200)));
    const [, api] = report.participants;
    expect([...api.version]).toHaveLength(128);
    expect(api.instances[0].instance).toBe(`${'😀'.repeat(127)}…`);
    const details = report.attempts.map((a: { detail: string }) => [...a.detail].length);
    expect(Math.max(...details)).toBe(160);
  });
});
