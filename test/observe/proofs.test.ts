import { createHmac } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { type FingerprintOptions, nodeHandler } from '../../src/endpoint/index.js';
import { type Config, check } from '../../src/index.js';
import type { Report } from '../../src/model.js';
import { type Answer, json, startServer, type TestServer } from '../support/http-server.js';
import { some } from '../support/random.js';
import { fingerprint } from '../support/service.js';

const key = 'the key that everybody should hold, long enough';
const other = 'another key, which nobody should hold, long enough';
const servers: TestServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serve(answer: Answer): Promise<TestServer> {
  const server = await startServer(answer);
  servers.push(server);
  return server;
}

/** The endpoint as services embed it. */
function endpoint(
  options: Partial<FingerprintOptions> & { secret?: FingerprintOptions['secret'] } = {},
): Answer {
  const handle = nodeHandler({
    service: options.service ?? 'api',
    secret: options.secret ?? (() => key),
    accepts: options.accepts ?? (() => []),
    instance: options.instance,
    unauthenticated: true,
  });
  return (request, response) => void handle(request, response);
}

const challengeOf = (url = '') => new URL(url, 'http://x').searchParams.get('challenge');

/** An endpoint of its own kind, which shows the fingerprint of one key and proves with another. */
const own =
  (shown: string, proving: string, service = 'api'): Answer =>
  (request, response) => {
    const proof = createHmac('sha256', proving)
      .update(`jwtcheck-proof-v1\n${service}\n${challengeOf(request.url)}`)
      .digest('base64url');
    json({ fingerprint: fingerprint(shown), service, proof })(request, response);
  };

type Source = Partial<
  Extract<NonNullable<Config['environments'][string]['participants'][string]['source']>, { kind: 'http' }>
>;

async function ask(answer: Answer | string, source: Source = {}, options: object = {}): Promise<Report> {
  const url = typeof answer === 'string' ? answer : `${(await serve(answer)).origin}/fingerprint`;
  return check({
    config: {
      environments: {
        staging: {
          reference: 'store',
          participants: {
            store: { source: { kind: 'env', names: ['THE_SECRET'] } },
            api: { source: { kind: 'http', url, ...source } },
          },
        },
      },
    },
    env: { THE_SECRET: key },
    ...options,
  });
}

const told = (report: Report) => ({
  verdict: report.verdict,
  proof: report.participants.find((p) => p.name === 'api')?.proof,
  codes: report.findings.map((f) => f.code),
});

const agrees = (proof: 'verified' | 'absent' | null) => ({ verdict: 'consistent', proof, codes: [] });

