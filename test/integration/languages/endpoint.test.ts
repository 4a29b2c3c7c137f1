import { createHmac } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../../src/model.js';
import { runCli } from '../../support/cli.js';
import { startServer } from '../../support/http-server.js';
import { decoded, proofVectors } from '../../support/proof-vectors.js';
import { fingerprint } from '../../support/service.js';
import { type Built, languages, type Started, scratchFolder, start } from './start.js';

const token = 'a-token-that-is-long-enough';
const key = 'the key that everybody should hold, long enough';
const old = 'the key that everybody held before, long enough';
const headers = { authorization: `Bearer ${token}` };
const names = [...new Set(['api', ...proofVectors.vectors.map(({ service }) => service)])];

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jwtcheck-languages-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs the real command against it; the reference is a variable. */
async function check(url: string, more: object = {}, sent = token): Promise<Report> {
  const source = {
    kind: 'http',
    url,
    require: 'proof',
    headers: { authorization: `Bearer ${sent}` },
    ...more,
  };
  const participants = { store: { source: { kind: 'env', names: ['SECRET'] } }, api: { source } };
  const path = join(folder, 'config.json');
  await writeFile(path, JSON.stringify({ environments: { here: { reference: 'store', participants } } }));
  const run = await runCli(['-c', path, '-f', 'json'], { env: { SECRET: key } });
  return JSON.parse(run.stdout);
}

const codes = (report: Report) => report.findings.map((finding) => finding.code);

