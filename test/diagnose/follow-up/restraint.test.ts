import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { runHere } from '../../support/here.js';
import { some } from '../../support/random.js';
import { audience, checked, issuer, participant, secret, startVerifier, type Verifying } from './verifier.js';

const strange: Verifying = { options: { algorithms: ['HS512'] } };

describe('asking again', () => {
  it('is not done where all is well', async () => {
    const { report, requests } = await checked({});
    expect(report.verdict).toBe('consistent');
    expect(requests).toBe(3);
  });

  it.each(
    some(
      [
        ['--no-follow-up', { conduct: { followUp: false } }],
        ['followUp.enabled: false', { config: { followUp: { enabled: false } } }],
        ['followUp.maxAttempts: 0', { config: { followUp: { maxAttempts: 0 } } }],
        ['--no-probes', { conduct: { probes: false } }],
      ],
      2,
    ),
  )('is not done with %s', async (_, more) => {
    const { report, requests } = await checked(strange, more);
    expect(requests).toBe('conduct' in more && 'probes' in more.conduct ? 0 : 3);
    expect(report.findings.map((f) => f.code)).toEqual(requests === 0 ? [] : ['rejects-valid-token']);
  });

  it.each(some([1, 5, 8, 9, 12, 40], 2))('asks %i times at most', async (maxAttempts) => {
    const { requests } = await checked({ key: 'unrelated' }, { config: { followUp: { maxAttempts } } });
    expect(requests - 3).toBeLessThanOrEqual(maxAttempts);
    expect(requests - 3).toBeGreaterThanOrEqual(Math.min(maxAttempts - 7, 17));
  });

  it('is not done where the fingerprint shows the cause', async () => {
    const { report, requests } = await checked({ key: `${secret}\n`, shows: `${secret}\n` });
    expect(report.findings.map((f) => f.code)).toEqual(['trailing-newline']);
    expect(requests).toBe(3);
  });

  it('is not done where bad tokens are taken', async () => {
    const { requests, report } = await checked({
      decide: async (token, verify) => (token === '' || (await verify(token)) === null ? 'no' : null),
    });
    // A valid and a forged token once more, whose answers are compared.
    expect(requests).toBe(5);
    expect(report.findings.map((f) => f.code)).toContain('accepts-forged-token');
  });

  it('is done where the words are about the caller, too, and without an acceptance they stand', async () => {
    const server = await checked({
      refusal: 403,
      decide: async () => 'no',
      complaint: 'invalid_service_secret',
    });
    expect(server.requests).toBeGreaterThan(10);
    expect(server.report).toMatchObject({
      verdict: 'inconclusive',
      exitCode: 3,
      findings: [{ code: 'service-credentials-rejected', severity: 'error' }],
    });
  });

  it('refutes words about the caller by one token that is accepted', async () => {
    const { report } = await checked({ ...strange, refusal: 403, complaint: 'invalid_service_secret' });
    expect(report.findings.map((f) => f.code)).toEqual(['algorithm-mismatch']);
  });

  it('asks for what there is to compare with, where there are no controls', async () => {
    const { report } = await checked(strange, { conduct: { controls: 'none' } });
    expect(report.findings.map((f) => f.code)).toEqual(['algorithm-mismatch']);
  });

  it('uses a fresh token each time, that lives five minutes at most, and shows none', async () => {
    const { report, tokens } = await checked({ key: 'unrelated' });
    const sent = tokens.filter((t) => t !== '');
    expect(new Set(sent).size).toBe(sent.length);
    const ids = new Set<unknown>();
    for (const token of sent) {
      const {
        jti,
        iat = 0,
        exp = 0,
        nbf = 0,
      } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
      ids.add(jti);
      expect(exp - iat).toBeLessThanOrEqual(300);
      expect(exp - Math.max(nbf, Date.now() / 1000 - 5)).toBeLessThanOrEqual(305);
    }
    expect(ids.size).toBe(sent.length);
    const text = JSON.stringify(report);
    for (const token of sent) expect(text).not.toContain(token.split('.')[2]);
    expect(text).not.toContain(secret);
  });
});

it('shows no key that is in use, whatever a service says of it', async () => {
  const key = secret.slice(0, 16);
  const { report } = await checked(
    { key, shows: null, complaint: `expected ${key}, got another` },
    { config: { followUp: { maxAttempts: 200 } } },
  );
  expect(report.findings.map((f) => f.code)).toEqual(['truncated-length']);
  expect(JSON.stringify(report)).not.toContain(key);
  expect(JSON.stringify(report)).toContain('[secret]');
});

