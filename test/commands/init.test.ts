import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { parse } from 'jsonc-parser';
import { describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { type InitFlags, init } from '../../src/cli/commands/init/run.js';
import { loadConfig } from '../../src/config/load.js';
import { JwtcheckError } from '../../src/errors.js';
import type { ExitCode } from '../../src/model.js';
import { runHere } from '../support/here.js';
import { anIo, aRecorder } from '../support/outputs.js';
import { workspace } from '../support/workspace.js';

const folder = workspace();
const file = '.jwtcheckrc.json';
const api = ['--service', 'api=http://127.0.0.1:3000'];
const run = (cwd: string, args: readonly string[], env: Record<string, string> = {}) =>
  runHere(['init', ...args], { cwd, env: { HOME: cwd, ...env } });
const read = async (cwd: string, name = file) => parse(await readFile(join(cwd, name), 'utf8'));

/** A terminal where somebody types a line whenever a question is asked. */
async function typed(cwd: string, keys: readonly string[], flags: Partial<InitFlags> = {}) {
  const stdin = Object.assign(new PassThrough(), { isTTY: true });
  const stdout = aRecorder();
  const screen = aRecorder({ isTTY: true, columns: 60 });
  const left = [...keys];
  const stderr = {
    ...screen,
    write: async (text: string) => {
      await screen.write(text);
      if (/(\]|\)): $|\] $/.test(text) && left.length > 0) stdin.write(left.shift() ?? '');
    },
  };
  const checked: string[] = [];
  const outcome = await init(
    { guess: true, ...flags },
    { ...anIo(), cwd, stdin, stdout, stderr },
    async (config) => {
      checked.push(config);
      return 1;
    },
  ).catch((error: unknown): ExitCode => {
    if (error instanceof JwtcheckError && error.code === 'ERR_INTERRUPTED') return 130;
    throw error;
  });
  return { outcome, checked, screen: screen.text(), stdout: stdout.text(), left };
}