describe.each(Object.entries(languages))('in %s', (_language, build) => {
  const scratch = scratchFolder();
  let built: Built;
  let server: Started;

  beforeAll(async () => {
    built = build(scratch.path);
    server = await start(built, { services: names, keys: [key], token });
  }, 120_000);
  afterAll(async () => {
    await server?.stop();
    scratch.remove();
  });

  it.each(proofVectors.vectors)('the test vectors hold: $note', async (vector) => {
    server.hold(decoded(vector.secret));
    const url = `${server.origin}/${names.indexOf(vector.service)}?challenge=${vector.nonce}`;
    const shown = vector.fingerprint.slice(0, 8);
    expect(await (await fetch(url, { headers })).json()).toEqual({
      ...(decoded(vector.secret).length < 32
        ? { reveal: 'proof' }
        : { fingerprint: shown, accepts: [shown] }),
      service: vector.service,
      instance: 'one',
      proof: vector.proof,
    });
  });

  it.each(proofVectors.challengesToRefuse)('the challenge %j is refused', async (challenge) => {
    const url = `${server.origin}/0?challenge=${encodeURIComponent(challenge)}`;
    expect((await fetch(url, { headers })).status).toBe(400);
  });

  it('no fingerprint is shown of a key that could be looked up or guessed, and every key is proved', async () => {
    const published = 'a-string-secret-at-least-256-bits-long';
    const nonce = 'AAECAwQFBgcICQoLDA0ODw';
    const ask = async () => (await fetch(`${server.origin}/0?challenge=${nonce}`, { headers })).json();
    const proofOf = (secret: string) =>
      createHmac('sha256', secret).update(`jwtcheck-proof-v1\napi\n${nonce}`).digest('base64url');
    const common = { reveal: 'proof', service: 'api', instance: 'one' };
    server.hold('k'.repeat(31));
    expect(await ask()).toEqual({ ...common, proof: proofOf('k'.repeat(31)) });
    server.hold(published, key, key);
    const proofs = [proofOf(published), proofOf(key)];
    expect(await ask()).toEqual({ ...common, accepts: [fingerprint(key)], proof: proofs[0], proofs });
  });

  it('an endpoint that reveals proofs alone shows no fingerprint', async () => {
    const other = await start(built, { services: ['api'], keys: [key], token, reveal: 'proof' });
    const answer = await (await fetch(`${other.origin}/0`, { headers })).json();
    await other.stop();
    expect(answer).toEqual({ reveal: 'proof', service: 'api', instance: 'one' });
  });

  it('two challenges are refused, and none is needed', async () => {
    const nonce = 'A'.repeat(22);
    const two = `${server.origin}/0?challenge=${nonce}&challenge=${nonce}`;
    expect((await fetch(two, { headers })).status).toBe(400);
    server.hold(key);
    const without = await fetch(`${server.origin}/0?a=b`, { headers });
    expect(without.headers.get('cache-control')).toBe('no-store');
    expect(without.headers.get('content-type')).toMatch(/^application\/json/);
    expect(await without.json()).not.toHaveProperty('proof');
  });

  it('a challenge is decoded as every query is, and one that cannot be decoded is refused', async () => {
    server.hold(key);
    const nonce = 'A'.repeat(22);
    const ask = async (query: string) => {
      const answer = await fetch(`${server.origin}/0?${query}`, { headers });
      return [answer.status, (await answer.text()).includes('"proof":')];
    };
    for (const query of [`challenge=%41${nonce.slice(1)}`, `%63hallenge=${nonce}`])
      expect([query, await ask(query)]).toEqual([query, [200, true]]);
    for (const query of [
      'challenge=%zz',
      `challenge=${nonce}&challenge=%zz`,
      `challenge=${nonce}&%63hallenge=${nonce}`,
      `challenge=${nonce};b`,
      '%63hallenge',
    ])
      expect([query, await ask(query)]).toEqual([query, [400, false]]);
  });

  it.each(['\n', ' of two words', 'é'])(
    'it does not start with a token that no request can present: %j',
    async (end) => {
      const started = start(built, { services: ['api'], keys: [key], token: `${token}${end}` });
      await expect(started).rejects.toThrow('visible ASCII');
    },
  );

  it('a token has one limit, however it is written', async () => {
    const other = await start(built, { services: ['api'], keys: [key], token });
    const statuses = new Set<number>();
    for (let spaces = 1; spaces < 140; spaces += 1) {
      const authorization = `${spaces % 2 === 0 ? 'Bearer' : 'bearer'}${' '.repeat(spaces)}${token}`;
      const answer = await fetch(`${other.origin}/0`, { headers: { authorization } });
      await answer.text();
      statuses.add(answer.status);
    }
    await other.stop();
    expect([...statuses]).toEqual([200, 429]);
  });

  it.each(proofVectors.servicesToRefuse.filter((name) => name.includes('\n') || name.length > 128))(
    'it does not start under the name %j',
    async (name) => {
      await expect(start(built, { services: [name], keys: [key], token })).rejects.toThrow('128 bytes');
    },
  );

  it('jwtcheck finds it in order, proof and all', async () => {
    server.hold(key);
    const report = await check(`${server.origin}/0`);
    expect(report.verdict).toBe('consistent');
    expect(report.participants[1]).toMatchObject({ proof: 'verified', instances: [{ instance: 'one' }] });
  });

  it('jwtcheck follows it through a rotation without a restart', async () => {
    const url = `${server.origin}/0`;
    server.hold(old, key);
    const before = await check(url);
    expect(before).toMatchObject({ verdict: 'inconsistent', groups: [{ reference: true }, {}] });
    expect(before.participants[1]).toMatchObject({
      proof: 'failed',
      accepts: [fingerprint(old), fingerprint(key)],
    });
    server.hold(key, old);
    const after = await check(url);
    expect(after.verdict).toBe('consistent');
    expect(after.participants[1]).toMatchObject({
      proof: 'verified',
      accepts: [fingerprint(key), fingerprint(old)],
    });
    server.hold(`${key}\n`);
    expect(codes(await check(url))).toEqual(['trailing-newline']);
  });

  it('jwtcheck names the replica with the wrong secret', async () => {
    server.hold(key);
    const other = await start(built, { services: ['api'], keys: [old], token, instance: 'two' });
    let turn = 0;
    const replicas = [server.origin, other.origin];
    const balancer = await startServer(async ({ url = '' }, response) => {
      const answer = await fetch(`${replicas[turn++ % 2]}${url}`, { headers });
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
    });
    try {
      const report = await check(`${balancer.origin}/0`, { samples: 4 });
      expect(codes(report)).toEqual(['replicas-disagree']);
      expect(report.participants[1]?.instances).toContainEqual({
        instance: 'two',
        fingerprint: fingerprint(old),
        samples: 2,
      });
    } finally {
      await balancer.close();
      await other.stop();
    }
  });

  it('a secret that is empty or cannot be read is 503, without a word of why', async () => {
    for (const keys of [[''], [key, '']]) {
      server.hold(...keys);
      const response = await fetch(`${server.origin}/0`, { headers });
      expect(response.status).toBe(503);
      expect(await response.json()).toEqual({
        type: 'about:blank',
        title: 'Service Unavailable',
        status: 503,
        detail: 'The secret could not be read; see the log of the service.',
      });
    }
    server.hold(key);
  });

  it('only who has the token may ask, and only with GET and HEAD', async () => {
    const url = `${server.origin}/0`;
    for (const authorization of [
      '',
      'Bearer',
      `Basic ${token}`,
      `Bearer ${token}x`,
      `Bearer ${token.slice(1)}`,
    ]) {
      const refused = await fetch(url, { headers: { authorization } });
      expect(refused.status).toBe(401);
      expect(refused.headers.get('www-authenticate')).toBe('Bearer realm="jwt-fingerprint"');
      expect(await refused.json()).toMatchObject({ status: 401, title: 'Unauthorized' });
    }
    expect((await fetch(url, { headers, method: 'POST' })).status).toBe(405);
    const head = await fetch(url, { headers, method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    const report = await check(url, {}, 'another-token-of-the-same-kind');
    expect(report).toMatchObject({ verdict: 'inconclusive', exitCode: 3 });
    expect(report.participants[1]?.error).toMatchObject({ code: 'http-status' });
  });

  it('strangers are slowed down, others are not', async () => {
    const ask = () => fetch(`${server.origin}/0`);
    let answer = await ask();
    for (let count = 0; count < 400 && answer.status === 401; count += 1) {
      await answer.text();
      answer = await ask();
    }
    expect(answer.status).toBe(429);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect((await fetch(`${server.origin}/0`, { headers })).status).toBe(200);
  });
});