describe('a proof', () => {
  it('is asked for with a nonce of its own each time, and verified', async () => {
    const server = await serve(endpoint());
    const report = await ask(`${server.origin}/fingerprint`, { samples: 3 });
    expect(told(report)).toEqual(agrees('verified'));
    const challenges = server.requests.map(({ url }) => challengeOf(url));
    expect(challenges.every((challenge) => /^[\w-]{32}$/.test(challenge ?? ''))).toBe(true);
    expect(new Set(challenges).size).toBe(3);
  });

  it('that is wrong distinguishes a copied fingerprint from a key', async () => {
    const report = await ask(own(key, other));
    expect(told(report)).toEqual({ verdict: 'inconsistent', proof: 'failed', codes: ['proof-failed'] });
    expect(report.participants[1]).toMatchObject({ fingerprint: fingerprint(key), agrees: false });
    expect(report.exitCode).toBe(1);
  });

  it('that was given before does not hold again', async () => {
    const server = await serve(endpoint());
    const old = await (await fetch(`${server.origin}/?challenge=${'A'.repeat(32)}`)).json();
    expect(told(await ask(json(old)))).toMatchObject({ verdict: 'inconsistent', codes: ['proof-failed'] });
  });

  it('outweighs the fingerprint', async () => {
    const report = await ask(own(other, key));
    expect(told(report)).toEqual({
      verdict: 'consistent',
      proof: 'verified',
      codes: ['fingerprint-misreported'],
    });
  });

  it('that is missing changes nothing, unless it is required', async () => {
    const without = json({ fingerprint: fingerprint(key) });
    expect(told(await ask(without))).toEqual(agrees('absent'));
    const report = await ask(without, { require: 'proof' });
    expect(told(report)).toEqual({ verdict: 'inconclusive', proof: 'absent', codes: ['proof-missing'] });
    expect(report.exitCode).toBe(3);
    expect(report.participants[1]).toMatchObject({
      agrees: null,
      reachable: true,
      error: { code: 'no-proof' },
    });
  });

  it.each([
    ['an unrelated member', { proof: 'of the pudding' }],
    ['null', { proof: null }],
    ['a number', { proof: 43 }],
  ])('is not %s', async (_name, more) => {
    expect(told(await ask(json({ fingerprint: fingerprint(key), ...more })))).toEqual(agrees('absent'));
  });

  it('of a key that differs fails, and the fingerprint names the cause', async () => {
    const report = await ask(endpoint({ secret: () => `${key}\n` }), { require: 'proof' });
    expect(told(report)).toEqual({ verdict: 'inconsistent', proof: 'failed', codes: ['trailing-newline'] });
  });

  it('is by the key that signs, whatever else verifies', async () => {
    expect(told(await ask(endpoint({ accepts: () => [other] })))).toEqual(agrees('verified'));
    const behind = await ask(endpoint({ secret: () => other, accepts: () => [key] }));
    expect(told(behind)).toMatchObject({ verdict: 'inconsistent', proof: 'failed' });
  });

  it('distinguishes replicas', async () => {
    let turn = 0;
    const replicas = [endpoint({ instance: 'api-1' }), endpoint({ instance: 'api-2', secret: () => other })];
    const report = await ask((request, response) => replicas[turn++ % 2]?.(request, response), {
      samples: 4,
    });
    expect(told(report)).toEqual({ verdict: 'inconsistent', proof: 'failed', codes: ['replicas-disagree'] });
    turn = 0;
    const copied: Answer[] = [own(key, key), own(key, other)];
    const half = await ask((request, response) => copied[turn++ % 2]?.(request, response), { samples: 4 });
    expect(told(half)).toEqual({ verdict: 'inconsistent', proof: 'failed', codes: ['proof-failed'] });
  });

  it('holds whatever the lengths of the fingerprints are', async () => {
    const long = nodeHandler({ service: 'api', secret: () => key, unauthenticated: true, length: 64 });
    expect(told(await ask((request, response) => void long(request, response)))).toEqual(agrees('verified'));
  });
});

describe('the name', () => {
  it('is that of the participant, or the one that the source names', async () => {
    expect(told(await ask(endpoint({ service: 'api-service' }), { service: 'api-service' }))).toEqual(
      agrees('verified'),
    );
  });

  it('of another service proves nothing', async () => {
    const elsewhere = endpoint({ service: 'billing' });
    const report = await ask(elsewhere);
    expect(told(report)).toEqual({ verdict: 'consistent', proof: 'absent', codes: ['proof-missing'] });
    expect(report.findings[0]?.message).toContain('in the name of billing');
    expect(told(await ask(elsewhere, { require: 'proof' }))).toEqual({
      verdict: 'inconclusive',
      proof: 'absent',
      codes: ['proof-missing'],
    });
  });

  it('is not shown where it came from the environment', async () => {
    const env = { THE_SECRET: key, PROVING_NAME: 'a-name-that-nobody-may-see' };
    const source = { require: 'proof', service: '$' + '{PROVING_NAME}' } as const;
    const report = await ask(endpoint({ service: 'billing' }), source, { env });
    expect(report.participants[1]?.error?.message).toContain(
      'made for billing instead of $' + '{PROVING_NAME}',
    );
    expect(JSON.stringify(report)).not.toContain(env.PROVING_NAME);
    expect(told(await ask(endpoint({ service: env.PROVING_NAME }), source, { env }))).toEqual(
      agrees('verified'),
    );
  });

  it('cannot be put on a proof that was fetched from another service', async () => {
    const billing = await serve(endpoint({ service: 'billing' }));
    // It has not the secret: it passes the challenge on, and says that the answer is its own.
    const relaying: Answer = async (request, response) => {
      const answer = await fetch(`${billing.origin}${request.url}`);
      const fetched: object = JSON.parse(await answer.text());
      json({ ...fetched, service: 'api' })(request, response);
    };
    expect(told(await ask(relaying))).toEqual({
      verdict: 'inconsistent',
      proof: 'failed',
      codes: ['proof-failed'],
    });
  });
});

