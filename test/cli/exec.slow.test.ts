import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SecretManager, startSecretManager } from '../../src/demo/secret-manager.js';
import { audience, issuer } from '../../src/demo/verifier.js';
import { bin, type Run, type RunOptions, runCli } from '../support/cli.js';
import { runHere } from '../support/here.js';
import { expectNoLeak } from '../support/leaks.js';
import { some } from '../support/random.js';
import { fingerprint, participant, type Service, startService } from '../support/service.js';
import { until } from '../support/watched.js';
import { workspace } from '../support/workspace.js';

const secret = 'what every participant should hold, $HOME "quoted" ünïcode';
const id = { project: 'example', secret: 'jwt' };
const folder = workspace();
let manager: SecretManager;
let service: Service;
let cwd: string;

const token = {
  issuer,
  audience,
  types: { access: { token_type: 'access' }, refresh: { token_type: 'refresh' } },
};
const tests = {
  source: {
    kind: 'env',
    names: ['JWT_SECRET_STAGING', 'JWT_SECRET_KEY', 'JWT_SECRET'],
    fallback: 'staging-jwt-secret-key',
  },
};

/** A configuration whose reference is the embedded Secret Manager. */
function configOf(participants: object, { version = 'latest', more = {} } = {}) {
  const store = { source: { kind: 'google-secret-manager', ...id, version, endpoint: manager.url } };
  return {
    token,
    ...more,
    environments: { staging: { reference: 'store', participants: { store, ...participants } } },
  };
}

beforeAll(async () => {
  manager = await startSecretManager();
  manager.store.add(id, secret);
  service = await startService(secret);
  cwd = await folder({
    '.jwtcheckrc.json': configOf({ tests, service: participant(service) }),
    'two.json': configOf({ tests, 'other tests': tests }),
    'unset.json': configOf({
      tests,
      service: { source: { kind: 'http', url: 'https://api.invalid', headers: { a: `$${'{NOT_SET}'}` } } },
    }),
  });
});
afterAll(async () => {
  await manager.close();
  await service.close();
});

const run = (args: readonly string[], options: RunOptions = {}): Promise<Run> =>
  runCli(['exec', ...args], { cwd, ...options });

/** A shell with a script: the command that is run. */
const sh = (script: string): string[] => ['--', 'sh', '-c', script];

/** The same without a process for jwtcheck itself, where the command prints nothing. */
const execHere = (args: readonly string[], options: RunOptions = {}): Promise<Run> =>
  runHere(['exec', ...args], { cwd, ...options });

/** The environment that the command got. */
async function envOf(args: readonly string[], options: RunOptions = {}): Promise<Record<string, string>> {
  const file = join(await folder(), 'env');
  expect(await execHere([...args, ...sh(`env -0 > ${file}`)], options)).toMatchObject({
    code: 0,
    stdout: '',
  });
  const lines = (await readFile(file, 'utf8')).split('\0').filter((line) => line !== '');
  return Object.fromEntries(lines.map((line) => [line.replace(/=.*/s, ''), line.replace(/^[^=]*=/, '')]));
}

/** The command was not started. */
async function expectNotStarted(args: readonly string[], code: number, options: RunOptions = {}) {
  const file = join(await folder(), 'started');
  const ended = await runHere(['exec', ...args, ...sh(`echo > ${file}`)], { cwd, ...options });
  expect(ended).toMatchObject({ code, stdout: '' });
  expect(existsSync(file)).toBe(false);
  expectNoLeak({ stderr: ended.stderr }, [secret]);
  return ended.stderr;
}

/** The command was started. */
async function expectStarted(args: readonly string[]): Promise<void> {
  const file = join(await folder(), 'started');
  expect(await execHere([...args, ...sh(`echo > ${file}`)])).toMatchObject({ code: 0 });
  expect(existsSync(file)).toBe(true);
}

