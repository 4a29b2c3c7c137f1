import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSecretManager } from '../../../src/demo/secret-manager.js';
import { type Config, check, type Report } from '../../../src/index.js';
import type { Algorithm } from '../../../src/model.js';
import type { StartVerifier } from './verifier.js';

/** docs/probes.md. */
const page = readFileSync(new URL('../../../docs/probes.md', import.meta.url), 'utf8');
/** Its blocks that name a verifier, by that name. */
export const blocks = new Map(
  [...page.matchAll(/```json probe=([\w-]+)\n([\s\S]*?)```/g)].map(([, name, text]) => [name, text]),
);

/** The probe as the page shows it, with the host of a server on this machine. */
function probeOf(name: string, host: string): object {
  const text = blocks.get(name);
  if (text === undefined) throw new Error(`docs/probes.md has no block ${name}`);
  return JSON.parse(text.replace(/(http|ws)s:\/\/\w+\.example\.com/, (_, scheme) => `${scheme}://${host}`));
}

const previous = 'Jq3hS8vKx0pLr5mT2nWyZb7cDfGhQ1sUeViXo4aR9kE0wB6tM2yN8uP4';
const current = 'q2wK8sLr5mT0nWyZb7cDfGhQ1sUeViXo4aR9kEJq3hSvB7xY1zA6cD0e';
const secretId = { project: 'example-staging', secret: 'jwt-secret-staging' };
const right = { key: current, algorithm: 'HS256', issuer: 'auth.example.com', audience: 'example' } as const;

/** Claims that a verifier wants beside issuer and audience, as the page says. */
const claims: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'django-simplejwt': { token_type: 'access', user_id: 1 },
};

let manager: Awaited<ReturnType<typeof startSecretManager>>;
async function checked(
  name: string,
  start: StartVerifier,
  settings: { key: string; algorithm: Algorithm; issuer: string; audience: string } = right,
): Promise<Report> {
  const service = await start(settings);
  try {
    const config = {
      token: { issuer: right.issuer, audience: right.audience, claims: claims[name] ?? {} },
      environments: {
        staging: {
          reference: 'store',
          participants: {
            store: { source: { kind: 'google-secret-manager', ...secretId } },
            service: { probes: [probeOf(name, service.host)] },
          },
        },
      },
    };
    return await check({
      // The schema looks at it.
      config: JSON.parse(JSON.stringify(config)) satisfies Config,
      env: {
        SECRET_MANAGER_EMULATOR_HOST: `127.0.0.1:${manager.port}`,
        INTROSPECTION_AUTHORIZATION: `Basic ${Buffer.from('gateway:the secret of the gateway').toString('base64')}`,
      },
      controls: 'all',
    });
  } finally {
    await service.close();
  }
}

const causes = ({ findings }: Report) =>
  findings.filter(({ severity }) => severity === 'error' || severity === 'critical').map(({ code }) => code);

/** Tests of each verifier, probed as the page says. */
export function testVerifiers(verifiers: Readonly<Record<string, StartVerifier>>): void {
  beforeAll(async () => {
    manager = await startSecretManager();
    manager.store.add(secretId, previous);
    manager.store.add(secretId, current);
  });
  afterAll(() => manager.close());

  describe.each(Object.entries(verifiers))('%s', (name, start) => {
    it('with the right secret accepts the valid token and rejects five invalid ones', async () => {
      const report = await checked(name, start);
      const results = Object.fromEntries(report.attempts.map(({ token, result }) => [token, result]));
      expect(results).toEqual({
        genuine: 'accepted',
        forged: 'rejected',
        missing: 'rejected',
        expired: 'rejected',
        unsigned: 'rejected',
        tampered: 'rejected',
      });
      expect(report).toMatchObject({ verdict: 'consistent', exitCode: 0, findings: [] });
    });

    it('with a trailing newline in its secret is told so', async () => {
      expect(causes(await checked(name, start, { ...right, key: `${current}\n` }))).toEqual([
        'trailing-newline',
      ]);
    });

    it('with the previous version of the secret is told so', async () => {
      expect(causes(await checked(name, start, { ...right, key: previous }))).toEqual([
        'stale-secret-version',
      ]);
    });

    it('that wants another algorithm is told so', async () => {
      const report = await checked(name, start, { ...right, algorithm: 'HS512' });
      expect(causes(report)).toEqual(['algorithm-mismatch']);
    });

    it('that wants another issuer is never accused of more, and told so where it says so or tells it apart', async () => {
      const report = await checked(name, start, { ...right, issuer: 'login.example.org' });
      expect(report.verdict).toBe('inconsistent');
      expect([['claims-rejected'], ['rejects-valid-token']]).toContainEqual(causes(report));
    });
  });
}
