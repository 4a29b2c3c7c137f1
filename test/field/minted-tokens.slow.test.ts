import { afterEach, describe, expect, it } from 'vitest';
import type { Report } from '../../src/index.js';
import { json, type TestServer } from '../support/http-server.js';
import type { Key } from '../support/jwt-verifier.js';
import { some } from '../support/random.js';
import { fingerprint } from '../support/service.js';
import { checked, httpProbe, plainAnswer, secret, startHttpService, type Verifies } from './any-service.js';
import { type Made, mint, shown, startIssuer, tokenOf } from './issuer.js';

const servers: TestServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

const started = async (starting: Promise<TestServer>): Promise<TestServer> => {
  const server = await starting;
  servers.push(server);
  return server;
};

/** Shows the fingerprint of the right secret, and verifies tokens. */
const service = (verifies: Verifies = {}) =>
  started(
    startHttpService(
      (presented, request, response) =>
        request.url?.startsWith('/fingerprint')
          ? json({ fingerprint: fingerprint(secret) })(request, response)
          : plainAnswer(presented, request, response),
      verifies,
    ),
  );

/** A verifier in order that shows its fingerprint. */
async function verifier(verifies: Verifies = {}) {
  const api = await service(verifies);
  return { source: shown(api), ...httpProbe(api) };
}

const named = ({ findings }: Report) => findings.map(({ code, participants }) => [code, participants]);
const about = ({ participants }: Report, name: string) => participants.find((p) => p.name === name);

/** Checks an issuer that only mints, beside a verifier in order. */
async function mintedBy(...replicas: readonly (Made | (() => unknown))[]): Promise<Report> {
  const server = await started(startIssuer(replicas));
  return checked({ api: await verifier(), auth: { role: 'issuer', mint: mint(server) } });
}

/** The same, of an issuer that shows the right fingerprint beside it. */
async function shownAndMintedBy(...replicas: readonly (Made | (() => unknown))[]): Promise<Report> {
  const server = await started(startIssuer(replicas));
  return checked({
    api: await verifier(),
    auth: { role: 'issuer', source: shown(server), mint: mint(server) },
  });
}

const newline = { key: `${secret}\n` };
const unknown = { key: 'a key that nobody here has ever seen' };