describe.concurrent('init by flags', () => {
  it('writes what loads, without the variables that it names', async () => {
    const cwd = await folder();
    const args = [
      ...['--yes', '-e', 'staging', '--project', 'my-project', '--secret', 'jwt-secret:7', ...api],
      ...['--probe', 'api=http://127.0.0.1:3000/me', '--websocket', 'ws=wss://example.org/ws'],
      ...['--test-env', 'JWT_SECRET_STAGING, JWT_SECRET', '--token-env', 'FINGERPRINT_TOKEN'],
    ];
    expect(await run(cwd, args)).toMatchObject({ code: 0, stdout: '' });
    const { settings, environment } = await loadConfig({ cwd, env: { FINGERPRINT_TOKEN: 'x' } });
    expect(environment).toBe('staging');
    expect(settings.environments.staging).toMatchObject({
      reference: 'secret_manager',
      participants: {
        secret_manager: { source: { project: 'my-project', secret: 'jwt-secret', version: '7' } },
        api: {
          source: {
            url: 'http://127.0.0.1:3000/internal/jwt-fingerprint',
            headers: { authorization: 'Bearer x' },
          },
          probes: [{ kind: 'http', url: 'http://127.0.0.1:3000/me' }],
        },
        ws: { probes: [{ kind: 'websocket', url: 'wss://example.org/ws' }] },
        test_framework: { source: { names: ['JWT_SECRET_STAGING', 'JWT_SECRET'] }, optional: true },
      },
    });
    expect(await readdir(cwd)).toEqual([file]);
  });

  it('JSON and YAML say the same, with comments', async () => {
    const cwd = await folder();
    const args = ['--print', '--no-guess', '-e', 'a b', ...api];
    const json = await run(cwd, args);
    const yaml = await run(cwd, [...args, '--yaml']);
    expect(json.stdout).toMatch(/^ {2}\/\/ /m);
    expect(yaml.stdout).toMatch(/^# yaml-language-server: \$schema=\.\/node_modules/);
    expect(parseYaml(yaml.stdout)).toEqual(parse(json.stdout));
    expect(await readdir(cwd)).toEqual([]);
  });

  it('names the schema of the package that is installed, also further up', async () => {
    const cwd = await folder({ 'node_modules/jwtcheck/dist/schema.json': {}, 'packages/one/x': '' });
    await run(cwd, ['--yes', ...api]);
    await run(join(cwd, 'packages/one'), ['--yes', ...api]);
    expect((await read(cwd)).$schema).toBe('./node_modules/jwtcheck/dist/schema.json');
    expect((await read(join(cwd, 'packages/one'))).$schema).toBe(
      '../../node_modules/jwtcheck/dist/schema.json',
    );
  });

  it('takes what it finds, and invents no host', async () => {
    const cwd = await folder({
      'compose.yaml': { services: { auth: { ports: ['8081:80'] }, worker: {} } },
      'app/.env': 'JWT_SECRET=x',
    });
    const { code, stderr } = await run(cwd, ['--yes']);
    expect({ code, stderr }).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('its URL is unknown'),
    });
    expect((await read(cwd)).environments).toEqual({
      local: {
        reference: 'dotenv',
        participants: {
          dotenv: { source: { kind: 'file', path: 'app/.env', key: 'JWT_SECRET' } },
          auth: { source: { kind: 'http', url: 'http://127.0.0.1:8081/internal/jwt-fingerprint' } },
          test_framework: { source: { kind: 'env', names: ['JWT_SECRET'] }, optional: true },
        },
      },
    });
  });

  it('never shows a value of what it reads', async () => {
    const values = ['wert-eins', 'wert-zwei', 'wert-drei', 'wert-vier', 'wert-fünf'];
    const [one, two, three, four, five] = values;
    const cwd = await folder({
      '.env': `JWT_SECRET=${one}\nJWT_KEY="${two}\nJWT_SECRET_OLD=${three}"\n`,
      'compose.yaml': `services:\n  a: { environment: { JWT_SECRET: ${four} } }\n  b: { environment: ["JWT_SECRET=${five}"] }\n`,
      'broken.yaml': `kind: X\nstringData: { JWT_SECRET: ${one}\n`,
    });
    const printed = await run(cwd, ['--print']);
    const { stderr } = await run(cwd, ['--yes']);
    const { screen } = await typed(cwd, Array(20).fill('\r'));
    const all = [
      printed.stdout,
      printed.stderr,
      stderr,
      screen,
      await readFile(join(cwd, file), 'utf8'),
    ].join();
    expect(printed.code).toBe(0);
    expect(all).toContain('JWT_SECRET');
    for (const value of values) expect(all).not.toContain(value);
  });

  it('leaves what is there alone, until it is told', async () => {
    const cwd = await folder({ [file]: 'mine' });
    expect(await run(cwd, ['--yes', ...api])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--force'),
    });
    expect(await readFile(join(cwd, file), 'utf8')).toBe('mine');
    expect((await run(cwd, ['--yes', '--force', ...api])).code).toBe(0);
    expect((await read(cwd)).defaultEnvironment).toBe('staging');
    expect(await readdir(cwd)).toEqual([file]);
  });

  it('replaces what a link leads to, not the link', async () => {
    const cwd = await folder({ 'real.json': '{}' });
    await symlink('real.json', join(cwd, file));
    expect((await run(cwd, ['--yes', '--force', ...api])).code).toBe(0);
    expect((await read(cwd, 'real.json')).defaultEnvironment).toBe('staging');
  });

  it('writes none that would never be read, nor one that hides another', async () => {
    const shadowed = await folder({ '.jwtcheckrc': '{}' });
    for (const force of [[], ['--force']]) {
      const { code, stderr } = await run(shadowed, ['--yes', ...force, ...api]);
      expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('never be read') });
    }
    const hiding = await folder({ 'package.json': { jwtcheck: {} } });
    expect(await run(hiding, ['--yes', ...api])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('package.json'),
    });
    expect(existsSync(join(shadowed, file)) || existsSync(join(hiding, file))).toBe(false);
  });

  it('elsewhere than where it is looked for, it says how to name it', async () => {
    const cwd = await folder();
    await mkdir(join(cwd, 'ci'));
    const { stderr } = await run(cwd, ['--yes', '-o', 'ci/jwt.yaml', ...api]);
    expect(stderr).toContain('jwtcheck -c ci/jwt.yaml');
    expect(await run(cwd, ['--yes', '-o', 'no/jwt.json', ...api])).toMatchObject({ code: 2 });
  });

  it.for<[string, readonly string[]]>([
    ['no terminal', []],
    ['nothing to check', ['--yes', '--no-guess']],
    ['--secret needs a project', ['--yes', '--secret', 'jwt']],
    ['a service without a URL', ['--yes', '--service', 'api']],
    ['a service twice', ['--yes', ...api, ...api]],
    ['a name that is taken', ['--yes', '--service', 'dotenv=https://example.org']],
    ['plain HTTP elsewhere', ['--yes', '--service', 'api=http://example.org']],
    ['a scheme that is none', ['--yes', '--websocket', 'api=https://example.org']],
    ['a dotenv file without a name', ['--yes', '--dotenv', '.env']],
    ['an unknown shape of a variable', ['--yes', '--test-env', 'a-b']],
    ['a folder that is not there', ['--yes', '-o', 'x/y/z.json', ...api]],
  ])('is refused: %s', async ([, args]) => {
    const { code, stdout, stderr } = await run(await folder(), args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^(Looked .*\n(.*\n)?)?jwtcheck: /);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  const password = 'hunter2hunter2';
  const hex = '0123456789abcdef0123456789abcdef';
  it.for<[readonly string[]]>([
    [['--service', `api=https://user:${password}@example.org`]],
    [['--service', `api=https://example.org/?token=${password}`]],
    [['--service', `api=${password}`]],
    [['--service', `${hex}=https://example.org`]],
    [['--secret', hex, '--project', 'my-project']],
    [['--secret', `${password}!`, '--project', 'my-project']],
    [['--project', `${password}!`]],
    [['--test-env', `${password} x`]],
    [['--test-env', hex]],
    [['--token-env', `Bearer ${password}`]],
    [['--dotenv', `${password}`]],
    [['-e', 'AbCdEfGhIjKlMnOpQrStUvWx12']],
    [['-e', `my ${password}`]],
    [['-e', 'eyJhbGciOiJIUzI1NiJ9.e30.x']],
    [['-e', '\u001b[31mred']],
    [['--websocket', `a=wss://x:${password}@example.org`]],
  ])('a secret in the wrong place is refused, and not repeated: %j', async ([args]) => {
    const cwd = await folder();
    const { code, stdout, stderr } = await run(cwd, ['--yes', ...args], { JWT_SECRET: password });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).not.toMatch(/hunter2|0123456789abcdef|AbCdEf|eyJ|\u001b/);
    expect(await readdir(cwd)).toEqual([]);
  });
});

