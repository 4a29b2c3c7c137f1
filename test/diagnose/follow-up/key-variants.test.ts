import { compactVerify } from 'jose';
import { afterEach, describe, expect, it } from 'vitest';
import { type Config, check } from '../../../src/index.js';
import {
  audience,
  checkAgainst,
  checked,
  issuer,
  participant,
  secret,
  startVerifier,
  startVerifyingSocket,
  type Verifying,
} from './verifier.js';

const fallback = 'development-only-fallback-of-the-code';
const knownFallbacks: Partial<Config> = { knownFallbacks: [fallback] };
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

describe('the key in use', () => {
  it.each<[string, Verifying, string]>([
    ['a fallback', { key: fallback }, 'knownFallbacks[0]'],
    ['the secret with a newline', { key: `${secret}\n` }, 'store with a newline at its end'],
  ])('%s is named where the fingerprint is of another one', async (_, how, accepts) => {
    const { report, requests } = await checked(how, { config: knownFallbacks });
    expect(report.findings).toMatchObject([
      {
        code: 'fingerprint-not-in-use',
        participants: ['api'],
        evidence: { accepts: [accepts], probe: 'me' },
      },
    ]);
    expect(report.findings).toHaveLength(1);
    expect(requests - 3).toBeLessThanOrEqual(24);
  });

  it.each<[string, Verifying, string]>([
    ['a fallback', { key: fallback }, 'hardcoded-fallback'],
    ['the secret with a newline', { key: `${secret}\n` }, 'trailing-newline'],
    ['the secret decoded', { key: Buffer.from(secret, 'base64') }, 'base64-decoded'],
  ])('%s is the cause where there is no fingerprint', async (_, how, code) => {
    const { report, requests } = await checked({ ...how, shows: null }, { config: knownFallbacks });
    expect(report.findings).toMatchObject([{ code, participants: ['api'] }]);
    expect(report.findings).toHaveLength(1);
    expect(requests - 3).toBeLessThanOrEqual(24);
  });

  it('is that of another participant whose tokens are taken, which needs no further request', async () => {
    const tests = { source: { kind: 'env' as const, names: ['TESTS'] } };
    const { report, requests } = await checked(
      { key: 'another key, of the tests, 32 bytes or so' },
      { others: { tests }, env: { TESTS: 'another key, of the tests, 32 bytes or so' } },
    );
    expect(report.findings.find((f) => f.participants.includes('api'))).toMatchObject({
      code: 'fingerprint-not-in-use',
      evidence: { accepts: ['tests'] },
    });
    expect(requests).toBe(4);
  });

  it.each<[string, string, Partial<Config>]>([
    ['that must differ', 'PRODUCTION', { crossCheck: ['production'] }],
    ['that is read by nobody', 'PRODUCTION', {}],
    ['also where it is a fallback', 'PRODUCTION', { crossCheck: ['production'], ...knownFallbacks }],
  ])('of another environment never signs a token: %s', async (_, name, config) => {
    const key = config.knownFallbacks === undefined ? 'the live secret of production, 32 bytes' : fallback;
    const server = await startVerifier({ key, shows: null });
    closing.push(server.close);
    const held = { source: { kind: 'env' as const, names: [name] } };
    const store = { source: { kind: 'env' as const, names: ['THE_SECRET'] } };
    const report = await check({
      config: {
        token: { issuer, audience },
        ...config,
        environments: {
          staging: {
            reference: 'store',
            participants: { store, api: participant({ shows: null }, server) },
          },
          production: { reference: 'held', participants: { held } },
        },
      },
      environment: 'staging',
      env: { THE_SECRET: secret, [name]: key },
    });
    expect(report.findings.map((f) => f.code)).toEqual(['rejects-valid-token']);
    expect(server.tokens.length).toBeGreaterThan(10);
    const text = new TextEncoder().encode(key);
    const signed = await Promise.all(
      server.tokens.map((token) =>
        compactVerify(token, text).then(
          () => true,
          () => false,
        ),
      ),
    );
    expect(signed).not.toContain(true);
  });

  it('is not named where nothing known is in use', async () => {
    const how = { key: 'something else altogether', shows: null };
    const { report } = await checked(how, { config: knownFallbacks });
    expect(report.findings.map((f) => f.code)).toEqual(['rejects-valid-token']);
  });
});

describe('a WebSocket with a key of its own', () => {
  async function overBoth(socketHow: Verifying, shows: string | null = secret) {
    const service = await startVerifier({ shows });
    const socket = await startVerifyingSocket(socketHow);
    closing.push(service.close, socket.close);
    const api = participant({ shows }, service, { socket });
    return checkAgainst({ api }, [service, socket], { config: knownFallbacks });
  }

  it('is named where it is known', async () => {
    const { report, requests } = await overBoth({ key: fallback });
    expect(report.findings).toMatchObject([
      { code: 'fingerprint-not-in-use', evidence: { accepts: ['knownFallbacks[0]'], probe: 'ws' } },
    ]);
    expect(requests).toBeLessThanOrEqual(6 + 24);
  });

  it('is the cause by itself without a fingerprint', async () => {
    const { report } = await overBoth({ key: fallback }, null);
    expect(report.findings.map((f) => f.code)).toEqual(['hardcoded-fallback']);
  });

  it('is identified by the algorithm that it accepts', async () => {
    const { report } = await overBoth({ options: { algorithms: ['HS512'] } });
    expect(report.findings).toMatchObject([{ code: 'algorithm-mismatch', evidence: { probe: 'ws' } }]);
  });

  it('is no more than a WebSocket that refuses, where it is not known', async () => {
    const { report } = await overBoth({ key: 'made up by its own container' });
    expect(report.findings.map((f) => f.code)).toEqual(['websocket-only-rejection']);
  });
});