describe('an issuer with a mint endpoint alone', () => {
  it('is a participant, and agrees where the right key signs its tokens', async () => {
    const report = await mintedBy({});
    expect(report).toMatchObject({ verdict: 'consistent', exitCode: 0, findings: [] });
    expect(about(report, 'auth')).toMatchObject({
      source: 'mint',
      fingerprint: fingerprint(secret),
      agrees: true,
    });
  });

  it('is read without any probe', async () => {
    const server = await started(startIssuer([newline]));
    const report = await checked({ auth: { role: 'issuer', mint: mint(server) } });
    expect(named(report)).toEqual([['trailing-newline', ['auth']]]);
    const only = await checked({ auth: { role: 'issuer', mint: mint(server) } }, { probes: false });
    expect(named(only)).toEqual([['trailing-newline', ['auth']]]);
  });

  it.each<[string, Made, string]>(
    some(
      [
        ['with a newline', newline, 'trailing-newline'],
        ['in quotes', { key: `"${secret}"` }, 'quotes-kept'],
        ['with a fallback', { key: 'staging-fallback' }, 'hardcoded-fallback'],
        ['with a published default', { key: 'your-256-bit-secret' }, 'published-default'],
        ['with a key that is not known', unknown, 'fingerprint-mismatch'],
        ['under another algorithm', { alg: 'HS384' }, 'algorithm-mismatch'],
        ['under another algorithm with another key', { alg: 'HS512', ...newline }, 'trailing-newline'],
        [
          'five minutes ahead',
          { clockMs: 300_000, claims: { nbf: Math.floor(Date.now() / 1000) + 300 } },
          'clock-skew',
        ],
        ['an hour behind', { clockMs: -3_600_000 }, 'clock-skew'],
        ['for another issuer', { claims: { iss: 'https://elsewhere.example' } }, 'claims-rejected'],
        ['without an audience', { claims: { aud: undefined } }, 'claims-rejected'],
      ],
      3,
    ),
  )('that signs %s is named, and the verifier is not', async (_, made, code) => {
    const server = await started(startIssuer([made]));
    const report = await checked(
      { api: await verifier(), auth: { role: 'issuer', mint: mint(server) } },
      {},
      { knownFallbacks: ['staging-fallback'] },
    );
    expect(report.verdict).toBe('inconsistent');
    expect(new Set(report.findings.map((f) => f.code))).toContain(code);
    expect(new Set(report.findings.flatMap((f) => f.participants))).toEqual(new Set(['auth']));
    for (const attempt of report.attempts.filter((a) => a.minter === 'auth' && a.token === 'genuine'))
      if (attempt.result === 'rejected') expect(attempt.expected).toBe('rejected');
  });

  it('of an unknown key shows no fingerprint', async () => {
    const report = await mintedBy(unknown);
    expect(about(report, 'auth')).toMatchObject({ source: 'mint', fingerprint: null, agrees: false });
    expect(report.findings[0]?.message).toContain('with none that jwtcheck knows');
  });

  it('is not blamed for an algorithm or claims that its verifiers accept', async () => {
    const server = await started(
      startIssuer([{ alg: 'HS512', claims: { iss: 'https://elsewhere.example' } }]),
    );
    const report = await checked({
      api: await verifier({ algorithms: ['HS256', 'HS512'], issuer: null }),
      auth: { role: 'issuer', mint: mint(server) },
    });
    expect(report).toMatchObject({ verdict: 'consistent', findings: [] });
  });

  it.each<[string, () => unknown, string]>(
    some(
      [
        ['RS256 tokens', () => tokenOf({ alg: 'RS256' }), 'an RS256 token: jwtcheck checks HMAC secrets'],
        [
          'unsigned tokens',
          () => `${tokenOf({ alg: 'none' }).split('.').slice(0, 2).join('.')}.`,
          'alg none',
        ],
        [
          'encrypted tokens',
          () => tokenOf({ alg: 'dir', header: { enc: 'A256GCM' } }).replace(/\.[^.]*$/, '.a.b.c'),
          'JWE',
        ],
        ['opaque tokens', () => 'opaque-0123456789', 'is not a JWT'],
        ['numbers', () => 17, 'is not a JWT'],
      ],
      2,
    ),
  )('that hands out %s is told clearly, and nothing is concluded', async (_, answer, words) => {
    const report = await mintedBy(answer);
    expect(report).toMatchObject({ verdict: 'inconclusive', exitCode: 3 });
    expect(named(report)).toEqual([['fingerprint-unusable', ['auth']]]);
    expect(report.findings[0]?.message).toContain(words);
    expect(JSON.stringify(report)).not.toContain('opaque-0123456789');
  });

  it('that hands out an expired token from a cache is told, and its clock is not blamed', async () => {
    const old = tokenOf({ clockMs: -3_600_000 });
    const report = await mintedBy(() => old);
    expect(report).toMatchObject({ verdict: 'inconclusive', exitCode: 3 });
    expect(named(report)).toEqual([['fingerprint-unusable', ['auth']]]);
    expect(report.findings[0]?.message).toContain('expired 59 minutes ago');
  });

  it.each<[string, Made, string]>([
    [
      'not before ten minutes from now',
      { claims: { nbf: Math.floor(Date.now() / 1000) + 600 } },
      'it is not valid for another',
    ],
    ['with no life at all', { life: 0 }, 'it expired'],
  ])('whose tokens are dated now, but %s, has no wrong clock', async (_, made, words) => {
    const report = await mintedBy(made);
    expect(report).toMatchObject({ verdict: 'inconclusive', exitCode: 3 });
    expect(named(report)).toEqual([['fingerprint-unusable', ['auth']]]);
    expect(report.findings[0]?.message).toContain(words);
  });

  it('that says Bearer before its token is read', async () => {
    expect(await mintedBy(() => `Bearer ${tokenOf()}`)).toMatchObject({ verdict: 'consistent' });
  });

  it('that hands out one valid token again and again is in order', async () => {
    const cached = tokenOf();
    expect(await mintedBy(() => cached)).toMatchObject({ verdict: 'consistent', findings: [] });
  });

  it('cannot be told where no secret is at hand', async () => {
    const server = await started(startIssuer([{}]));
    const report = await checked(
      { auth: { role: 'issuer', mint: mint(server) } },
      { expect: fingerprint(secret), skip: ['store'] },
    );
    expect(report).toMatchObject({ verdict: 'inconclusive', exitCode: 3 });
    expect(named(report)).toContainEqual(['fingerprint-unusable', ['auth']]);
  });
});

describe('an issuer that shows the right fingerprint', () => {
  it.each<[string, Made, string | null]>([
    ['with a newline', newline, 'trailing-newline'],
    ['with a key that is not known', unknown, null],
  ])('and signs %s does not use the key that it shows', async (_, made, cause) => {
    const report = await shownAndMintedBy(made);
    expect(report).toMatchObject({ verdict: 'inconsistent', level: 'CRITICAL' });
    expect(named(report)).toEqual([['fingerprint-not-in-use', ['auth']]]);
    expect(report.findings[0]?.evidence).toMatchObject({ cause });
    expect(about(report, 'auth')).toMatchObject({ agrees: false, fingerprint: fingerprint(secret) });
  });

  it('and signs with the right key under HS384 uses another algorithm', async () => {
    const report = await shownAndMintedBy({ alg: 'HS384' });
    expect(named(report)).toEqual([['algorithm-mismatch', ['auth']]]);
    expect(report.findings[0]?.message).not.toMatch(/claim|clock/);
  });

  it.each([
    ['a replica with another key', [{}, newline]],
    ['the other one first', [newline, {}]],
    ['one of three', [{}, {}, newline]],
    ['one that nobody knows', [unknown, {}]],
    ['several unknown ones and a known one', [newline, unknown]],
  ] as const)('and has %s has replicas that disagree', async (_, replicas) => {
    const server = await started(startIssuer(replicas));
    const [probe] = httpProbe(await started(startHttpService(plainAnswer))).probes;
    const report = await checked({
      api: { probes: [{ ...probe, samples: 3 }] },
      auth: { role: 'issuer', source: shown(server), mint: mint(server) },
    });
    expect(report.verdict).toBe('inconsistent');
    expect(named(report)).toEqual([['replicas-disagree', ['auth']]]);
  });

  it('is asked so often as `samples` says, so that another replica is met', async () => {
    const server = await started(startIssuer([{}, newline]));
    const auth = { role: 'issuer', source: shown(server), mint: { ...mint(server), samples: 4 } } as const;
    expect(named(await checked({ api: await verifier(), auth }))).toEqual([['replicas-disagree', ['auth']]]);
  });
});

