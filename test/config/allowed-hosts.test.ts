import { describe, expect, it } from 'vitest';
import { runProgram } from '../../src/cli/program.js';
import { isAllowed, parseHostPattern } from '../../src/config/allowed-hosts.js';
import { loadConfig, loadEnvironments } from '../../src/config/load.js';
import type { Config } from '../../src/config/schema.js';
import { ConfigError, type ConfigProblem } from '../../src/errors.js';
import { anIo } from '../support/outputs.js';
import { workspace } from '../support/workspace.js';

const folder = workspace();
const flag = 'JWTCHECK_ALLOW_HOSTS';

const secretManager = { kind: 'google-secret-manager', project: 'netra-staging', secret: 'jwt' } as const;
const at = (host: string) => ({ source: { kind: 'http', url: `https://${host}/fp` } as const });

/** One of everything that is contacted. */
const everything: Config = {
  environments: {
    staging: {
      reference: 'store',
      participants: {
        store: { source: secretManager },
        auth: {
          source: { kind: 'http', url: 'https://auth.example.com/fp' },
          mint: { url: 'https://mint.example.com/token' },
          probes: [
            { kind: 'http', url: 'https://{{token.base64url}}.probe.example.com/' },
            { kind: 'websocket', url: 'wss://socket.example.com/ws' },
          ],
        },
      },
    },
    production: {
      reference: 'regional',
      participants: {
        regional: { source: { ...secretManager, location: 'europe-west1' } },
        other: at('production.example.com'),
      },
    },
  },
  watch: {
    heartbeat: { url: 'https://beat.example.com/' },
    notify: [
      { kind: 'slack', url: 'https://hooks.slack.com/services/T/B/x' },
      { kind: 'pagerduty', routingKey: 'k' },
      { kind: 'webhook', url: 'https://hook.example.com/' },
      { kind: 'alertmanager', url: 'http://127.0.0.1:9093' },
    ],
  },
};

async function problems(
  config: Config,
  { env = {}, watch = false }: { env?: Record<string, string>; watch?: boolean } = {},
): Promise<readonly ConfigProblem[]> {
  const load = loadConfig({ config, cwd: '/', env, environment: 'staging', watch });
  const error = await load.then(
    () => null,
    (e: unknown) => e,
  );
  if (error === null) return [];
  if (!(error instanceof ConfigError)) throw error;
  return error.problems;
}

const paths = async (...args: Parameters<typeof problems>): Promise<string[]> =>
  (await problems(...args)).map(({ path }) => path);

describe('a pattern of hosts', () => {
  it.each([
    ['api.example.com', 'https://api.example.com/x', true],
    ['API.example.COM', 'wss://api.Example.com./x', true],
    ['api.example.com', 'https://api.example.com.evil.example/', false],
    ['api.example.com', 'https://evil.example/api.example.com', false],
    ['*.example.com', 'https://a.b.example.com/', true],
    ['*.example.com', 'https://example.com/', false],
    ['*.example.com', 'https://evilexample.com/', false],
    ['api.example.com:8443', 'https://api.example.com:8443/', true],
    ['api.example.com:8443', 'https://api.example.com/', false],
    ['api.example.com:443', 'wss://api.example.com/', true],
    ['api.example.com:80', 'ws://api.example.com/', true],
    ['127.0.0.1', 'http://127.0.0.1:9000/', true],
    ['127.0.0.1', 'http://0x7f000001:9000/', true],
    ['[::1]:9000', 'http://[0:0::1]:9000/', true],
    ['bücher.example', 'https://xn--bcher-kva.example/', true],
  ])('%s and %s: %s', (pattern, url, expected) => {
    expect(isAllowed(new URL(url), [pattern])).toBe(expected);
  });

  it.each([
    '',
    '*',
    '*.',
    'https://a.example',
    'a.example/x',
    'u@a.example',
    'a.example:0',
    'a:65536',
    '*.127.0.0.1',
    '?.a',
  ])('is not %j', (text) => {
    expect(parseHostPattern(text)).toBeNull();
  });
});

