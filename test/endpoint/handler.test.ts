import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { type FingerprintOptions, fingerprintHandler } from '../../src/endpoint/index.js';
import { decoded, proofVectors } from '../support/proof-vectors.js';
import { runs } from '../support/random.js';
import { fingerprint } from '../support/service.js';

const key = 'the key that is in use, long enough for anybody';
const token = 'a token of more than sixteen characters';
const shownToken = token.replaceAll(' ', '-');
const url = 'https://service.example/internal/jwt-fingerprint';
const open = { service: 'api', secret: () => key, unauthenticated: true } as const;

const asked = (query = '', init: RequestInit = {}) => new Request(`${url}${query}`, init);
const withToken = (value: string) => asked('', { headers: { authorization: value } });

async function json(options: FingerprintOptions, request = asked()): Promise<Record<string, unknown>> {
  const response = await fingerprintHandler(options)(request);
  expect(response.status).toBe(200);
  return JSON.parse(await response.text());
}

describe('what it tells', () => {
  it('is a fingerprint and the name, and no more than it was given', async () => {
    const response = await fingerprintHandler(open)(asked());
    expect(Object.fromEntries(response.headers)).toEqual({
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    const shown = fingerprint(key);
    expect(await response.json()).toEqual({ fingerprint: shown, accepts: [shown], service: 'api' });
  });

  it('is everything it was given', async () => {
    const loadedAt = new Date('2026-01-31T12:00:00Z');
    const more = {
      environment: 'staging',
      instance: 'api-1',
      version: '7',
      loadedAt,
      algorithm: 'HS256',
      length: 16,
    };
    expect(await json({ ...open, ...more })).toEqual({
      fingerprint: fingerprint(key, 16),
      accepts: [fingerprint(key, 16)],
      service: 'api',
      ...more,
      length: undefined,
      loadedAt: '2026-01-31T12:00:00.000Z',
    });
  });

  it('is of the key in use now, not of the one at start', async () => {
    let held = 'the first key, which is replaced afterwards';
    let version = '7';
    const handle = fingerprintHandler({ ...open, secret: async () => held, version: () => version });
    const ask = async () => (await handle(asked())).json();
    expect(await ask()).toMatchObject({ fingerprint: fingerprint(held), version: '7' });
    held = key;
    version = '8';
    expect(await ask()).toMatchObject({ fingerprint: fingerprint(key), version: '8' });
  });

  it('names every key that verifies, the one that signs first and none twice', async () => {
    const accepts = () => ['an old key, still accepted for an hour', Buffer.from(key)];
    expect(await json({ ...open, accepts })).toMatchObject({
      accepts: [fingerprint(key), fingerprint('an old key, still accepted for an hour')],
    });
  });

  it('is of the exact bytes', async () => {
    const bytes = Uint8Array.of(0xff, 0, 10, 13, ...Buffer.alloc(28, 7));
    expect(await json({ ...open, secret: () => bytes })).toMatchObject({ fingerprint: fingerprint(bytes) });
    expect(await json({ ...open, secret: () => `${key}\n` })).toMatchObject({
      fingerprint: fingerprint(`${key}\n`),
    });
  });
});

describe('a proof', () => {
  it.each(proofVectors.vectors)('is that of the test vectors: $note', async (vector) => {
    const options = { ...open, service: vector.service, secret: () => decoded(vector.secret), length: 64 };
    const isWeak = decoded(vector.secret).length < 32;
    expect(await json(options, asked(`?challenge=${vector.nonce}`))).toEqual({
      ...(isWeak ? { reveal: 'proof' } : { fingerprint: vector.fingerprint, accepts: [vector.fingerprint] }),
      service: vector.service,
      proof: vector.proof,
    });
  });

  it('is by the key that signs, not by one that only verifies', async () => {
    const [vector] = proofVectors.vectors;
    const service = vector?.service ?? '';
    const secret = () => decoded(vector?.secret ?? '');
    const request = asked(`?a=b&challenge=${vector?.nonce}&c=d`);
    const accepts = () => ['another key that verifies, for rotation'];
    expect(await json({ ...open, service, secret, accepts }, request)).toMatchObject({
      proof: vector?.proof,
    });
  });

  it.each(proofVectors.challengesToRefuse)('is not given for %j', async (challenge) => {
    const response = await fingerprintHandler(open)(asked(`?challenge=${encodeURIComponent(challenge)}`));
    expect(response.status).toBe(400);
    expect(await response.text()).not.toContain('proof');
  });

  it('is not given for two challenges', async () => {
    const nonce = 'A'.repeat(22);
    expect((await fingerprintHandler(open)(asked(`?challenge=${nonce}&challenge=${nonce}`))).status).toBe(
      400,
    );
  });
});

describe('a key whose fingerprint would give it away', () => {
  const published = 'a-string-secret-at-least-256-bits-long';
  const nonce = 'AAECAwQFBgcICQoLDA0ODw';
  const proofOf = (secret: string) =>
    createHmac('sha256', secret).update(`jwtcheck-proof-v1\napi\n${nonce}`).digest('base64url');

  it.each<[string, { secret: () => string; algorithm?: string; reveal?: 'proof' }]>([
    ['shorter than the hash', { secret: () => 'k'.repeat(31) }],
    ['shorter than the longer hash of its algorithm', { secret: () => 'k'.repeat(63), algorithm: 'HS512' }],
    ['published', { secret: () => published }],
    ['of an endpoint that gives proofs alone', { secret: () => key, reveal: 'proof' }],
  ])('is never shown, and proved all the same: %s', async (_name, options) => {
    const { secret, ...more } = options;
    const common = { reveal: 'proof', service: 'api', ...('algorithm' in more ? more : {}) };
    expect(await json({ ...open, ...options })).toEqual(common);
    const asking = asked(`?challenge=${nonce}`);
    expect(await json({ ...open, ...options }, asking)).toEqual({ ...common, proof: proofOf(secret()) });
  });

  it('hides none of the others, and every key is proved', async () => {
    const accepts = () => [published, key, 'another key that verifies, long enough'];
    expect(await json({ ...open, accepts }, asked(`?challenge=${nonce}`))).toEqual({
      fingerprint: fingerprint(key),
      accepts: [fingerprint(key), fingerprint('another key that verifies, long enough')],
      reveal: 'proof',
      service: 'api',
      proof: proofOf(key),
      proofs: [key, published, 'another key that verifies, long enough'].map(proofOf),
    });
  });

  it('is known by a list that is up to date in every kit', () => {
    expect(() => execFileSync(process.execPath, ['scripts/published-digests.js', '--check'])).not.toThrow();
  });
});

describe('who may ask', () => {
  const guarded = { service: 'api', secret: () => key, token: shownToken };

  it.each([
    ['nothing', asked()],
    ['another token', withToken('Bearer another-token-of-the-same-kind')],
    ['the beginning of it', withToken(`Bearer ${shownToken.slice(0, -1)}`)],
    ['more than it', withToken(`Bearer ${shownToken}x`)],
    ['another scheme', withToken(`Basic ${shownToken}`)],
    ['it in another case', withToken(`Bearer ${shownToken.toUpperCase()}`)],
    ['an empty one', withToken('Bearer ')],
    ['it in the URL', asked(`?token=${shownToken}`)],
  ])('nobody with %s', async (_name, request) => {
    const response = await fingerprintHandler(guarded)(request);
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="jwt-fingerprint"');
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toEqual({
      type: 'about:blank',
      title: 'Unauthorized',
      status: 401,
      detail: 'Send the token as Authorization: Bearer.',
    });
  });

  it('whoever has the token, or the one that replaces it', async () => {
    const handle = fingerprintHandler({ ...guarded, token: [shownToken, 'the-next-token-for-everybody'] });
    expect((await handle(withToken(`Bearer ${shownToken}`))).status).toBe(200);
    expect((await handle(withToken('bearer the-next-token-for-everybody'))).status).toBe(200);
    expect((await handle(withToken('Bearer the-next-token-for-nobody'))).status).toBe(401);
  });

  it('whoever has the shared key', async () => {
    const sharedKey = { header: 'X-Fingerprint-Key', key: shownToken };
    const handle = fingerprintHandler({ service: 'api', secret: () => key, sharedKey });
    expect((await handle(asked('', { headers: { 'x-fingerprint-key': shownToken } }))).status).toBe(200);
    const refused = await handle(withToken(`Bearer ${shownToken}`));
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toContain('header="X-Fingerprint-Key"');
  });

  it('whoever a function lets in, and nobody where it fails', async () => {
    const reported: unknown[] = [];
    const authorize = async (request: Request) => {
      const who = request.headers.get('x-who');
      if (who === null) throw new Error('who?');
      return who === 'me';
    };
    const onError = (error: unknown) => reported.push(error);
    const handle = fingerprintHandler({ service: 'api', secret: () => key, authorize, onError });
    expect((await handle(asked('', { headers: { 'x-who': 'me' } }))).status).toBe(200);
    expect((await handle(asked('', { headers: { 'x-who': 'you' } }))).status).toBe(403);
    expect((await handle(asked())).status).toBe(503);
    expect(reported).toEqual([new Error('who?')]);
  });

  it('only with GET and HEAD, which answers the same without a body', async () => {
    const handle = fingerprintHandler(open);
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
      const response = await handle(asked('', { method }));
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    }
    const head = await handle(asked('', { method: 'HEAD' }));
    expect([head.status, head.headers.get('content-type')]).toEqual([200, 'application/json']);
    expect(await head.text()).toBe('');
  });

  it('never learns a secret, whatever it sends', async () => {
    const handle = fingerprintHandler({ ...guarded, rateLimit: false });
    const anything = fc.webQueryParameters();
    await fc.assert(
      fc.asyncProperty(anything, fc.string({ unit: 'grapheme-ascii' }), async (query, credential) => {
        const text = await (
          await handle(asked(`?${query}`, { headers: { authorization: credential } }))
        ).text();
        expect(text).not.toContain(key);
        expect(text).not.toContain(fingerprint(key));
      }),
      { numRuns: runs(50, 15) },
    );
  });
});

describe('how often', () => {
  it('is limited, and reports when to try again', async () => {
    let now = 0;
    const rateLimit = { requests: 3, seconds: 30 };
    const handle = fingerprintHandler({ ...open, rateLimit, clock: () => now });
    const statuses = async (count: number) => {
      const all = [];
      for (let i = 0; i < count; i += 1) all.push((await handle(asked())).status);
      return all;
    };
    expect(await statuses(4)).toEqual([200, 200, 200, 429]);
    now += 4_000;
    const response = await handle(asked());
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '6']);
    now += 6_000;
    expect(await statuses(2)).toEqual([200, 429]);
    now += 3_600_000;
    expect(await statuses(4)).toEqual([200, 200, 200, 429]);
  });

  it('strangers may ask does not depend on others, nor others on them', async () => {
    const rateLimit = { requests: 2, seconds: 60 };
    const handle = fingerprintHandler({
      service: 'api',
      secret: () => key,
      token: shownToken,
      rateLimit,
      clock: () => 0,
    });
    const statuses = [];
    for (let i = 0; i < 4; i += 1) statuses.push((await handle(asked())).status);
    expect(statuses).toEqual([401, 401, 429, 429]);
    expect((await handle(withToken(`Bearer ${shownToken}`))).status).toBe(200);
  });

  it('is counted for each caller: by token, else by address, or as the service says', async () => {
    const rateLimit = { requests: 1, seconds: 60 };
    const common = { service: 'api', secret: () => key, rateLimit, clock: () => 0 };
    const second = 'the-token-of-another-caller';
    const byToken = fingerprintHandler({ ...common, token: [shownToken, second] });
    const bearing = (value: string) => withToken(`Bearer ${value}`);
    expect((await byToken(bearing(shownToken), '192.0.2.1')).status).toBe(200);
    expect((await byToken(bearing(shownToken), '192.0.2.2')).status).toBe(429);
    expect((await byToken(bearing(second), '192.0.2.1')).status).toBe(200);
    expect((await byToken(asked(), '192.0.2.1')).status).toBe(401);
    expect((await byToken(asked(), '192.0.2.1')).status).toBe(429);
    expect((await byToken(asked(), '192.0.2.2')).status).toBe(401);

    const caller = (request: Request) => request.headers.get('x-forwarded-for') ?? '';
    const byHeader = fingerprintHandler({ ...common, unauthenticated: true, caller });
    const from = (address: string) => asked('', { headers: { 'x-forwarded-for': address } });
    expect((await byHeader(from('192.0.2.1'))).status).toBe(200);
    expect((await byHeader(from('192.0.2.1'))).status).toBe(429);
    expect((await byHeader(from('192.0.2.2'))).status).toBe(200);
  });

  it('is remembered for the callers that were seen last, however many come', async () => {
    const rateLimit = { requests: 1, seconds: 60 };
    const handle = fingerprintHandler({ ...open, rateLimit, clock: () => 0 });
    const statusFor = async (address: string) => (await handle(asked(), address)).status;
    for (let i = 0; i < 1000; i += 1) expect(await statusFor(`caller-${i}`)).toBe(200);
    expect(await statusFor('caller-999')).toBe(429);
    expect(await statusFor('one more')).toBe(200);
    expect(await statusFor('caller-0')).toBe(200);
  });
});