describe('a service that refuses a token which it signed itself', () => {
  it('verifies in another way than it signs', async () => {
    const api = await service({ key: 'another key for verifying' });
    const server = await started(startIssuer([{}]));
    const report = await checked({
      auth: { role: 'issuer', source: shown(server), mint: mint(server), ...httpProbe(api) },
    });
    expect(named(report)).toEqual([['rejects-valid-token', ['auth']]]);
    expect(report.findings[0]?.message).toContain(
      'it verifies differently than it signs, or its replicas differ',
    );
  });
});

describe('a finished token', () => {
  const source = { kind: 'token', value: '$' + '{ANON_KEY}' } as const;
  const tenYears = 315_360_000;
  const withToken = async (token: string) =>
    checked({ api: await verifier(), anon: { source } }, { env: { THE_SECRET: secret, ANON_KEY: token } });

  it('of ten years agrees where the right key signed it, and is never sent', async () => {
    const api = await service();
    const token = tokenOf({ life: tenYears, claims: { iss: undefined, role: 'anon' } });
    const report = await checked(
      { api: { source: shown(api), ...httpProbe(api) }, anon: { source } },
      { env: { THE_SECRET: secret, ANON_KEY: token } },
    );
    expect(report).toMatchObject({ verdict: 'consistent', findings: [] });
    expect(about(report, 'anon')).toMatchObject({
      source: 'token',
      fingerprint: fingerprint(secret),
      agrees: true,
    });
    expect(api.requests.some(({ headers }) => headers.authorization?.includes(token))).toBe(false);
    expect(JSON.stringify(report)).not.toContain(token.slice(0, 20));
  });

  it.each<[string, Key, string]>([
    ['the secret read as base64', Buffer.from(secret, 'base64'), 'base64-decoded'],
    ['a secret that is not known', Buffer.from('abcd1234', 'hex'), 'fingerprint-mismatch'],
  ])('of %s is named, with a remedy that can be carried out', async (_, key, code) => {
    const report = await withToken(tokenOf({ key, life: tenYears }));
    expect(named(report)).toEqual([[code, ['anon']]]);
    expect(report.findings[0]?.remedy).toContain('Issue anon again');
    expect(report.findings[0]?.remedy).not.toMatch(/restart|rollout/i);
  });

  it('that has expired is told', async () => {
    const report = await withToken(tokenOf({ clockMs: -2 * tenYears * 1000, life: tenYears }));
    expect(report).toMatchObject({ verdict: 'inconclusive', exitCode: 3 });
    expect(report.findings[0]).toMatchObject({ code: 'fingerprint-unusable', participants: ['anon'] });
    expect(report.findings[0]?.message).toContain('it expired 10 years ago');
  });

  it.each([
    ['Bearer and a newline', (token: string) => `Bearer ${token}\n`],
    ['quotes', (token: string) => `"${token}"`],
  ])('may stand in %s', async (_, wrapped) => {
    expect(await withToken(wrapped(tokenOf()))).toMatchObject({ verdict: 'consistent' });
  });

  it.each([
    ['', 'is empty'],
    ['nothing of the kind', 'is something that is not a JWT'],
  ])('of %j is none', async (token, words) => {
    const report = await withToken(token);
    expect(report).toMatchObject({ verdict: 'inconclusive' });
    expect(report.findings.flatMap((f) => f.message).join()).toContain(words);
  });

  it('must come from a variable', async () => {
    await expect(checked({ anon: { source: { kind: 'token', value: tokenOf() } } })).rejects.toThrow(
      'a token must not be written in the file',
    );
  });

  it('may be printed by a command', async () => {
    const report = await checked(
      {
        api: await verifier(),
        anon: { source: { kind: 'token', command: ['printf', '%s', '$' + '{ANON_KEY}'] } },
      },
      { env: { ...process.env, THE_SECRET: secret, ANON_KEY: tokenOf(newline) } },
    );
    expect(named(report)).toEqual([['trailing-newline', ['anon']]]);
  });
});

it('asks a mint endpoint no more often than there are attempts, where all is well', async () => {
  const server = await started(startIssuer([{}]));
  await checked({ api: await verifier(), auth: { role: 'issuer', mint: mint(server) } });
  expect(server.requests).toHaveLength(1);
});