it('the command asks again, too, and not with --no-follow-up', async () => {
  const server = await startVerifier(strange);
  const folder = await mkdtemp(join(tmpdir(), 'jwtcheck-'));
  const store = { source: { kind: 'env', names: ['THE_SECRET'] } };
  const environments = {
    staging: { reference: 'store', participants: { store, api: participant({}, server) } },
  };
  await writeFile(
    join(folder, '.jwtcheckrc.json'),
    JSON.stringify({ token: { issuer, audience }, environments }),
  );
  const codes = async (...flags: string[]): Promise<string[]> => {
    const run = await runHere(['--format', 'json', ...flags], { cwd: folder, env: { THE_SECRET: secret } });
    expect(run.code).toBe(1);
    return JSON.parse(run.stdout).findings.map(({ code }: { code: string }) => code);
  };
  try {
    expect(await codes('--no-follow-up')).toEqual(['rejects-valid-token']);
    expect(server.tokens).toHaveLength(3);
    expect(await codes()).toEqual(['algorithm-mismatch']);
  } finally {
    await server.close();
    await rm(folder, { recursive: true });
  }
});

describe('nothing is concluded', () => {
  it.each(
    some(
      [
        [1, 2],
        [1, 3],
        [2, 3],
        [1, 4],
        [2, 4],
        [3, 4],
        [2, 5],
        [3, 5],
        [3, 6],
        [4, 8],
      ],
      3,
    ),
  )('from %i good replicas of %i that answer in turn', async (good, all) => {
    let turn = -1;
    const { report } = await checked({
      decide: async (token, verify) => {
        turn += 1;
        return (await verify(token)) ?? (turn % all < all - good ? 'no' : null);
      },
    });
    for (const { code } of report.findings) {
      expect(['replicas-disagree', 'rejects-valid-token']).toContain(code);
    }
  });

  it('from a verifier that verifies only what it knows', async () => {
    // Another algorithm than HS256 is waved through.
    const { report } = await checked({
      decide: async (token) => {
        if (token === '') return 'no';
        const header = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString());
        return header.alg === 'HS256' ? 'no' : null;
      },
    });
    expect(report.findings.map((f) => f.code)).toEqual(['rejects-valid-token']);
  });

  it('from a cache of verdicts', async () => {
    const cache = new Map<string, string | null>();
    const { report } = await checked({
      decide: async (token, verify) => {
        if (!cache.has(token)) cache.set(token, await verify(token));
        return cache.get(token) ?? null;
      },
      options: { algorithms: ['HS384'] },
    });
    expect(report.findings.map((f) => f.code)).toEqual(['algorithm-mismatch']);
  });

  it('from one that is rate limited', async () => {
    let count = 0;
    const { report, requests } = await checked({
      decide: async () => 'no',
      status: () => (++count > 4 ? 429 : 401),
    });
    expect(report.findings.map((f) => f.code)).toEqual(['rejects-valid-token']);
    expect(requests - 3).toBeLessThanOrEqual(8);
  });
});

describe('types of token', () => {
  const token = { types: { access: { token_type: 'access' }, refresh: { token_type: 'refresh' } } };

  it('names those that are rejected, and the claim', async () => {
    const { report } = await checked(
      {
        decide: async (t) => {
          const result = await jwtVerify(t, Buffer.from(secret), { issuer, audience }).catch(() => null);
          return result?.payload.token_type === 'access' ? null : 'no';
        },
      },
      { token, probe: { tokenTypes: ['access', 'refresh'] } },
    );
    expect(report.findings).toMatchObject([{ code: 'claims-rejected', evidence: { claim: 'token_type' } }]);
  });

  it('names those that are rejected where nothing else is known', async () => {
    const { report } = await checked(
      {
        decide: async (t) => {
          const result = await jwtVerify(t, Buffer.from(secret), { issuer, audience }).catch(() => null);
          return result?.payload.token_type === 'access' ? null : 'no';
        },
      },
      { token, probe: { tokenTypes: ['access', 'refresh'] }, conduct: { followUp: false } },
    );
    expect(report.findings[0]?.message).toContain('Only those of type refresh: access is accepted.');
  });
});