describe('a secret that cannot be read', () => {
  const hidden = 'hunter2-hunter2-hunter2';

  it.each([
    ['fails', () => Promise.reject(new Error(`cannot read ${hidden}`))],
    [
      'throws',
      () => {
        throw new Error(hidden);
      },
    ],
    ['is empty', () => ''],
    ['has no bytes', () => new Uint8Array()],
    ['is not set', () => undefined],
    ['is null', () => null],
  ])('is an answer of 503 without a word of why: it %s', async (_name, secret) => {
    const errors: unknown[] = [];
    const response = await fingerprintHandler({ ...open, secret, onError: (error) => errors.push(error) })(
      asked(),
    );
    expect(response.status).toBe(503);
    const text = await response.text();
    expect(text).not.toContain(hidden);
    expect(JSON.parse(text)).toMatchObject({ title: 'Service Unavailable', status: 503 });
    expect(errors).toHaveLength(1);
  });

  it('is one where an accepted key is empty, too; and a log that fails changes nothing', async () => {
    const onError = () => {
      throw new Error('no log');
    };
    expect((await fingerprintHandler({ ...open, accepts: () => [''], onError })(asked())).status).toBe(503);
  });

  it('does not end the service where the log fails later', async () => {
    const unhandled: unknown[] = [];
    const listen = (error: unknown) => unhandled.push(error);
    process.on('unhandledRejection', listen);
    const onError = () => Promise.reject(new Error('no log'));
    const handle = fingerprintHandler({ ...open, secret: () => undefined, onError });
    expect((await handle(asked())).status).toBe(503);
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', listen);
    expect(unhandled).toEqual([]);
  });

  it('is logged by default: what kind of error, and where, but not its message, and not every time', async () => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {});
    let now = 0;
    const secret = () => JSON.parse(hidden);
    const handle = fingerprintHandler({ ...open, secret, clock: () => now });
    for (let i = 0; i < 3; i += 1) await handle(asked());
    now += 60_000;
    await handle(asked());
    const lines = logged.mock.calls.map(([line]) => String(line));
    logged.mockRestore();
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(
      /^jwtcheck\/endpoint: the secret of "api" could not be read .*: SyntaxError at /,
    );
    expect(lines[0]).not.toContain('hunter2');
  });

  it('is logged with its code, or as what our own check says', async () => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {});
    const missing = () => readFile(join(tmpdir(), 'there', 'is', 'no', 'such', hidden));
    for (const secret of [missing, () => undefined, () => Promise.reject(hidden)])
      await fingerprintHandler({ ...open, secret })(asked());
    const lines = logged.mock.calls.map(([line]) => String(line).replace(/^.*: /, ''));
    logged.mockRestore();
    expect(lines[0]).toMatch(/^Error ENOENT/);
    expect(lines.slice(1)).toEqual(['check that its variable is set', 'a thrown string']);
  });

  it('is read anew the next time', async () => {
    let held = '';
    const handle = fingerprintHandler({ ...open, secret: () => held, onError: () => {} });
    expect((await handle(asked())).status).toBe(503);
    held = key;
    expect((await handle(asked())).status).toBe(200);
  });
});

describe('what a program without types returns', () => {
  it.each<[string, object, string]>([
    ['a version that is not a text', { version: async () => 'a-live-secret' }, '`version` must be a string'],
    ['no key at all', { secret: undefined, keys: { accepts: [] } }, '`keys` has no key'],
    // A promise would be a new caller at each request, without a limit.
    ['a promise of a caller', { caller: async () => 'one' }, '`caller` must return a string'],
  ])('%s is an error and not published', async (_name, wrong, message) => {
    const errors: unknown[] = [];
    const handle = fingerprintHandler(
      Object.assign({ ...open, onError: (error: unknown) => errors.push(error) }, wrong),
    );
    const response = await handle(asked());
    expect(response.status).toBe(503);
    expect(await response.text()).toContain('The secret could not be read');
    expect(errors).toEqual([expect.objectContaining({ name: 'KeyError', message })]);
  });
});