describe.concurrent('init on a terminal', () => {
  const files = {
    'compose.yaml': { services: { auth: { ports: ['8081:80'], environment: { JWT_SECRET: 'x' } } } },
    '.env': 'JWT_SECRET=x',
  };
  const enter = '\r';

  it('Enter takes what was found; it shows it, writes it and checks', async () => {
    const cwd = await folder(files);
    const { outcome, checked, screen, stdout } = await typed(cwd, Array(20).fill(enter));
    expect({ outcome, checked, stdout }).toEqual({ outcome: 1, checked: [join(cwd, file)], stdout: '' });
    const written = await readFile(join(cwd, file), 'utf8');
    expect(screen).toContain(written.split('\n')[4]);
    expect(screen).toContain('service auth');
    expect(screen.indexOf('"reference"')).toBeLessThan(screen.indexOf('Write .jwtcheckrc.json?'));
    expect(Object.keys(parse(written).environments.local.participants)).toEqual([
      'dotenv',
      'auth',
      'test_framework',
    ]);
  });

  it('takes what is typed, and asks again where that cannot be', async () => {
    const cwd = await folder();
    const lines = [
      'production',
      'Not A Project',
      'my-project',
      'jwt-secret',
      'api=http://example.org',
      'api=https://example.org',
      'wss://example.org/ws',
      '-',
      'FP_TOKEN',
      'JWT_SECRET',
      'y',
      'n',
    ];
    const { outcome, screen, left } = await typed(
      cwd,
      lines.map((line) => `${line}\r`),
    );
    expect({ outcome, left }).toEqual({ outcome: 0, left: [] });
    expect(screen).toContain('specify the id of a project');
    expect(screen).toContain('use https://');
    expect((await read(cwd)).environments.production).toMatchObject({
      reference: 'secret_manager',
      participants: {
        secret_manager: { source: { project: 'my-project', secret: 'jwt-secret' } },
        api: {
          source: { headers: { authorization: `Bearer \${FP_TOKEN}` } },
          probes: [{ kind: 'websocket', url: 'wss://example.org/ws' }],
        },
      },
    });
  });

  it('asks nothing that a flag answered', async () => {
    const cwd = await folder();
    const flags = {
      environment: 'one',
      service: ['api=https://example.org'],
      testEnv: 'A',
      tokenEnv: 'B',
      dotenv: '.env:C',
    };
    const { outcome, screen } = await typed(cwd, ['y\r', 'n\r'], flags);
    expect(outcome).toBe(0);
    expect(screen.match(/\[Y\/n\]/g)?.length).toBeGreaterThan(0);
    expect(screen).not.toContain('(- for');
  });

  it.for([
    ['Ctrl-C at the first question', ['\u0003']],
    ['Ctrl-D at the second', [enter, '\u0004']],
    ['Ctrl-C where it wants to write', [...Array(7).fill(enter), '\u0003']],
  ] as const)('%s: nothing is written', async ([, keys]) => {
    const cwd = await folder(files);
    const { outcome } = await typed(cwd, keys);
    expect(outcome).toBe(130);
    expect((await readdir(cwd)).sort()).toEqual(['.env', 'compose.yaml']);
  });

  it('replaces nothing on Enter', async () => {
    const cwd = await folder({ ...files, [file]: 'mine' });
    const { outcome, screen } = await typed(cwd, Array(20).fill(enter));
    expect(outcome).toBe(0);
    expect(screen).toContain('already exists. Replace it? [y/N]');
    expect(screen).toContain('Nothing was written.');
    expect(await readFile(join(cwd, file), 'utf8')).toBe('mine');
  });
});
