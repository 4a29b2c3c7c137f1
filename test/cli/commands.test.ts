import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { scenarioNames } from '../../src/demo/scenarios.js';
import { rules } from '../../src/judge/rules/index.js';
import { tokenOf } from '../field/issuer.js';
import type { Run, RunOptions } from '../support/cli.js';
import { runHere } from '../support/here.js';
import { workspace } from '../support/workspace.js';

const folder = workspace();
const secret = 'a secret of many words, with an ä in it';
const sha256 = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex');
let cwd: string;

beforeAll(async () => {
  cwd = await folder({
    '.jwtcheckrc.jsonc': '',
    '.jwtcheckrc': [
      '// which of them',
      '{ "defaultEnvironment": "one", "environments": {',
      '  "one": { "participants": { "p": { "source": { "kind": "pinned", "fingerprint": "11111111" } } } },',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the configuration.
      '  "two": { "participants": { "q": { "source": { "kind": "http", "url": "https://${HOST:-hidden.example}/" } } } },',
      '} }',
    ].join('\n'),
    'secret.txt': secret,
    'newline.txt': `${secret}\n`,
    'empty.txt': '',
    'large.txt': Buffer.alloc(1024 * 1024 + 1, 'x'),
  });
});

const run = (args: readonly string[], options: RunOptions = {}): Promise<Run> =>
  runHere(args, { cwd, ...options });

async function printed(args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await run(args, options);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

async function refused(args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await run(args, options);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^jwtcheck: /);
  return stderr;
}

describe.concurrent('whose', () => {
  it('tells without a configuration that a published secret signed a token', async () => {
    const input = `Authorization: Bearer ${tokenOf({ key: 'your-256-bit-secret' })}\n`;
    const { code, stdout, stderr } = await run(['whose', '--secret-env-var', 'SOME_SECRET'], {
      input,
      cwd: await folder({}),
      env: { SOME_SECRET: secret },
    });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^✗ INVALID {2}it is signed with jwt\.io, not with the given secret/);
    expect(stderr).toContain('no configuration was found');
  });

  it.for([
    ['nothing', ''],
    ['no token', 'hello there'],
  ])('of %s is a usage error', async ([, input = '']) => {
    expect(await refused(['whose'], { input })).toContain('standard input');
  });
});

describe.concurrent('fingerprint', () => {
  it.for([secret, ' blanks around ', '\ufeffmark', '\u0000', 'crlf\r'])(
    'of %j from standard input',
    async (input) => {
      expect(await printed(['fingerprint'], { input })).toBe(`${sha256(input).slice(0, 8)}\n`);
    },
  );

  it('takes bytes that are no text', async () => {
    const input = Buffer.from([0xff, 0xfe, 0x00, 0x80, 0xc3]);
    expect(await printed(['fingerprint', '--length', '64'], { input })).toBe(`${sha256(input)}\n`);
  });

  it('says that a newline counts', async () => {
    for (const [args, input] of [
      [['fingerprint'], `${secret}\n`],
      [['fingerprint', '--file', 'newline.txt'], ''],
    ] as const) {
      const { code, stdout, stderr } = await run(args, { input });
      expect({ code, stdout }).toEqual({ code: 0, stdout: `${sha256(`${secret}\n`).slice(0, 8)}\n` });
      expect(stderr).toMatch(/^note: .*newline/);
    }
  });

  it('of a variable and of a file', async () => {
    const env = { SOME_SECRET: secret };
    expect(await printed(['fingerprint', '--env-var', 'SOME_SECRET'], { env })).toBe(
      `${sha256(secret).slice(0, 8)}\n`,
    );
    expect(await printed(['fingerprint', '--file', 'secret.txt', '--length', '12'])).toBe(
      `${sha256(secret).slice(0, 12)}\n`,
    );
  });

  it.for([
    [[], '', 'empty'],
    [['--env-var', 'EMPTY'], '', 'empty'],
    [['--env-var', 'NOT_SET'], '', 'this variable is not set'],
    [['--env-var', 'constructor'], '', 'this variable is not set'],
    [['--file', 'empty.txt'], '', 'empty'],
    [['--file', 'nowhere.txt'], '', 'cannot read'],
    [['--file', '.'], '', 'cannot read'],
    [['--file', 'large.txt'], '', 'over 1 MiB'],
    [[], 'x'.repeat(1024 * 1024 + 1), 'over 1 MiB'],
    [['--file', 'secret.txt', '--env-var', 'X'], '', 'exclude each other'],
    [['--length', '65'], 'x', '--length'],
  ] as const)('refuses %j', async ([args, input, words]) => {
    expect(await refused(['fingerprint', ...args], { input, env: { EMPTY: '' } })).toContain(words);
  });

  it('takes no secret from an argument, nor repeats it', async () => {
    for (const args of [[secret], ['--', secret], [`--value=${secret}`]]) {
      expect(await refused(['fingerprint', ...args], { input: 'x' })).not.toContain(secret);
    }
  });
});