describe('the environment of the command', () => {
  it('has the secret in the first variable of the participant, and none of its other variables', async () => {
    const env = await envOf([], {
      env: { JWT_SECRET_STAGING: 'wrong', JWT_SECRET: 'wrong, too', OTHER: 'kept' },
    });
    expect(env.JWT_SECRET_STAGING).toBe(secret);
    expect(env.OTHER).toBe('kept');
    expect(env).not.toHaveProperty('JWT_SECRET');
    expect(env).not.toHaveProperty('JWT_SECRET_KEY');
  });

  it('keeps variables that jwtcheck itself must not have', async () => {
    const given = { DEBUG: 'pw:api', GRPC_TRACE: 'all', NODE_TLS_REJECT_UNAUTHORIZED: '0' };
    expect(await envOf([], { env: given })).toMatchObject(given);
  });

  it('is that of the participant that is named', async () => {
    const stderr = await expectNotStarted(['-c', 'two.json'], 2);
    expect(stderr).toContain('`tests` or `other tests`');
    expect((await envOf(['other tests', '-c', 'two.json'])).JWT_SECRET_STAGING).toBe(secret);
  });

  it('needs no variables that only other participants use', async () => {
    expect((await envOf(['-c', 'unset.json'])).JWT_SECRET_STAGING).toBe(secret);
  });

  it('has the secret for code that would fall back to a literal', async () => {
    const both = '$JWT_SECRET_STAGING$JWT_SECRET';
    const code = sh(`printf %s "${both}"; [ -n "${both}" ] || printf %s staging-jwt-secret-key`);
    const without = await run(['--token', 'UNUSED', '-q', ...code]);
    expect(without.stdout).toBe('staging-jwt-secret-key');
    const ended = await run(['-q', ...code]);
    expect(ended).toMatchObject({ code: 0, stdout: secret });
    // The emulator is named even then.
    expect(ended.stderr).toMatch(/^jwtcheck: Secret Manager is an emulator at 127\.0\.0\.1:\d+: .*\n$/);
  });
});

describe('the exit code', () => {
  it.each(
    some(
      [
        ['0', sh('exit 0'), 0],
        ['7', sh('exit 7'), 7],
        ['of a signal', sh('kill -TERM $$'), 143],
        ['of SIGKILL', sh('kill -KILL $$'), 137],
        ['of what does not exist', ['--', 'no-such-program'], 127],
        ['of a folder', ['--', '/'], 126],
        ['of no program at all', ['--', ''], 126],
      ],
      3,
    ),
  )('is that of the command: %s', async (_, args, code) => {
    expect(await execHere(args)).toMatchObject({ code, stdout: '' });
  });

  it('does not repeat a secret that stands where the command should', async () => {
    const { code, stderr } = await execHere(['--', secret]);
    expect(code).toBe(127);
    expect(stderr).toContain('`[secret]` does not exist, or is not in PATH');
    expect(stderr).not.toContain('every participant');
  });

  it('is 126 for a file that is not executable', async () => {
    const here = await folder({ 'plain.sh': '#!/bin/sh\n' });
    await chmod(join(here, 'plain.sh'), 0o644);
    const ended = await execHere(['--', join(here, 'plain.sh')]);
    expect(ended).toMatchObject({ code: 126, stderr: expect.stringContaining('permission denied') });
  });

  it.skipIf(process.platform === 'win32')('is 126 where an argument is too long for the system', async () => {
    const wide = 'x'.repeat(120_000);
    const ended = await execHere(['--token', 'T', '--claim', `wide=${wide}`, '--', 'true']);
    expect(ended).toMatchObject({ code: 126, stderr: expect.stringContaining('too long for the system') });
  });

  it('is 126 for an empty command, in words', async () => {
    expect(await execHere(['--', ''])).toMatchObject({
      code: 126,
      stderr: expect.stringContaining('the name is empty'),
    });
  });

  it('is 2 without a command', async () => {
    for (const args of [[], ['--'], ['pytest', '-q'], ['tests', 'pytest'], ['one', 'two', '--', 'true']])
      expect(await execHere(args)).toMatchObject({ code: 2, stdout: '' });
    const ended = await execHere(['npx', '--headed']);
    expect(ended).toMatchObject({ code: 2, stderr: expect.stringContaining('after --') });
  });
});

