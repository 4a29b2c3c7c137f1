import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { TlsFiles } from '../../../src/observe/network/tls.js';
import { noAnswer, readInTime } from '../../../src/system/slow-files.js';
import { authority } from '../../support/certificates.js';
import { startServer, startTlsServer } from '../../support/http-server.js';
import { closeAfterEach, get, hello, network, opened } from './client.js';

closeAfterEach();

describe('TLS', () => {
  const ca = { ca: 'ca.pem' };

  it('trusts the configured authority', async () => {
    const server = await opened(startTlsServer(hello));
    expect(await network().request(get(server.origin, { tls: ca }))).toMatchObject({ ok: true });
  });

  it.each([
    ['server', {}, 'not trusted here'],
    ['self-signed', {}, 'self-signed'],
    ['expired', ca, 'has expired'],
    ['future', ca, 'not valid yet'],
    ['other-host', ca, 'another host name'],
    ['server', { ...ca, serverName: 'wrong.example.test' }, 'another host name'],
  ] as const)('refuses the certificate %s with %j', async (certificate, tls, words) => {
    const server = await opened(startTlsServer(hello, { certificate }));
    const outcome = await network().request(get(server.origin, { tls }));
    expect(outcome).toMatchObject({
      ok: false,
      error: { code: 'tls', message: expect.stringContaining(words) },
    });
    expect(outcome).toMatchObject({ error: { hint: expect.any(String) } });
    expect(server.requests).toHaveLength(0);
  });

  it('expects `serverName`', async () => {
    const server = await opened(startTlsServer(hello, { certificate: 'other-host' }));
    const tls = { ...ca, serverName: 'elsewhere.example.test' };
    expect(await network().request(get(server.origin, { tls }))).toMatchObject({ ok: true });
    expect(await network().request(get(server.origin, { tls, fresh: true }))).toMatchObject({ ok: true });
  });

  it('expects the name of the URL at every address, whatever the Host header', async () => {
    const server = await opened(startTlsServer(hello));
    const url = `https://auth.example.test:${server.port}`;
    const right = get(url, { tls: ca, address: '127.0.0.1', headers: { host: 'other.example.test' } });
    expect(await network().request(right)).toMatchObject({ ok: true });
    const wrong = get(`https://not.example.test:${server.port}`, { tls: ca, address: '127.0.0.1' });
    expect(await network().request(wrong)).toMatchObject({ ok: false, error: { code: 'tls' } });
  });

  it('presents a client certificate', async () => {
    const server = await opened(startTlsServer(hello, { clients: true }));
    const without = await network({ retries: 0 }).request(get(server.origin, { tls: ca }));
    expect(without).toMatchObject({
      ok: false,
      error: { code: expect.stringMatching(/tls|connection/), hint: expect.stringContaining('`tls.cert`') },
    });
    const tls = { ...ca, cert: 'client.pem', key: 'leaf.key' };
    expect(await network().request(get(server.origin, { tls }))).toMatchObject({ ok: true });
  });

  it('reports a server that speaks plain HTTP', async () => {
    const server = await opened(startServer(hello));
    const outcome = await network().request(get(server.origin.replace('http:', 'https:')));
    expect(outcome).toMatchObject({
      ok: false,
      error: { code: 'tls', message: expect.stringContaining('does not speak TLS') },
    });
  });

  it.each([
    [{ ca: 'missing.pem' }, 'shown:missing.pem that tls.ca names does not exist'],
    [{ ca: '.' }, 'shown:. that tls.ca names is a folder'],
    [{ ca: 'make.sh' }, 'shown:make.sh that tls.ca names holds no PEM certificate'],
    [{ cert: 'leaf.key', key: 'leaf.key' }, 'shown:leaf.key that tls.cert names holds no PEM certificate'],
    [{ cert: 'client.pem', key: 'ca.pem' }, 'shown:ca.pem that tls.key names is not the PEM private key'],
    [{ cert: 'client.pem' }, 'tls.cert needs tls.key'],
    [{ key: 'leaf.key' }, 'tls.key needs tls.cert'],
  ])('tells of files that are unusable: %j', async (tls, words) => {
    const one = network({ label: (text) => `shown:${text}` });
    const outcome = await one.request(get('https://127.0.0.1:9', { tls }));
    expect(outcome).toMatchObject({
      ok: false,
      error: { code: 'tls', message: expect.stringContaining(words) },
    });
  });

  it('names no path that it does not know to be fit to be shown', async () => {
    const outcome = await network().request(get('https://127.0.0.1:9', { tls: { ca: 'hidden.pem' } }));
    expect(JSON.stringify(outcome)).not.toContain('hidden');
  });

  it('reads a file again that could not be read before', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'jwtcheck-'));
    const server = await opened(startTlsServer(hello));
    const one = network({ folder });
    expect(await one.request(get(server.origin, { tls: ca }))).toMatchObject({ ok: false });
    writeFileSync(join(folder, 'ca.pem'), authority());
    expect(await one.request(get(server.origin, { tls: ca }))).toMatchObject({ ok: true });
    rmSync(folder, { recursive: true });
  });

  it('keeps its files while the disk does not answer', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'jwtcheck-'));
    writeFileSync(join(folder, 'ca.pem'), authority());
    const files = new TlsFiles({ folder, label: undefined });
    await files.read({ ca: 'ca.pem' });
    let answer = (): void => {};
    const stuck = new Promise<void>((resolve) => {
      answer = resolve;
    });
    expect(await readInTime(() => stuck, { place: folder, ms: 1 })).toBe(noAnswer);
    expect(await files.haveChanged()).toBe(false);
    await expect(files.read({ ca: 'other.pem' })).rejects.toThrow('was not read in time');
    answer();
    await stuck;
    expect(await files.haveChanged()).toBe(false);
    rmSync(folder, { recursive: true });
  });

  it('takes up no earlier session, so that every connection checks the certificate', async () => {
    const reused: boolean[] = [];
    const server = await opened(
      startTlsServer(({ socket }, response) => {
        if (socket instanceof TLSSocket) reused.push(socket.isSessionReused());
        response.end();
      }),
    );
    const one = network();
    for (let n = 0; n < 3; n++) {
      expect(await one.request(get(server.origin, { tls: ca, fresh: n > 0 }))).toMatchObject({ ok: true });
      // A session comes only after the handshake (RFC 8446 §4.6.1).
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(reused).toEqual([false, false, false]);
  });
});