describe('allowedHosts', () => {
  it('is for whatever is contacted, and for nothing else', async () => {
    const none = { ...everything, allowedHosts: [] };
    const checked = [
      'environments.staging.participants.store.source',
      'environments.staging.participants.auth.source.url',
      'environments.staging.participants.auth.mint.url',
      'environments.staging.participants.auth.probes[0].url',
      'environments.staging.participants.auth.probes[1].url',
      // Of other environments only the reference may be asked.
      'environments.production.participants.regional.source',
    ];
    expect(new Set(await paths(none))).toEqual(new Set(checked));
    expect(new Set(await paths(none, { watch: true }))).toEqual(
      new Set([
        ...checked,
        'watch.heartbeat.url',
        'watch.notify[0].url',
        'watch.notify[1]',
        'watch.notify[2].url',
        'watch.notify[3].url',
      ]),
    );
    const all = await loadEnvironments({ config: none, cwd: '/', env: {} }, 'all').catch((e: unknown) => e);
    expect(all).toMatchObject({ problems: { length: checked.length + 6 } });
  });

  it('lets pass what it names', async () => {
    const allowedHosts = [
      'secretmanager.googleapis.com',
      'secretmanager.europe-west1.rep.googleapis.com:443',
      '*.example.com',
      'hooks.slack.com',
      'events.pagerduty.com',
      '127.0.0.1:9093',
    ];
    expect(await problems({ ...everything, allowedHosts }, { watch: true })).toEqual([]);
  });

  it('names the place and the host, and never what a variable put there', async () => {
    const config = (url: string): Config => ({
      allowedHosts: ['a.example.com'],
      environments: { staging: { participants: { x: { source: { kind: 'http', url } } } } },
    });
    const path = 'environments.staging.participants.x.source.url';
    expect(await problems(config('https://b.example.com:8443/fp'))).toEqual([
      { path, message: '`b.example.com:8443` is not allowed by `allowedHosts`' },
    ]);
    const notify = [{ kind: 'webhook' as const, url: 'https://b.example.com/T0/hidden' }];
    expect(
      await problems({ ...config('https://a.example.com/fp'), watch: { notify } }, { watch: true }),
    ).toEqual([{ path: 'watch.notify[0].url', message: 'its host is not allowed by `allowedHosts`' }]);
    const env = { HOST: 'hidden-host.example.com' };
    expect(await problems(config(`https://\${HOST}/fp`), { env })).toEqual([
      { path, message: `\`\${HOST}\` is not allowed by \`allowedHosts\`` },
    ]);
    expect(
      JSON.stringify(await problems(config(`\${URL}`), { env: { URL: 'https://hidden.example/' } })),
    ).not.toContain('hidden');
  });

  it.each([
    ' https://b.example.com/',
    '\u0001\thttps://b.example.com/',
    'ht\ttps://b.example.com/',
    'h\ntt\rps:/b.example.com/',
    'https:\\\\b.example.com\\@a.example.com/',
    '///b.example.com/',
  ])('applies to a URL as it is requested, however it is written: %j', async (url) => {
    const http = { kind: 'http', url } as const;
    const config: Config = {
      allowedHosts: ['a.example.com'],
      environments: { staging: { participants: { x: { source: http, mint: { url }, probes: [http] } } } },
    };
    const messages = (await problems(config)).map(({ message }) => message);
    expect(messages).toHaveLength(3);
    for (const message of messages)
      expect(message).toMatch(/^`b\.example\.com` is not allowed by|expected a URL with/);
  });

  it('applies to every host that base64 around the token can make of a URL', async () => {
    const url = 'https://{{base64:\u06eb\u07d7{{token}}}}.a.example.com/';
    const config: Config = {
      allowedHosts: ['*.a.example.com'],
      environments: { staging: { participants: { x: { probes: [{ kind: 'http', url }] } } } },
    };
    expect(await paths(config)).toEqual(['environments.staging.participants.x.probes[0].url']);
    const encoded = { kind: 'http', url: url.replace('base64', 'base64url') } as const;
    const harmless = { staging: { participants: { x: { probes: [encoded] } } } };
    expect(await paths({ ...config, environments: harmless })).toEqual([]);
  });

  it('takes only hosts', async () => {
    expect(
      await problems({ ...everything, allowedHosts: ['*.example.com', 'https://x.example/'] }),
    ).toContainEqual({
      path: 'allowedHosts[1]',
      message: expect.stringContaining('expected a host such as'),
    });
  });

  it('is for an emulator and another endpoint, too', async () => {
    const config = (endpoint?: string): Config => ({
      allowedHosts: ['secretmanager.googleapis.com'],
      environments: { staging: { participants: { store: { source: { ...secretManager, endpoint } } } } },
    });
    expect(await paths(config())).toEqual([]);
    expect(await paths(config('https://secrets.example.com'))).toEqual([
      'environments.staging.participants.store.source.endpoint',
    ]);
    const env = { SECRET_MANAGER_EMULATOR_HOST: '127.0.0.1:9000' };
    expect(await paths(config(), { env })).toEqual(['environments.staging.participants.store.source']);
  });
});

describe('--allow-hosts', () => {
  const config: Config = { environments: { staging: { participants: { a: at('a.example.com') } } } };

  it('cannot be widened by the configuration', async () => {
    const wide = { ...config, allowedHosts: ['a.example.com', 'b.example.com'] };
    expect(await problems(wide, { env: { [flag]: 'a.example.com' } })).toEqual([]);
    expect(await problems(wide, { env: { [flag]: 'b.example.com, c.example.com' } })).toMatchObject([
      { message: '`a.example.com` is not allowed by --allow-hosts (JWTCHECK_ALLOW_HOSTS)' },
    ]);
  });

  it('cannot widen the configuration either', async () => {
    const narrow = { ...config, allowedHosts: ['b.example.com'] };
    expect(await paths(narrow, { env: { [flag]: 'a.example.com' } })).toHaveLength(1);
  });

  it('allows nothing where it is empty, and says so', async () => {
    expect(await problems(config, { env: { [flag]: '' } })).toMatchObject([
      { message: expect.stringContaining('is empty: no host is allowed') },
    ]);
  });

  it('takes only hosts', async () => {
    expect(await problems(config, { env: { [flag]: 'a.example.com,https://x' } })).toMatchObject([
      { path: '', message: expect.stringContaining('takes a list of hosts') },
    ]);
  });

  it.each([['check'], ['config', 'validate'], ['watch', '--cycles', '1', '--listen', 'none']])(
    'ends %s with 2 before anything is contacted',
    async (...command) => {
      const cwd = await folder({ '.jwtcheckrc.json': config });
      const run = runProgram([...command, '--allow-hosts', 'b.example.com'], { ...anIo(), cwd });
      const ended = await run.catch((error: unknown) => error);
      if (ended instanceof ConfigError) {
        expect(ended.problems[0]?.message).toContain('`a.example.com` is not allowed by');
      } else expect(ended).toBe(2);
    },
  );
});
