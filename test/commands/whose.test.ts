import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type WhoseFlags, whose } from '../../src/cli/commands/whose/run.js';
import { startSecretManager } from '../../src/demo/secret-manager.js';
import { UsageError } from '../../src/errors.js';
import { audience, issuer, secret } from '../field/any-service.js';
import { type Made, tokenOf } from '../field/issuer.js';
import { anIo } from '../support/outputs.js';
import { runs } from '../support/random.js';
import { fingerprint } from '../support/service.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jwtcheck-whose-'));
  await writeFile(join(folder, 'config.json'), JSON.stringify(config));
  await writeFile(join(folder, 'key'), secret);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const config = {
  token: { issuer, audience },
  knownFallbacks: ['staging-fallback'],
  environments: {
    staging: {
      reference: 'store',
      participants: {
        store: { source: { kind: 'env', names: ['THE_SECRET'] } },
        tests: { source: { kind: 'env', names: ['TEST_SECRET'], fallback: 'tests-fallback' } },
        api: {
          source: {
            kind: 'http',
            url: 'https://api.invalid/fp',
            headers: { authorization: 'Bearer $' + '{NOT_SET}' },
          },
          probes: [
            { kind: 'http', url: 'https://api.invalid/me', headers: { 'x-key': '$' + '{NOT_SET_EITHER}' } },
          ],
        },
      },
    },
  },
};