describe.concurrent('explain', () => {
  it('lists every finding', async () => {
    const list = await printed(['explain']);
    for (const { code } of rules) expect(list).toMatch(new RegExp(`^ {2}${code} `, 'm'));
  });

  it('tells what one means and how to fix it', async () => {
    for (const { code } of rules.slice(-3)) {
      const page = await printed(['explain', code.toUpperCase()], { env: { COLUMNS: '72' } });
      expect(page).toMatch(new RegExp(`^${code}\n`));
      expect(page).toMatch(/^How to fix it$/m);
    }
  });

  it('of an unknown one says which are meant', async () => {
    expect(await refused(['explain', 'newline'])).toContain('Did you mean trailing-newline');
  });
});

describe.concurrent('config', () => {
  it('validate tells how much there is', async () => {
    expect(await printed(['config', 'validate'])).toMatch(
      /^OK .*\.jwtcheckrc: 2 environments, 2 participants\n$/,
    );
  });

  it('validate looks at every environment, or at one', async () => {
    const own = await folder({
      '.jwtcheckrc.yaml': [
        'environments:',
        '  good: { participants: { p: { source: { kind: pinned, fingerprint: "11111111" } } } }',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the configuration.
        '  bad: { participants: { p: { source: { kind: http, url: "${NOT_SET}" } } } }',
      ].join('\n'),
    });
    expect(await refused(['config', 'validate'], { cwd: own })).toContain(
      'environments.bad.participants.p.source.url',
    );
    expect(await printed(['config', 'validate', '-e', 'good'], { cwd: own })).toMatch(/^OK /);
    expect((await run(['-e', 'good'], { cwd: own })).code).toBe(3);
  });

  it('show prints it with its defaults, and nothing that was put in', async () => {
    const shown = await printed(['config', 'show'], { env: { HOST: 'very-secret.example' } });
    expect(shown).not.toMatch(/very-secret|hidden\.example/);
    expect(JSON.parse(shown)).toMatchObject({
      defaultEnvironment: 'one',
      timeout: '5s',
      controls: ['forged', 'missing'],
      environments: { one: { participants: { p: { source: { fingerprint: '11111111' } } } } },
    });
    expect(Object.keys(JSON.parse(await printed(['config', 'show', '-e', 'two'])).environments)).toEqual([
      'two',
    ]);
  });

  it('schema is the one that is shipped', async () => {
    const schema = await printed(['config', 'schema']);
    expect(JSON.parse(schema)).toMatchObject({ type: 'object', additionalProperties: false });
    expect(schema).toBe(await readFile(resolve(import.meta.dirname, '../../dist/schema.json'), 'utf8'));
  });
});

describe.concurrent('demo', () => {
  it('--list names every scenario', async () => {
    const list = await printed(['demo', '--list']);
    expect(
      list
        .trimEnd()
        .split('\n')
        .map((line) => line.split(' ')[0]),
    ).toEqual(scenarioNames);
  });

  it('checks as any check, with its flags; the report alone on standard output', async () => {
    const { code, stdout, stderr } = await run([
      'demo',
      'trailing-newline',
      '-f',
      'json',
      '--skip',
      'test_framework',
    ]);
    const report = JSON.parse(stdout);
    expect(code).toBe(1);
    expect(report).toMatchObject({ verdict: 'inconsistent', exitCode: 1, environment: 'staging' });
    expect(report.participants.map((one: { name: string }) => one.name)).toEqual([
      'secret_manager',
      'auth_service',
      'backend_service',
    ]);
    expect(stderr).toMatch(/^demo trailing-newline: .*\n(.*\n)*.*Expected: inconsistent, .*exit code 1\.\n/);
  });

  it('is not led astray by the variables of whoever calls it', async () => {
    const env = {
      JWT_SECRET: 'mine',
      JWT_SECRET_KEY: 'mine',
      JWT_SECRET_STAGING: 'mine',
      SECRET_MANAGER_EMULATOR_HOST: '127.0.0.1:1',
      JWTCHECK_CONFIG: 'nowhere.json',
      JWTCHECK_ENVIRONMENT: 'production',
      HTTPS_PROXY: 'http://127.0.0.1:1',
      HTTP_PROXY: 'http://127.0.0.1:1',
    };
    expect((await run(['demo', '--timeout', '1m', '--deadline', '5m'], { env })).code).toBe(0);
  });
});
