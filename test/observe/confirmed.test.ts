import { createHash, createHmac } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { type Config, check, type Finding } from '../../src/index.js';
import { tokenOf } from '../field/issuer.js';
import { type Answer, json, startServer, type TestServer } from '../support/http-server.js';
import { complaintAbout } from '../support/jwt-verifier.js';

const secret = 'q2wK8sLr5mT0nWyZb7cDfGhQ1sUeViXo4aR9kEJq3hSv';
/** Three changes: so many others are compared that 8 digits leave something to chance. */
const changed = Buffer.from(`"${secret}"\n`).toString('base64');
const fingerprint = (key: string, digits = 8): string =>
  createHash('sha256').update(key).digest('hex').slice(0, digits);

const servers: TestServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

type Participants = Config['environments'][string]['participants'];

/** Participants with fingerprints that nothing explains: each of them makes a match by chance more likely. */
const unexplained: Participants = Object.fromEntries(
  Array.from({ length: 60 }, (_, n) => [
    `other${n}`,
    { source: { kind: 'pinned', fingerprint: fingerprint(`unknown ${n}`) } } as const,
  ]),
);

async function causeOf(answer: Answer, more: Partial<Participants[string]> = {}, length = 8) {
  const server = await startServer(answer);
  servers.push(server);
  const url = `${server.origin}/fingerprint`;
  const mint = more.mint === undefined ? {} : { mint: { url: `${server.origin}/token` } };
  const report = await check({
    config: {
      fingerprint: { length },
      token: { issuer: 'netra-auth-service', audience: 'netra-platform' },
      environments: {
        staging: {
          reference: 'store',
          participants: {
            store: { source: { kind: 'env', names: ['JWT_SECRET'] } },
            api: { source: { kind: 'http', url }, ...mint },
            ...unexplained,
          },
        },
      },
    },
    env: { JWT_SECRET: secret },
  });
  return report.findings.find(
    (f): f is Finding => f.participants.includes('api') && f.severity !== 'warning',
  );
}

const challengeOf = (url = '') => new URL(url, 'http://x').searchParams.get('challenge');
const proofBy = (key: string, url: string | undefined) =>
  createHmac('sha256', key)
    .update(`jwtcheck-proof-v1\napi\n${challengeOf(url)}`)
    .digest('base64url');

describe('an explanation by 8 digits among many', { timeout: 60_000 }, () => {
  it('is only probable', async () => {
    const found = await causeOf((q, r) => json({ fingerprint: fingerprint(changed) })(q, r));
    expect(found?.evidence.probably).toBe(true);
    expect(found?.message).toContain('probably');
  });

  it('is certain where a proof of possession was made with that key', async () => {
    const found = await causeOf((q, r) =>
      json({ fingerprint: fingerprint(changed), service: 'api', proof: proofBy(changed, q.url) })(q, r),
    );
    expect(found?.evidence).not.toHaveProperty('probably');
    expect(found?.message).not.toContain('probably');
  });

  it('is as probable as before where the proof was made with another key', async () => {
    const found = await causeOf((q, r) =>
      json({ fingerprint: fingerprint(changed), service: 'api', proof: proofBy('another key', q.url) })(q, r),
    );
    expect(found?.evidence.probably).not.toBe(undefined);
  });

  it('is certain where a token was signed with that key', async () => {
    const found = await causeOf(
      (q, r) =>
        json(
          q.url?.startsWith('/token')
            ? { access_token: tokenOf({ key: changed }) }
            : { fingerprint: fingerprint(changed) },
        )(q, r),
      { mint: { url: '' } },
    );
    expect(found?.evidence).not.toHaveProperty('probably');
  });

  it('is certain where a longer fingerprint is shown as well', async () => {
    const answer: Answer = (q, r) =>
      json({ fingerprint: fingerprint(changed), accepts: [fingerprint(changed, 32)] })(q, r);
    const found = await causeOf(answer, {}, 32);
    expect(found?.evidence).not.toHaveProperty('probably');
  });

  it('is certain of a service that accepted a token signed with that key, and shows nothing', async () => {
    const svc = await startServer((request, response) => {
      const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
      const keys = [changed];
      const wrong = token === '' ? 'none' : complaintAbout(token, { keys, now: Date.now() });
      json(wrong === null ? { ok: true } : { error: 'no' }, wrong === null ? 200 : 401)(request, response);
    });
    servers.push(svc);
    const report = await check({
      config: {
        followUp: { maxAttempts: 200 },
        environments: {
          staging: {
            reference: 'store',
            participants: {
              store: { source: { kind: 'env', names: ['JWT_SECRET'] } },
              api: { source: { kind: 'pinned', fingerprint: fingerprint(changed) } },
              svc: { probes: [{ kind: 'http', url: `${svc.origin}/me` }] },
              ...unexplained,
            },
          },
        },
      },
      env: { JWT_SECRET: secret },
    });
    const of = (name: string) =>
      report.findings.find((f) => f.participants.includes(name) && f.severity !== 'warning');
    expect(of('api')?.evidence.probably).toBe(true);
    expect(of('svc')?.code).toBe(of('api')?.code);
    expect(of('svc')?.evidence).not.toHaveProperty('probably');
  });
});
