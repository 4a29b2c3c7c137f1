import { createServer } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { type FingerprintOptions, nodeHandler } from '../../src/endpoint/index.js';
import type { Config } from '../../src/index.js';
import { fingerprint } from '../support/service.js';
import { checked, secret } from './any-service.js';
import { listening, type RunningVerifier } from './verifiers/verifier.js';

const running: RunningVerifier[] = [];
afterEach(async () => {
  for (const one of running.splice(0)) await one.close();
});

type Keys = Pick<FingerprintOptions, 'secret' | 'accepts' | 'reveal'>;

/** A service that embeds the endpoint; several of them are replicas behind one address. */
async function embedding(...replicas: readonly Keys[]): Promise<string> {
  const handlers = replicas.map((keys) =>
    nodeHandler({ service: 'svc', unauthenticated: true, reveal: 'proof', onError: () => {}, ...keys }),
  );
  let turn = 0;
  const server = await listening(
    createServer((request, response) => {
      const handler = handlers[turn % handlers.length];
      turn += 1;
      void handler?.(request, response);
    }),
  );
  running.push(server);
  return `http://${server.host}/fingerprint`;
}

const other = 'another secret that nobody here knows, long enough';
const source = (url: string, more: object = {}) => ({
  svc: { source: { kind: 'http', url, ...more } as const },
});

describe('an endpoint that proves its key and shows no fingerprint', () => {
  it('agrees where it proves the right secret, and its fingerprint is that of the secret that fits', async () => {
    const report = await checked(source(await embedding({ secret: () => secret })));
    expect(report).toMatchObject({ verdict: 'consistent', findings: [] });
    expect(report.participants[1]).toMatchObject({
      agrees: true,
      fingerprint: fingerprint(secret),
      error: null,
    });
  });

  it.each([
    ['a newline at its end', `${secret}\n`, 'trailing-newline'],
    ['quotes around it', `"${secret}"`, 'quotes-kept'],
    ['a published secret', 'your-256-bit-secret', 'published-default'],
    ['a fallback', 'staging-jwt-secret-key', 'hardcoded-fallback'],
  ])('is told what is wrong with it: %s', async (_name, key, code) => {
    const more: Partial<Config> = { knownFallbacks: ['staging-jwt-secret-key'] };
    const report = await checked(source(await embedding({ secret: () => key })), {}, more);
    expect(report.verdict).toBe('inconsistent');
    expect(report.findings.map((finding) => [finding.code, finding.participants])).toEqual([[code, ['svc']]]);
    expect(report.participants[1]).toMatchObject({ agrees: false, fingerprint: fingerprint(key) });
  });

  it('differs where no secret is available fits, and no fingerprint is made up', async () => {
    const report = await checked(source(await embedding({ secret: () => other })));
    expect(report.participants[1]).toMatchObject({ agrees: false, fingerprint: null });
    expect(report.findings).toMatchObject([{ code: 'fingerprint-mismatch', participants: ['svc'] }]);
    expect(report.findings[0]?.message).toBe(
      'svc proves to hold another secret than store, and none that jwtcheck knows.',
    );
  });

  it('is known by its proofs where the key is too short to show its fingerprint', async () => {
    const url = await embedding({ secret: () => 'short', reveal: 'fingerprint' });
    const report = await checked(source(url), { env: { THE_SECRET: 'short' } });
    expect(report.participants[1]).toMatchObject({ agrees: true, fingerprint: fingerprint('short') });
  });

  it('with replicas of several keys is told so', async () => {
    const url = await embedding({ secret: () => secret }, { secret: () => `${secret}\n` });
    const report = await checked(source(url, { samples: 4 }));
    expect(report.findings).toMatchObject([{ code: 'replicas-disagree', participants: ['svc'] }]);
    expect(report.findings[0]?.message).toMatch(/^Replicas of svc prove to hold different secrets: 2 × /);
  });

  it('proves every key that it accepts', async () => {
    const keys = { secret: () => secret, accepts: () => ['staging-jwt-secret-key'] };
    const more: Partial<Config> = { knownFallbacks: ['staging-jwt-secret-key'] };
    const report = await checked(source(await embedding(keys)), {}, more);
    expect(report.participants[1]?.accepts).toContain(fingerprint(secret));
    expect(report.verdict).toBe('consistent');
  });

  it('cannot be told without the secret', async () => {
    const url = await embedding({ secret: () => secret });
    const report = await checked(source(url), { expect: fingerprint(secret) });
    expect(report.participants.find(({ name }) => name === 'svc')).toMatchObject({
      agrees: null,
      error: { code: 'no-proof', message: expect.stringContaining('only proofs') },
    });
    expect(report.exitCode).toBe(3);
  });
});