interface Answered {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function asked(
  input: string | Buffer,
  flags: Partial<WhoseFlags> = {},
  env: Record<string, string | undefined> = {},
): Promise<Answered> {
  let out = '';
  let err = '';
  const output = (take: (text: string) => void) => ({
    write: async (text: string) => take(text),
  });
  const io = {
    ...anIo(),
    cwd: folder,
    now: () => new Date(),
    env: { THE_SECRET: secret, ...env },
    stdin: Readable.from([input]),
    stdout: output((text) => {
      out += text;
    }),
    stderr: output((text) => {
      err += text;
    }),
  };
  const style = { color: false, columns: 100, verbose: false, quiet: false };
  const code = await whose({ config: join(folder, 'config.json'), format: 'pretty', style, ...flags }, io);
  return { code, out, err };
}

const json = async (input: string, flags: Partial<WhoseFlags> = {}, env: Record<string, string> = {}) => {
  const { code, out } = await asked(input, { format: 'json', ...flags }, env);
  return { code, ...JSON.parse(out) };
};

describe('the key that signed a token', () => {
  it.each<[string, Made, number, object]>([
    [
      'the reference',
      {},
      0,
      { participant: 'store', code: null, reference: true, fingerprint: fingerprint(secret) },
    ],
    [
      'a newline',
      { key: `${secret}\n` },
      1,
      { participant: 'store', code: 'trailing-newline', reference: false },
    ],
    [
      'base64 decoded',
      { key: Buffer.from(secret, 'base64') },
      1,
      { code: 'base64-decoded', reference: false },
    ],
    [
      'another participant',
      { key: 'the secret of the tests' },
      1,
      { participant: 'tests', code: null, key: 'the secret of tests' },
    ],
    [
      'a known fallback',
      { key: 'staging-fallback' },
      1,
      { code: 'hardcoded-fallback', key: 'knownFallbacks[0]' },
    ],
    ['a published default', { key: 'your-256-bit-secret' }, 1, { code: 'published-default' }],
    [
      'a secret of the public list',
      { key: 'qwertyuiopasdfghjklzxcvbnm123456' },
      1,
      { code: 'published-default' },
    ],
  ])('is %s', async (_, made, code, signedBy) => {
    const found = await json(tokenOf(made), {}, { TEST_SECRET: 'the secret of the tests' });
    expect(found).toMatchObject({ code, exitCode: code, signedBy });
  });

  it('is none that is known', async () => {
    const found = await json(tokenOf({ key: 'nobody knows this one at all' }));
    expect(found).toMatchObject({ code: 3, verdict: 'unknown', signedBy: null, notAsked: ['api'] });
  });

  it('is the fallback of the tests, where their variable is not set', async () => {
    const found = await json(tokenOf({ key: 'tests-fallback' }));
    expect(found.signedBy).toMatchObject({ code: 'hardcoded-fallback', reference: false });
  });

  it('is an older version in Secret Manager', async () => {
    const manager = await startSecretManager();
    try {
      const id = { project: 'example-staging', secret: 'jwt-secret-staging' };
      manager.store.add(id, 'the version before, which was replaced');
      manager.store.add(id, secret);
      const store = { source: { kind: 'google-secret-manager', ...id } };
      const path = join(folder, 'manager.json');
      await writeFile(
        path,
        JSON.stringify({ environments: { e: { reference: 'store', participants: { store } } } }),
      );
      const env = { SECRET_MANAGER_EMULATOR_HOST: `127.0.0.1:${manager.port}` };
      const old = await json(
        tokenOf({ key: 'the version before, which was replaced' }),
        { config: path },
        env,
      );
      expect(old).toMatchObject({
        code: 1,
        signedBy: { code: 'stale-secret-version', key: 'the secret of store version 1' },
        emulators: [`127.0.0.1:${manager.port}`],
      });
      const latest = await json(tokenOf(), { config: path }, env);
      expect(latest).toMatchObject({ code: 0, signedBy: { key: 'the secret of store version 2' } });
    } finally {
      await manager.close();
    }
  });

  it('cannot be called right where the reference could not be read', async () => {
    const { code, out } = await asked(
      tokenOf({ key: 'the secret of the tests' }),
      {},
      { THE_SECRET: undefined, TEST_SECRET: 'the secret of the tests' },
    );
    expect(code).toBe(3);
    expect(out).toContain('whether the secret of tests is the right key is unknown');
    expect(out).toContain('store: none of THE_SECRET is set');
  });
});

describe('a token of the reference', () => {
  it.each<[string, Made, string]>([
    ['has expired', { clockMs: -7_200_000 }, 'it expired 119 minutes ago'],
    [
      'is not valid yet',
      { claims: { nbf: Math.floor(Date.now() / 1000) + 3600 } },
      'it is not valid for another',
    ],
    ['has another algorithm', { alg: 'HS384' }, 'it is signed with HS384; HS256 is configured'],
    [
      'has another issuer',
      { claims: { iss: 'https://elsewhere.example' } },
      `its issuer (iss) is another one than ${issuer}`,
    ],
    [
      'has no audience',
      { claims: { aud: undefined } },
      `it has no audience (aud); ${audience} is configured`,
    ],
  ])('%s', async (_, made, problem) => {
    const found = await json(tokenOf(made));
    expect(found).toMatchObject({ code: 1, verdict: 'invalid', signedBy: { reference: true } });
    expect(found.problems.join()).toContain(problem);
  });

  it('is shown with names and times, and nothing that its claims say', async () => {
    const token = tokenOf({ claims: { email: 'user@example.com', iss: issuer }, header: { kid: 'key-7' } });
    const { code, out } = await asked(token);
    expect(code).toBe(0);
    for (const shown of [
      'VALID',
      'kid key-7',
      'email',
      'netra-auth-service, as configured',
      'the secret of store',
    ])
      expect(out).toContain(shown);
    for (const hidden of ['user@example.com', 'e2e', secret, ...token.split('.')])
      expect(out).not.toContain(hidden);
  });

  it.each([
    (t: string) => `Bearer ${t}\n`,
    (t: string) => `authorization: Bearer ${t}\r\n`,
    (t: string) => `"${t}"`,
    (t: string) => ` '${t}' `,
    (t: string) => `\uFEFF${t}`,
    (t: string) => `Cookie: theme=dark; access_token=${t}; lang=en`,
    (t: string) => `{"access_token": "${t}", "expires_in": 60}`,
    (t: string) => `curl -H 'Authorization: Bearer ${t}' https://api.example/me`,
    (t: string) => t.replace(/(.{60})/g, '$1\n'),
    (t: string) => `wss://api.example/ws?token=${t}&v=1`,
  ])('may be pasted with what stood around it: %s', async (wrapped) => {
    expect(await asked(wrapped(tokenOf()))).toMatchObject({ code: 0 });
  });
});

describe('what no secret can have signed', () => {
  it.each<[string, string, number, string]>([
    ['RS256', tokenOf({ alg: 'RS256' }), 3, 'an RS256 token: jwtcheck checks HMAC secrets'],
    [
      'an encrypted token',
      tokenOf({ alg: 'dir', header: { enc: 'A256GCM' } }).replace(/\.[^.]*$/, '.aa.bb.cc'),
      3,
      'JWE',
    ],
    ['an unsigned token', tokenOf({ alg: 'none' }).replace(/[^.]*$/, ''), 1, 'alg none'],
  ])('%s is told', async (_, token, code, words) => {
    const answer = await asked(token);
    expect(answer.code).toBe(code);
    expect(answer.out).toContain(words);
  });

  it.each([
    ['', 'there is no token'],
    ['hello', 'contains no JWT'],
    ['a.b.c', 'contains no JWT'],
    [`${'ey'.repeat(40_000)}`, 'over 64 KiB'],
    [tokenOf({ claims: { much: 'x'.repeat(9000) } }), 'contains no JWT'],
  ])('%j is a usage error, and not repeated', async (input, words) => {
    const refused = asked(input);
    await expect(refused).rejects.toThrow(UsageError);
    await expect(refused).rejects.toThrow(words);
    if (input !== '') await expect(refused).rejects.not.toThrow(input.slice(0, 40));
  });

  it('whatever it is, is answered quickly and never echoed', async () => {
    const part = fc.oneof(
      fc.base64String(),
      fc.json().map((text) => Buffer.from(text).toString('base64url')),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(part, { minLength: 2, maxLength: 5 }), async (parts) => {
        const input = parts.join('.');
        try {
          const { code, out } = await asked(input, { secretFile: join(folder, 'key') });
          expect([0, 1, 3]).toContain(code);
          if (input.length > 20) expect(out).not.toContain(input);
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
        }
      }),
      { numRuns: runs(40) },
    );
  });

  it('a header and names that are hostile are made harmless', async () => {
    const token = tokenOf({
      header: { kid: `\u001b[31m${secret}`, typ: { a: 1 } },
      claims: { [`\u202e${'n'.repeat(500)}`]: 1, [secret]: 1, __proto__: 2 },
    });
    const { out } = await asked(token);
    expect(out).not.toContain(secret);
    expect(out).not.toMatch(/[\u001b\u202e]/);
  });
});

