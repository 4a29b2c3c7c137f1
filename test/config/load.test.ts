import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Loaded, loadConfig, loadEnvironments } from '../../src/config/load.js';
import type { Config } from '../../src/config/schema.js';
import { ConfigError, UsageError } from '../../src/errors.js';

const service = (url: string) => ({ source: { kind: 'http' as const, url } });
const two: Config = {
  environments: {
    staging: { participants: { a: service('https://staging') } },
    production: { participants: { a: service('https://production') } },
  },
};
const load = (
  config: Config,
  options: { environment?: string; env?: Record<string, string> } = {},
): Promise<Loaded> =>
  loadConfig({ config, cwd: '/somewhere', env: options.env ?? {}, environment: options.environment });

describe('which environment', () => {
  it('is the flag, then the variable, then the default, then the only one', async () => {
    const withDefault = { ...two, defaultEnvironment: 'staging' };
    const env = { JWTCHECK_ENVIRONMENT: 'production' };
    expect((await load(withDefault, { environment: 'staging', env })).environment).toBe('staging');
    expect((await load(withDefault, { env })).environment).toBe('production');
    expect((await load(withDefault, { env: { JWTCHECK_ENVIRONMENT: '' } })).environment).toBe('staging');
    const { staging = { participants: {} } } = two.environments;
    expect((await load({ environments: { staging } })).environment).toBe('staging');
  });

  it('must be named where there are several', async () => {
    const error = await load(two).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(UsageError);
    expect(String(error)).toContain('`staging` or `production`');
  });

  it('must exist', async () => {
    await expect(load(two, { environment: 'stagng' })).rejects.toThrow(
      'no environment `stagng`; did you mean `staging`?',
    );
    await expect(load(two, { environment: '' })).rejects.toBeInstanceOf(UsageError);
    const env = { JWTCHECK_ENVIRONMENT: 'prod' };
    await expect(load(two, { env })).rejects.toThrow(
      'JWTCHECK_ENVIRONMENT is not an environment of the configuration; did you mean `production`?',
    );
  });

  it('comes after the problems of the configuration', async () => {
    await expect(load({ ...two, timeout: '1' })).rejects.toBeInstanceOf(ConfigError);
  });
});

const one: Config = { environments: { staging: { participants: { a: service('https://staging') } } } };

describe('plain HTTP to another machine', () => {
  it.each([
    'http://a.example.com/',
    ' http://a.example.com/',
    '\u0001\nHTTP:/a.example.com/',
    'ht\ttp://a.example.com/',
    'http://{{base64:{{token}}}}.localhost/',
  ])('is refused, however the URL is written: %j', async (url) => {
    const probe = { kind: 'http', url } as const;
    await expect(
      load({ environments: { staging: { participants: { a: { probes: [probe] } } } } }),
    ).rejects.toThrow('plain http to another machine can be intercepted');
  });
});

describe('variables', () => {
  const tree: Config = {
    defaultEnvironment: 'staging',
    environments: {
      staging: { participants: { a: service(`https://\${STAGING_HOST}/f?key=\${KEY:-none}`) } },
      production: { participants: { a: service(`\${PRODUCTION_URL}`), b: service('https://b') } },
      other: { participants: { a: { source: { kind: 'file', path: `\${OTHER}` } } } },
    },
  };
  const env = { STAGING_HOST: 'host.internal' };

  it('of other environments need not be set', async () => {
    const loaded = await load(tree, { env });
    expect(loaded.settings.environments.staging?.participants.a?.source).toMatchObject({
      url: 'https://host.internal/f?key=none',
    });
    // What can be read without its variables stays; what cannot is left out.
    expect(Object.keys(loaded.settings.environments)).toEqual(['staging', 'other']);
    await expect(load(tree)).rejects.toThrow('STAGING_HOST');
    await expect(load(tree, { env, environment: 'production' })).rejects.toThrow('PRODUCTION_URL');
  });

  it('of environments to cross-check must be set', async () => {
    await expect(load({ ...tree, crossCheck: ['production'] }, { env })).rejects.toThrow('PRODUCTION_URL');
    const set = { ...env, PRODUCTION_URL: 'https://p' };
    await expect(load({ ...tree, crossCheck: ['production'] }, { env: set })).resolves.toBeTruthy();
  });

  it('do not hide other problems of an unused environment', async () => {
    const wrong = {
      ...tree,
      environments: {
        ...tree.environments,
        third: { reference: 'x', participants: { a: service(`\${NO}`) } },
      },
    };
    await expect(load(wrong, { env })).rejects.toMatchObject({
      problems: [{ path: 'environments.third.reference', message: expect.stringContaining('expected `a`') }],
    });
  });

  it('must all be set where all environments are meant', async () => {
    await expect(loadEnvironments({ config: tree, cwd: '/', env }, 'all')).rejects.toMatchObject({
      problems: [
        { path: 'environments.production.participants.a.source.url' },
        { path: 'environments.other.participants.a.source.path' },
      ],
    });
  });

  it('are secret', async () => {
    const { secrets, label } = await load(tree, { env });
    expect(secrets.map((s) => s.reveal().toString())).toEqual(['host.internal', 'none']);
    expect(label('https://host.internal/f?key=none')).toBe(`https://\${STAGING_HOST}/f?key=\${KEY}`);
    expect(label('https://host.internal/other')).toBe('https://[secret]/other');
  });

  it('may choose a name that the file spells out', async () => {
    const { environment, secrets } = await load(
      { ...tree, defaultEnvironment: `\${WHERE}` },
      { env: { ...env, WHERE: 'staging' } },
    );
    expect(environment).toBe('staging');
    expect(secrets.some((s) => s.reveal().toString() === 'staging')).toBe(false);
  });
});