describe('a challenge', () => {
  it.each(
    some(
      [
        ['', '?'],
        ['?', ''],
        ['?a=b%20c+d&e', '&'],
        ['?a=b&', ''],
        ['?a=%zz#part?', '&'],
      ],
      2,
    ),
  )('is appended to %j, which stays as it was', async (query, separator) => {
    const server = await serve(endpoint());
    await ask(`${server.origin}/fp${query}`);
    expect(server.requests[0]?.url?.replace(/challenge=[\w-]{32}$/, 'X')).toBe(
      `/fp${query.replace(/#.*/, '')}${separator}X`,
    );
  });

  it('is left out where no secret could verify the proof, where the URL has one, and where it is turned off', async () => {
    const server = await serve(endpoint());
    const url = `${server.origin}/fingerprint`;
    const none = { verdict: 'consistent', proof: null, codes: [] };
    const expect_ = { expect: fingerprint(key) };
    expect(told(await ask(url, {}, expect_))).toEqual({ ...none, codes: [] });
    expect(told(await ask(`${url}?challenge=${'A'.repeat(22)}`))).toEqual(none);
    expect(told(await ask(url, { challenge: false }))).toEqual(none);
    expect(server.requests.map((request) => challengeOf(request.url))).toEqual([null, 'A'.repeat(22), null]);
    const report = await ask(url, { require: 'proof' }, expect_);
    expect(told(report)).toMatchObject({ verdict: 'inconclusive', proof: null, codes: ['proof-missing'] });
    expect(report.findings[0]?.message).toContain('no secret is available');
  });

  it.each(some([400, 403, 404, 422], 2))('that is refused with %i is not sent again', async (status) => {
    const server = await serve((request, response) =>
      request.url === '/fingerprint'
        ? json({ fingerprint: fingerprint(key) })(request, response)
        : json({ error: 'unknown query' }, status)(request, response),
    );
    expect(told(await ask(`${server.origin}/fingerprint`))).toEqual(agrees('absent'));
    expect(server.requests).toHaveLength(2);
  });

  it.each([401, 405])(
    'is not the reason for a %i: nobody is asked twice with wrong credentials',
    async (status) => {
      const server = await serve(json({}, status));
      const report = await ask(`${server.origin}/fingerprint`);
      expect(told(report)).toMatchObject({ verdict: 'inconclusive', proof: null });
      expect(server.requests).toHaveLength(1);
    },
  );

  it('is not the reason where a service has too many requests', async () => {
    const server = await serve(json({}, 429));
    const report = await ask(`${server.origin}/fingerprint`, {}, { timeoutMs: 2000 });
    expect(told(report)).toMatchObject({ verdict: 'inconclusive', proof: null });
    expect(server.requests.every(({ url }) => challengeOf(url) !== null)).toBe(true);
  });

  it('and its proof are in no report', async () => {
    const server = await serve(own(key, other));
    const report = JSON.stringify(await ask(`${server.origin}/fingerprint`));
    const nonce = challengeOf(server.requests[0]?.url) ?? '';
    expect(report).not.toContain(nonce);
    expect(report).not.toMatch(/[\w-]{43}/);
  });
});

describe('the reference', () => {
  it('that cannot be read is reported, not every proof', async () => {
    const report = await ask(endpoint(), { require: 'proof' }, { env: {} });
    expect(told(report)).toEqual({ verdict: 'inconclusive', proof: null, codes: ['reference-unavailable'] });
  });
});