describe('standard input and output', () => {
  it('are those of the command', async () => {
    const ended = await run(sh('cat; echo to stderr >&2'), { input: 'what was sent' });
    expect(ended).toMatchObject({ code: 0, stdout: 'what was sent' });
    expect(ended.stderr.split('\n')).toEqual([
      expect.stringMatching(/^jwtcheck: Secret Manager is an emulator/),
      `jwtcheck: JWT_SECRET_STAGING is set to the secret of store (version 1, fingerprint ${fingerprint(secret)})`,
      'to stderr',
      '',
    ]);
  });

  it('take flags after -- for those of the command', async () => {
    const ended = await run(['-q', '--', 'printf', '%s\\n', '--help', '-q', '--', '--token', '--json']);
    expect(ended).toMatchObject({ code: 0, stdout: '--help\n-q\n--\n--token\n--json\n' });
  });

  it('may be closed by a reader that has enough', async () => {
    const script = `${process.execPath} ${bin} exec -q -- seq 1000000 | head -1; exit \${PIPESTATUS[0]}`;
    const { PATH = '', HOME = '' } = process.env;
    const child = spawn('bash', ['--norc', '-c', script], {
      cwd,
      env: { PATH, HOME },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    child.stdout.on('data', (text) => {
      out += text;
    });
    const [code] = await once(child, 'close');
    expect({ out, code }).toEqual({ out: '1\n', code: 141 });
  });
});

/** Says that it is there, and counts the signals that it gets; SIGTERM ends it. */
const counting = `
  for (const name of ['SIGINT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGQUIT'])
    process.on(name, () => console.log(name));
  process.on('SIGTERM', () => { console.log('SIGTERM'); process.exit(9); });
  setInterval(() => {}, 1000);
  console.log('ready, parent ' + process.ppid);
`;

describe('signals', () => {
  it('are passed on, once each, until the command ends', async () => {
    const left: NodeJS.Signals[] = ['SIGINT', 'SIGHUP', 'SIGINT', 'SIGUSR1', 'SIGUSR2', 'SIGQUIT', 'SIGTERM'];
    const sent: string[] = [];
    const ended = await run(['--', process.execPath, '-e', counting], {
      onOutput: ({ stdout }, kill) => {
        const lines = stdout.split('\n').length - 1;
        if (lines === 0 || lines > sent.length + 1) return;
        if (lines <= sent.length) return;
        const next = left.shift();
        if (next === undefined) return;
        sent.push(next);
        kill(next);
      },
    });
    expect(ended.stdout.trim().split('\n')).toEqual([expect.stringMatching(/^ready/), ...sent]);
    expect(sent).toHaveLength(7);
    expect(ended).toMatchObject({ code: 9, signal: null });
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s ends a command that does nothing about it', async (signal, code) => {
    const ended = await run(sh('echo ready; exec sleep 600'), {
      onOutput: ({ stdout }, kill) => {
        if (stdout === 'ready\n') kill(signal);
      },
    });
    expect(ended).toMatchObject({ code, signal: null });
  });

  it('of the keys of a terminal reach the command once', async (context) => {
    const util = spawnSync('script', ['--version'], { encoding: 'utf8' });
    context.skip(!`${util.stdout}`.includes('util-linux'), 'needs script of util-linux for a terminal');
    const words = [process.execPath, bin, 'exec', '-q', '--', process.execPath, '-e', counting];
    const line = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
    const terminal = spawn('script', ['-qfec', `exec ${line}`, '/dev/null'], {
      cwd,
      env: { PATH: process.env.PATH, SHELL: '/bin/sh' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let out = '';
    terminal.stdout.on('data', (text) => {
      out += text;
    });
    const closed = once(terminal, 'close');
    const count = (word: string): number => out.split(word).length - 1;
    await until('the start', () => count('ready') === 1);
    // Often enough that two signals at once cannot always become one on their way.
    const presses = 6;
    for (let press = 1; press <= presses; press += 1) {
      for (const [key, signal] of [
        ['\x03', 'SIGINT'],
        ['\x1c', 'SIGQUIT'],
      ] as const) {
        terminal.stdin.write(key);
        await until(signal, () => count(signal) >= press);
      }
    }
    // Whatever was passed on beside these arrives before the last one.
    const [, pid = ''] = /parent (\d+)/.exec(out) ?? [];
    process.kill(Number(pid), 'SIGTERM');
    await closed;
    expect({ interrupted: count('SIGINT'), quit: count('SIGQUIT'), terminated: count('SIGTERM') }).toEqual({
      interrupted: presses,
      quit: presses,
      terminated: 1,
    });
  });

  it('before the start end jwtcheck itself', async () => {
    const asked = new Promise<void>((resolve) => {
      manager.intercept = () => {
        resolve();
        return true;
      };
    });
    const ended = await run(sh('echo started'), { killOnce: { happened: asked, signal: 'SIGTERM' } });
    manager.intercept = null;
    expect(ended).toMatchObject({ code: 143, stdout: '', stderr: '' });
  });
});

describe('without the secret the command is not started', () => {
  it('if the reference cannot be read', async () => {
    const here = await folder({ 'down.json': configOf({ tests }, { version: '17' }) });
    const stderr = await expectNotStarted(['-c', join(here, 'down.json')], 3);
    expect(stderr).toContain('the command was not started: the reference store could not be read');
    expect(stderr).toContain('hint: ');
  });

  it('if the reference is a program that fails, whose words are shown without the secret in a variable', async () => {
    const store = { source: { kind: 'command', run: ['sh', '-c', 'echo "got $SAID" >&2; exit 1'] } };
    const here = await folder({
      'c.json': { environments: { staging: { reference: 'store', participants: { store, tests } } } },
    });
    const [held, said] = ['harbour-velvet-lantern-copper', 'ELVET-LANTERN'];
    const env = { JWT_SECRET_STAGING: held, SAID: said };
    const stderr = await expectNotStarted(['-c', join(here, 'c.json')], 3, { env });
    expect(stderr).toContain('ended with exit status 1: got [secret]\n');
  });

  it('if the reference is silent', async () => {
    manager.intercept = () => true;
    const stderr = await expectNotStarted(['--timeout', '300ms', '--deadline', '300ms'], 3);
    manager.intercept = null;
    expect(stderr).toContain('could not be read');
  });

  it('if the reference yields a fingerprint alone', async () => {
    const pinned = { source: { kind: 'pinned', fingerprint: fingerprint(secret) } };
    const here = await folder({
      'c.json': { environments: { staging: { reference: 'pin', participants: { pin: pinned, tests } } } },
    });
    expect(await expectNotStarted(['-c', join(here, 'c.json')], 3)).toContain(
      'the reference pin does not yield the secret itself',
    );
  });

  it('if the reference would fall back', async () => {
    const store = { source: { kind: 'env', names: ['STORE'], fallback: 'a fallback of the store' } };
    const here = await folder({
      'c.json': { environments: { staging: { reference: 'store', participants: { store, tests } } } },
    });
    const flags = ['-c', join(here, 'c.json')];
    expect(await expectNotStarted(flags, 3)).toContain('none of STORE is set');
    expect((await envOf(flags, { env: { STORE: secret } })).JWT_SECRET_STAGING).toBe(secret);
  });

  it.each([
    ['a NUL byte', Buffer.from('a secret\0with a NUL'), 'it contains a NUL byte'],
    ['bytes that are not UTF-8', Buffer.from([0x61, 0xff, 0xfe, 0x62, 0x63, 0x64]), 'it is not valid UTF-8'],
    ['nothing', Buffer.alloc(0), 'it is empty'],
  ])('if the secret has %s', async (_, bytes, why) => {
    const here = await folder({ key: bytes });
    const store = { source: { kind: 'file', path: join(here, 'key') } };
    const config = { environments: { staging: { reference: 'store', participants: { store, tests } } } };
    const more = await folder({ 'c.json': config });
    expect(await expectNotStarted(['-c', join(more, 'c.json')], 3)).toContain(
      `the secret of store cannot be an environment variable: ${why}`,
    );
  });

  it('if tokens would be signed with an empty secret', async () => {
    const here = await folder({ key: '' });
    const store = { source: { kind: 'file', path: join(here, 'key') } };
    const config = { environments: { staging: { reference: 'store', participants: { store, tests } } } };
    const more = await folder({ 'c.json': config });
    expect(await expectNotStarted(['-c', join(more, 'c.json'), '--token', 'T'], 3)).toContain(
      'the secret of the reference is empty',
    );
  });

  it.each([
    ['a byte order mark', '\ufeffa secret with a mark'],
    ['line breaks and spaces', ' a secret\r\nof two lines \n'],
    ['characters of several bytes', 'ключ 鍵 🔑'],
  ])('but it is, unchanged, if the secret has %s', async (_, text) => {
    const here = await folder({ key: text });
    const store = { source: { kind: 'file', path: join(here, 'key') } };
    const config = { environments: { staging: { reference: 'store', participants: { store, tests } } } };
    const more = await folder({ 'c.json': config });
    expect((await envOf(['-c', join(more, 'c.json')])).JWT_SECRET_STAGING).toBe(text);
  });

  it('if the environment has no reference, or no participant that reads variables', async () => {
    const here = await folder({
      'none.json': { environments: { staging: { participants: { tests } } } },
      'no-env.json': configOf({ service: participant(service) }),
      'reference.json': {
        environments: { staging: { reference: 'tests', participants: { tests } } },
      },
    });
    expect(await expectNotStarted(['-c', join(here, 'reference.json')], 2)).toContain(
      'only `tests`, which is the reference itself, reads environment variables',
    );
    expect(await expectNotStarted(['-c', join(here, 'none.json')], 2)).toContain('has no reference');
    expect(await expectNotStarted(['-c', join(here, 'no-env.json')], 2)).toContain(
      'no participant reads environment variables',
    );
    expect(await expectNotStarted(['service'], 2)).toContain('does not read environment variables');
    expect(await expectNotStarted(['store'], 2)).toContain('does not read environment variables');
    expect(await expectNotStarted(['test'], 2)).toContain('did you mean `tests`?');
  });
});

describe('--check', () => {
  const kept = async (key: string, work: () => Promise<void>): Promise<void> => {
    service.hold(key);
    await work();
    service.hold(secret);
  };

  it('starts the command of a consistent environment; the report goes to standard error', async () => {
    const ended = await run(['--check', ...sh('echo started')], { env: { JWT_SECRET: 'wrong' } });
    expect(ended).toMatchObject({ code: 0, stdout: 'started\n' });
    expect(ended.stderr).toContain('CONSISTENT');
    const [report = '', words = ''] = [
      ended.stderr.indexOf('CONSISTENT'),
      ended.stderr.indexOf('is set to'),
    ].map(String);
    expect(Number(report)).toBeLessThan(Number(words));
    expectNoLeak({ stderr: ended.stderr }, [secret]);
  });

  it('does not start it where a service differs', async () => {
    await kept(`${secret}\n`, async () => {
      const stderr = await expectNotStarted(['--check'], 1);
      expect(stderr).toContain('trailing-newline');
      expect(stderr).toContain('the command was not started');
      await expectStarted(['-q']);
    });
  });

  it('does not start it where a service cannot be read, unless it may be unreachable', async () => {
    const here = await folder({
      'c.json': configOf({
        tests,
        gone: { source: { kind: 'http', url: 'http://127.0.0.1:1/' } },
        service: participant(service),
      }),
    });
    const flags = ['-c', join(here, 'c.json'), '--check'];
    expect(await expectNotStarted(flags, 3)).toContain('INCONCLUSIVE');
    await expectStarted([...flags, '--allow-unreachable', 'gone']);
  });

  it('takes the flags of a check, and rejects them without it', async () => {
    const file = join(await folder(), 'report.json');
    await execHere(['--check', '-f', `json:${file}`, '--no-probes', ...sh('true')]);
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ verdict: 'consistent' });
    for (const flag of ['--no-probes', '--skip=service', '-v', '--fail-on=error', '-fjson', '--wait=1s'])
      expect(await expectNotStarted([flag], 2)).toContain('has no effect without --check');
    expect(await expectNotStarted(['--check', '--only', 'tests'], 2)).toContain('is not checked');
    expect(await expectNotStarted(['--check', '--skip', 'service'], 2)).toContain('nothing to check');
  });
});

describe('--token', () => {
  const key = Buffer.from(secret);

  it('puts tokens into variables, and the secret into none', async () => {
    const env = await envOf(['--token', 'E2E_TOKEN', '--token', 'REFRESH=refresh', '--ttl', '5m'], {
      env: { JWT_SECRET: 'wrong', JWT_SECRET_STAGING: secret, ELSEWHERE: secret, OTHER: 'kept' },
    });
    expect(Object.values(env)).not.toContain(secret);
    for (const name of ['JWT_SECRET', 'JWT_SECRET_STAGING', 'ELSEWHERE'])
      expect(env).not.toHaveProperty(name);
    expect(env.OTHER).toBe('kept');
    const options = { issuer: token.issuer, audience: token.audience, algorithms: ['HS256'] };
    const access = await jwtVerify(env.E2E_TOKEN ?? '', key, options);
    const refresh = await jwtVerify(env.REFRESH ?? '', key, options);
    expect(access.payload).toMatchObject({ token_type: 'access' });
    expect(refresh.payload).toMatchObject({ token_type: 'refresh' });
    expect((access.payload.exp ?? 0) - (access.payload.iat ?? 0)).toBe(300);
    expect(access.payload.jti).not.toBe(refresh.payload.jti);
  });

  it('takes claims, of JSON or text; null leaves one out', async () => {
    const claims = [
      'role=admin',
      'admin=true',
      'id=42',
      'text="42"',
      'list=["a"]',
      'a=b=c',
      'aud=null',
      'none=',
    ];
    const env = await envOf(['--token', 'T', ...claims.flatMap((claim) => ['--claim', claim])]);
    const { payload } = await jwtVerify(env.T ?? '', key);
    expect(payload).toMatchObject({
      role: 'admin',
      admin: true,
      id: 42,
      text: '42',
      list: ['a'],
      a: 'b=c',
      none: '',
    });
    expect(payload).not.toHaveProperty('aud');
  });

  it('is accepted by a service', async () => {
    const { T = '' } = await envOf(['-q', '--token', 'T']);
    const { status } = await fetch(`${service.origin}/me`, { headers: { authorization: `Bearer ${T}` } });
    expect(status).toBe(200);
  });

  it('is minted after the check, which leaves out participants without variables', async () => {
    await expectStarted(['--check', '--token', 'T']);
  });

  it.each<[string[], string]>(
    some(
      [
        [['--token', 'T', '--ttl', '6m'], '--ttl takes a duration from 1s to 5m'],
        [['--token', 'T', '--ttl', '10ms'], '--ttl takes a duration from 1s to 5m'],
        [['--token', 'T=bogus'], 'there is no such token type'],
        [['--token', 'eyJhbGciOiJIUzI1NiJ9.e30.x'], '--token takes the name of a variable'],
        [['--token', 'T', '--token', 'T=refresh'], 'twice'],
        [['--token', 'PATH'], 'would replace a variable that decides how programs start'],
        [['--token', 'LD_PRELOAD'], 'would replace a variable that decides how programs start'],
        [['--token', 'JWT_SECRET'], '`tests` reads its secret from this variable'],
        [['--token', 'T', '--claim', 'exp=1'], '--claim cannot set exp'],
        [['--token', 'T', '--claim', 'jti=1'], '--claim cannot set jti'],
        [['--token', 'T', '--claim', 'x'], '--claim takes NAME=VALUE'],
        [['--token', 'T', '--claim', 'x=1', '--claim', 'x=2'], 'twice'],
        [['--token', 'T', '--claim', 'x=12345678901234567890'], 'too large'],
        [['--claim', 'x=1'], '--claim has no effect without --token'],
        [['--ttl', '1m'], '--ttl has no effect without --token'],
      ],
      5,
    ),
  )('is rejected: %j', async (args, words) => {
    const stderr = await expectNotStarted(args, 2);
    expect(stderr).toContain(words);
    expect(stderr).not.toContain('eyJ');
  });
});

describe('the secret', () => {
  it('is in no output, argument or environment but that of the command', async () => {
    const command = sh('echo $$; exec sleep 600');
    const child = spawn(process.execPath, [bin, 'exec', '--check', '-v', ...command], {
      cwd,
      env: { PATH: process.env.PATH, JWT_SECRET: 'an old one' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const written = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const)
      child[name].on('data', (text) => {
        written[name] += text;
      });
    const closed = once(child, 'close');
    await until('its first line', () => written.stdout.includes('\n'));
    const proc = (pid: number | string, name: string) => readFile(`/proc/${pid}/${name}`, 'utf8');
    const inner = written.stdout.trim();
    // Empty for a moment while another program takes the place of the shell.
    await expect.poll(() => proc(inner, 'cmdline')).toBe(['sleep', '600', ''].join('\0'));
    const [own, ownArgs, argsOfChild, ofChild] = await Promise.all([
      proc(child.pid ?? 0, 'environ'),
      proc(child.pid ?? 0, 'cmdline'),
      proc(inner, 'cmdline'),
      proc(inner, 'environ'),
    ]);
    child.kill('SIGTERM');
    const [code] = await closed;
    expect(code).toBe(143);
    expect(ofChild).toContain(`JWT_SECRET_STAGING=${secret}`);
    expectNoLeak({ own, ownArgs, argsOfChild, ...written }, [secret]);
  });
});