describe('what is loaded', () => {
  it('has defaults, and durations in milliseconds', async () => {
    const { settings, file, folder } = await load({ ...two, timeout: '2m' }, { environment: 'staging' });
    expect(settings).toMatchObject({
      timeout: 120_000,
      deadline: 30_000,
      fingerprint: { length: 8 },
      token: { ttl: 60_000, types: { access: {} } },
    });
    expect([file, folder]).toEqual([null, '/somewhere']);
  });

  it.each([' https://hooks.example.com/', 'https:/hooks.example.com/', 'ht\ttps:\\\\hooks.example.com\\'])(
    'counts the path of a webhook as a secret, however its URL is written: %j',
    async (start) => {
      const url = `${start}services/a-path-that-nobody-may-see`;
      const { secrets } = await load({ ...one, watch: { notify: [{ kind: 'slack', url }] } });
      expect(secrets.map((s) => s.reveal().toString())).toContain('a-path-that-nobody-may-see');
    },
  );

  it('counts credentials typed into headers as secrets', async () => {
    const { staging = { participants: {} } } = two.environments;
    const headers = { Authorization: 'Bearer typed-in', accept: 'text/plain', 'x-api-key': 'typed-too' };
    const participants = {
      ...staging.participants,
      b: { source: { ...service('https://b').source, headers } },
    };
    const { secrets } = await load({ environments: { staging: { participants } } });
    expect(secrets.map((s) => s.reveal().toString())).toEqual(['Bearer typed-in', 'typed-in', 'typed-too']);
  });
});

describe('a file', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jwtcheck-load-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('gives the folder that paths start from', async () => {
    await writeFile(join(folder, 'package.json'), JSON.stringify({ jwtcheck: two }));
    const loaded = await loadConfig({ cwd: folder, env: {}, environment: 'staging' });
    expect([loaded.file, loaded.folder]).toEqual([join(folder, 'package.json'), folder]);
  });

  it('gives every problem its path in the file', async () => {
    await writeFile(join(folder, 'package.json'), '{"jwtcheck": {"timeout": 1, "timeout": 2, "tokens": {}}}');
    await expect(loadConfig({ cwd: folder, env: {} })).rejects.toMatchObject({
      file: join(folder, 'package.json'),
      problems: [
        { path: 'jwtcheck.timeout', message: 'this key appears twice (lines 1 and 1); keep one' },
        { path: 'jwtcheck.timeout', message: 'expected text, found a number' },
        { path: 'jwtcheck.tokens', message: 'unknown key `tokens`; did you mean `token`?' },
        { path: 'jwtcheck.environments', message: 'missing; expected an object' },
      ],
    });
  });

  it('like the example is valid once its variables are set', async () => {
    const example = join(import.meta.dirname, '../../.jwtcheckrc.example.json');
    const names = [...new Set((await readFile(example, 'utf8')).matchAll(/(?<!\$)\$\{(\w+)\}/g))].map(
      (m) => m[1] ?? '',
    );
    const env = Object.fromEntries(
      names.filter((name) => name !== 'NAME').map((name) => [name, `value-of-${name}`]),
    );
    expect(Object.keys(env).length).toBeGreaterThan(1);
    const all = await loadEnvironments({ config: example, cwd: '/', env }, 'all');
    expect(Object.keys(all.settings.environments)).toEqual(['staging', 'production']);
    await expect(loadEnvironments({ config: example, cwd: '/', env: {} }, 'all')).rejects.toBeInstanceOf(
      ConfigError,
    );
    const { PRODUCTION_FINGERPRINT_TOKEN: _, ...staging } = env;
    expect((await loadConfig({ config: example, cwd: '/', env: staging })).environment).toBe('staging');
  });
});

describe('participants that are left out', () => {
  const config: Config = {
    environments: {
      staging: {
        reference: 'right',
        participants: {
          right: { source: { kind: 'pinned', fingerprint: '11111111' } },
          a: service(`https://\${HOST_A}/fp`),
          b: service(`https://\${HOST_B}/fp`),
        },
      },
    },
  };
  const options = { config, cwd: '/somewhere', env: { HOST_A: 'a.example' } };

  it('need none of their variables', async () => {
    for (const selection of [{ skip: ['b'] }, { only: ['a'] }, { only: ['right'] }]) {
      const loaded = await loadConfig({ ...options, ...selection });
      expect(loaded.leftOut).toContain('b');
      expect(Object.keys(loaded.settings.environments.staging?.participants ?? {})).toContain('right');
    }
  });

  it('do not excuse the others', async () => {
    await expect(loadConfig(options)).rejects.toThrow('HOST_B');
    await expect(loadConfig({ ...options, skip: ['a'] })).rejects.toThrow('HOST_B');
    await expect(loadConfig({ ...options, only: ['b'] })).rejects.toThrow('HOST_B');
  });
});
