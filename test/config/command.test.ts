import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { configSchemaCommand, configShow, configValidate } from '../../src/cli/commands/config/run.js';
import { describeError } from '../../src/config/describe-error.js';
import { configJsonSchema } from '../../src/config/json-schema.js';
import { ConfigError, UsageError } from '../../src/errors.js';
import type { Io } from '../../src/system/io.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jwtcheck-config-'));
});
afterEach(() => rm(folder, { recursive: true }));

function io(env: Record<string, string> = {}): Io & { said: { out: string; err: string } } {
  const said = { out: '', err: '' };
  return {
    said,
    env,
    inheritedEnv: env,
    cwd: folder,
    stdin: Readable.from([]),
    stdout: {
      write: async (text) => {
        said.out += text;
      },
    },
    stderr: {
      write: async (text) => {
        said.err += text;
      },
    },
    now: () => new Date(0),
    signal: new AbortController().signal,
    grace: () => {},
    onUnwritten: () => {},
    onHangUp: () => () => {},
    onSignal: () => () => {},
  };
}

const config = {
  knownFallbacks: ['hunter-fallback', `\${FALLBACK}`],
  timeout: '7s',
  environments: {
    staging: {
      reference: 'a',
      participants: {
        a: { source: { kind: 'env', names: ['A'], fallback: 'hunter-literal' } },
        b: {
          source: {
            kind: 'http',
            url: `https://b.example.com/f?key=hunter-query&token=\${B}`,
            headers: {
              Authorization: `Bearer \${B}`,
              cookie: 'hunter-cookie',
              'x-mixed-token': `hunter\${B}`,
              accept: 'a/b',
            },
          },
          probes: [
            {
              kind: 'http',
              url: 'https://b.example.com',
              body: { password: 'hunter-body', token: '{{token}}', note: 'n' },
            },
            {
              kind: 'websocket',
              url: 'wss://b.example.com',
              messages: [{ password: 'hunter-message' }, { expect: 'hello' }],
            },
          ],
        },
      },
    },
    production: { participants: { c: { source: { kind: 'http', url: `\${C:-https://hunter-default}` } } } },
  },
};
const write = () => writeFile(join(folder, '.jwtcheckrc.json'), JSON.stringify(config));
const env = { B: 'hunter-b', FALLBACK: 'hunter-f', C: 'https://c' };

describe('config validate', () => {
  it('says OK, and what it saw', async () => {
    await write();
    const around = io(env);
    expect(await configValidate({}, around)).toBe(0);
    expect(around.said).toEqual({
      out: `OK ${join(folder, '.jwtcheckrc.json')}: 2 environments, 3 participants\n`,
      err: '',
    });
  });

  it('tells every problem on standard error, the file first', async () => {
    const file = join(folder, 'x.yaml');
    await writeFile(
      file,
      `timeout: 5\ntokn: {}\nenvironments:\n  s: {participants: {a: {source: {kind: file, path: "\${NO}"}}}}\n`,
    );
    const around = io();
    expect(await configValidate({ config: 'x.yaml' }, around)).toBe(2);
    expect(around.said.out).toBe('');
    expect(around.said.err.split('\n')).toEqual([
      `jwtcheck: ${file}: 3 problems`,
      '  timeout: expected text, found a number',
      '  tokn: unknown key `tokn`; did you mean `token`?',
      `  environments.s.participants.a.source.path: the environment variable \`NO\` is not set; set it, or add a default: \${NO:-…}`,
      '',
    ]);
  });

  it('needs the variables of one environment only, where one is named', async () => {
    await write();
    const { B: _, ...withoutB } = env;
    expect(await configValidate({}, io(withoutB))).toBe(2);
    expect(await configValidate({ environment: 'production' }, io(withoutB))).toBe(0);
    expect(await configValidate({ environment: 'prod' }, io(env))).toBe(2);
  });
});

describe('config show', () => {
  it('shows what is in effect, and nothing that is secret', async () => {
    await write();
    const around = io(env);
    expect(await configShow({}, around)).toBe(0);
    expect(around.said.out).not.toContain('hunter');
    expect(JSON.parse(around.said.out)).toMatchObject({
      knownFallbacks: ['[hidden]', `\${FALLBACK}`],
      timeout: '7s',
      deadline: '30s',
      token: { ttl: '60s', algorithm: 'HS256' },
      environments: {
        staging: {
          participants: {
            a: { source: { fallback: '[hidden]' }, optional: false },
            b: {
              source: {
                url: `https://b.example.com/f?key=…&token=\${B}`,
                headers: {
                  Authorization: `Bearer \${B}`,
                  cookie: '[hidden]',
                  'x-mixed-token': '[hidden]',
                  accept: 'a/b',
                },
                pointer: '/fingerprint',
              },
              probes: [
                { method: 'GET', body: { password: '[hidden]', token: '{{token}}', note: 'n' } },
                { settle: '1s', messages: [{ password: '[hidden]' }, { expect: 'hello' }] },
              ],
            },
          },
        },
        production: { participants: { c: { source: { url: `\${C:-[hidden]}` } } } },
      },
    });
  });

  it('shows one environment, without needing the others', async () => {
    await write();
    const around = io({ FALLBACK: 'f' });
    expect(await configShow({ environment: 'production' }, around)).toBe(0);
    expect(Object.keys(JSON.parse(around.said.out).environments)).toEqual(['production']);
    expect(await configShow({ environment: 'staging' }, around)).toBe(0);
    expect(await configShow({ environment: 'x' }, around)).toBe(2);
  });
});

describe('config schema', () => {
  it('prints the JSON Schema', async () => {
    const around = io();
    expect(await configSchemaCommand({}, around)).toBe(0);
    expect(JSON.parse(around.said.out)).toEqual(JSON.parse(JSON.stringify(configJsonSchema())));
  });
});

describe('describeError', () => {
  it('puts a single problem of the whole file on the first line', () => {
    const error = new ConfigError('/a/b\u001b', [{ path: '', message: 'the file is empty' }], 'Fill it.');
    expect(describeError(error)).toBe('jwtcheck: /a/b\\u001b: the file is empty\nhint: Fill it.\n');
  });

  it('does not name a file where there is none', () => {
    expect(describeError(new ConfigError(null, [{ path: '', message: 'no configuration found' }]))).toBe(
      'jwtcheck: no configuration found\n',
    );
  });

  it('stops at fifty', () => {
    const problems = Array.from({ length: 60 }, (_, i) => ({ path: `p${i}`, message: 'm' }));
    const lines = describeError(new ConfigError(null, problems)).split('\n');
    expect([lines[0], lines.at(-2), lines.length]).toEqual([
      'jwtcheck: configuration: 60 problems',
      '  and 10 more',
      53,
    ]);
  });

  it('takes any error that a person can act on', () => {
    expect(describeError(new UsageError('what?', 'That.'))).toBe('jwtcheck: what?\nhint: That.\n');
  });
});