describe('a part of a secret', () => {
  const held = 'harbour-velvet-lantern-copper-meadow';
  const hex = Buffer.from(held).toString('hex');

  it.each(['elvet-lantern', held.toUpperCase(), hex])(
    'in a header or a name is not shown: %s',
    async (text) => {
      const token = tokenOf({
        key: held,
        header: { kid: text, typ: text.slice(0, 40) },
        claims: { [text]: 1 },
      });
      const { out } = await asked(token, {}, { THE_SECRET: held });
      expect(out).toContain('typ [secret], kid [secret]');
      expect(out).not.toContain(text.slice(0, 12));
    },
  );

  it('in the last words of a program is not shown', async () => {
    const path = join(folder, 'program.json');
    const program = { source: { kind: 'command', run: ['/bin/sh', '-c', 'echo "$SAID" >&2; exit 1'] } };
    const store = { source: { kind: 'env', names: ['THE_SECRET'] } };
    const e = { reference: 'store', participants: { store, program } };
    await writeFile(path, JSON.stringify({ environments: { e } }));
    const env = { THE_SECRET: held, SAID: 'bad ELVET-LANTERN' };
    const { out } = await asked(tokenOf({ key: held }), { config: path }, env);
    expect(out).toContain('ended with exit status 1: bad [secret]');
  });
});

describe('without a configuration', () => {
  const none = { config: undefined };
  it('published secrets are tried, and that is said', async () => {
    const { code, err, out } = await asked(tokenOf({ key: 'secret' }), none);
    expect(err).toContain('only published secrets are tried');
    expect(out).toContain('published');
    expect(code).toBe(3);
  });

  it('a secret that is given is the right one', async () => {
    const flags = { ...none, secretFile: join(folder, 'key') };
    expect(await asked(tokenOf(), flags)).toMatchObject({ code: 0 });
    const { code, out } = await asked(tokenOf({ key: `${secret}\n` }), flags);
    expect(code).toBe(1);
    expect(out).toContain('the given secret with a newline at its end');
    expect(await asked(tokenOf(), { ...none, secretEnvVar: 'THE_SECRET' })).toMatchObject({ code: 0 });
  });

  it('a variable that is not set is a usage error', async () => {
    await expect(asked(tokenOf(), { ...none, secretEnvVar: 'NOBODY' })).rejects.toThrow(
      'this variable is not set',
    );
  });
});
