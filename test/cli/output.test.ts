import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, readlink, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { displayWidth } from '../../src/report/text/sanitize.js';
import { bin, type Run, type RunOptions, runCli } from '../support/cli.js';
import { runHere } from '../support/here.js';
import { needs } from '../support/needs.js';
import { configOf, participant, type Service, startService, variable } from '../support/service.js';
import { workspace } from '../support/workspace.js';

const key = 'the key that everybody should hold, long enough';
const env = { [variable]: key };
const folder = workspace();
let service: Service;
let cwd: string;

beforeAll(async () => {
  service = await startService(key);
  cwd = await aFolder();
});
afterAll(() => service.close());

const aFolder = (): Promise<string> =>
  folder({ '.jwtcheckrc.json': configOf({ a_service: participant(service) }) });

const run = (args: readonly string[], options: RunOptions = {}): Promise<Run> =>
  runHere(args, { cwd, ...options, env: { ...env, ...options.env } });

const coloured = /\u001b\[/;

describe.concurrent('reports in files', () => {
  it('are written beside the one on standard output, into folders made for them', async () => {
    const own = await aFolder();
    const args = ['-f', 'pretty', '-f', 'json:out/deep/report.json', '-f', 'pretty:out/report.txt'];
    const { code, stdout, stderr } = await run([...args, '--color', 'always'], { cwd: own });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(coloured);
    const document = JSON.parse(await readFile(join(own, 'out/deep/report.json'), 'utf8'));
    expect(document).toMatchObject({ verdict: 'consistent', exitCode: 0 });
    const text = await readFile(join(own, 'out/report.txt'), 'utf8');
    expect(text).toMatch(/^✓ CONSISTENT/);
    expect(text).not.toMatch(coloured);
    expect(await readdir(join(own, 'out'))).toEqual(['deep', 'report.txt']);
  });

  it('leave standard output empty where no report goes there', async () => {
    const own = await aFolder();
    expect(await run(['-f', 'json:report.json'], { cwd: own })).toMatchObject({
      code: 0,
      stdout: '',
      stderr: '',
    });
    const before = await stat(join(own, 'report.json'));
    await run(['-f', 'json:report.json'], { cwd: own });
    expect((await stat(join(own, 'report.json'))).ino).not.toBe(before.ino);
    expect((await readdir(own)).sort()).toEqual(['.jwtcheckrc.json', 'report.json']);
  });

  it.for([
    'json:file/below/report.json',
    'json:folder',
    'json:folder/',
    'json:missing/',
    'json:',
    'json:loop/report.json',
  ])('that cannot be written, %s, are told before anything is checked', async (format) => {
    const untouched = await startService(key);
    const config = configOf({ a_service: participant(untouched) });
    const own = await folder({ '.jwtcheckrc.json': config, file: 'a file' });
    await mkdir(join(own, 'folder'));
    await symlink('loop', join(own, 'loop'));
    const { code, stdout, stderr } = await run(['-f', format], { cwd: own });
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^jwtcheck: --format.*\n(hint: .*\n)?$/);
    expect(untouched.requests).toHaveLength(0);
    expect((await readdir(own)).sort()).toEqual(['.jwtcheckrc.json', 'file', 'folder', 'loop']);
    await untouched.close();
  });

  it('say why nothing was checked, and nothing else is left behind', async () => {
    const own = await aFolder();
    expect(await run(['-f', 'json:report.json', '--only', 'nobody'], { cwd: own })).toMatchObject({
      code: 2,
    });
    expect(await readdir(own)).toEqual(['.jwtcheckrc.json', 'report.json']);
    expect(JSON.parse(await readFile(join(own, 'report.json'), 'utf8'))).toMatchObject({ exitCode: 2 });
  });

  it('may go into a pipe, which stays what it is, and through a link, which stays', async () => {
    const own = await aFolder();
    const fifo = join(own, 'pipe');
    await promisify(execFile)('mkfifo', [fifo]);
    await writeFile(join(own, 'real.txt'), 'old');
    await symlink('real.txt', join(own, 'link.txt'));
    const reading = readFile(fifo, 'utf8');
    const { code, stdout, stderr } = await runCli(['-f', 'json:pipe', '-f', 'pretty:link.txt'], {
      cwd: own,
      env,
    });
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(JSON.parse(await reading)).toMatchObject({ verdict: 'consistent' });
    expect((await stat(fifo)).isFIFO()).toBe(true);
    expect(await readlink(join(own, 'link.txt'))).toBe('real.txt');
    expect(await readFile(join(own, 'real.txt'), 'utf8')).toMatch(/^✓ CONSISTENT/);
  });

  it.for([
    [['-f', 'json', '-f', 'pretty'], 'only one report can go to standard output'],
    [['-f', 'json:same.txt', '-f', 'pretty:./same.txt'], 'two reports'],
    [['-f', 'xml'], 'unknown format `xml`'],
    [['-f', 'constructor'], 'unknown format `constructor`'],
    [['-f', ''], 'unknown format ``'],
    [['-f', 'prety'], 'did you mean `pretty`?'],
  ] as const)('%j is refused', async ([args, words]) => {
    const own = await aFolder();
    const { code, stdout, stderr } = await run(args, { cwd: own });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(words);
    expect(await readdir(own)).toEqual(['.jwtcheckrc.json']);
  });
});

describe.concurrent('colour and width', () => {
  it.for([
    [['--color', 'always'], {}, true],
    [['--color', 'always'], { NO_COLOR: '1' }, true],
    [['--color', 'never'], { FORCE_COLOR: '1' }, false],
    [['--color', 'auto'], { FORCE_COLOR: '1' }, true],
    [[], { FORCE_COLOR: '3' }, true],
    [[], { FORCE_COLOR: '0' }, false],
    [[], { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
    [[], {}, false],
  ] as const)('%j with %j', async ([args, variables, colour]) => {
    const { code, stdout, stderr } = await run(args, { env: variables });
    expect(coloured.test(stdout)).toBe(colour);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('both variables at once: Node itself says nothing of it', async () => {
    const variables = { ...env, FORCE_COLOR: '1', NO_COLOR: '1' };
    const { code, stdout, stderr } = await runCli([], { cwd, env: variables });
    expect(coloured.test(stdout)).toBe(false);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('--color knows three words', async () => {
    expect(await run(['--color', 'sometimes'])).toMatchObject({ code: 2, stdout: '' });
  });

  it.for(['40', '100'])('COLUMNS=%s bounds every line', async (columns) => {
    for (const args of [['-v'], ['--expect', '00000000']]) {
      const { stdout } = await run(args, { env: { COLUMNS: columns } });
      const lines = stdout
        .split('\n')
        .filter((line) => !/^\s*(fix|more): |^\s+(jwtcheck|printf|kubectl|gcloud) /.test(line));
      expect(lines.filter((line) => displayWidth(line) > Number(columns))).toEqual([]);
    }
  });

  it.for(['0', '-3', 'wide', '1e9', ''])('COLUMNS=%j is no reason to fail', async (columns) => {
    const { code, stdout } = await run([], { env: { COLUMNS: columns } });
    expect(code).toBe(0);
    expect(stdout).toContain('a_service');
  });
});

describe.concurrent('which configuration and environment', () => {
  const both = () => ({
    environments: {
      one: { participants: { p: { source: { kind: 'pinned', fingerprint: '11111111' } } } },
      two: { participants: { p: { source: { kind: 'pinned', fingerprint: '22222222' } } } },
    },
  });
  const environmentOf = ({ stdout }: Run): string => JSON.parse(stdout).environment;

  it('variables name them, and flags beat variables', async () => {
    const own = await folder({ 'a.json': both(), 'b.json': { ...both(), defaultEnvironment: 'two' } });
    const variables = { JWTCHECK_CONFIG: 'a.json', JWTCHECK_ENVIRONMENT: 'one' };
    const json = (args: readonly string[], more: Record<string, string> = {}) =>
      runHere(['-f', 'json', ...args], { cwd: own, env: more });
    expect(environmentOf(await json([], variables))).toBe('one');
    expect(environmentOf(await json(['-e', 'two'], variables))).toBe('two');
    expect(environmentOf(await json(['-c', 'b.json'], { JWTCHECK_CONFIG: 'nowhere.json' }))).toBe('two');
    expect(environmentOf(await json(['-c', 'b.json'], { JWTCHECK_ENVIRONMENT: 'one' }))).toBe('one');
    expect(environmentOf(await runHere(['check', '-c', 'b.json', '-f', 'json'], { cwd: own }))).toBe('two');
  });

  it('is found upward from the working directory', async () => {
    const own = await folder({
      '.jwtcheckrc.yaml':
        'environments: {only: {participants: {p: {source: {kind: pinned, fingerprint: "33333333"}}}}}',
      'a/b/c.txt': '',
    });
    const { code, stdout } = await runHere(['-f', 'json'], { cwd: join(own, 'a/b') });
    expect(JSON.parse(stdout)).toMatchObject({ environment: 'only', verdict: 'inconclusive' });
    expect(code).toBe(3);
  });

  it('an unknown one is told with the one that was probably meant', async () => {
    const own = await folder({ '.jwtcheckrc.json': { environments: { staging: both().environments.one } } });
    const { code, stdout, stderr } = await runHere(['-e', 'stagign'], { cwd: own });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('did you mean `staging`?');
  });

  it('several without a choice is a usage error', async () => {
    const own = await folder({ '.jwtcheckrc.json': both() });
    const { code, stdout, stderr } = await runHere([], { cwd: own });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/`one` or `two`/);
  });
});

describe.concurrent('a pipe that is closed', () => {
  const piped = (command: string, at: string): Promise<{ stdout: string; stderr: string }> =>
    new Promise((resolve, reject) => {
      const script = `{ "$0" "$1" ${command}; echo "code $?" >&2; } | head -1`;
      const { PATH = '', HOME = '' } = process.env;
      execFile(
        'sh',
        ['-c', script, process.execPath, bin],
        { cwd: at, env: { PATH, HOME } },
        (error, stdout, stderr) => (error === null ? resolve({ stdout, stderr }) : reject(error)),
      );
    });

  it('is no error for a report larger than a pipe', async () => {
    const pinned = Array.from({ length: 500 }, (_, index) => [
      `participant-${index}`,
      { source: { kind: 'pinned', fingerprint: '200718bd' } },
    ]);
    const own = await folder({
      '.jwtcheckrc.json': { environments: { many: { participants: Object.fromEntries(pinned) } } },
    });
    expect(await piped('-f json', own)).toEqual({ stdout: '{\n', stderr: 'code 0\n' });
    const pretty = await piped('-v', own);
    expect(pretty.stdout).toMatch(/^✓ CONSISTENT/);
    expect(pretty.stderr).toBe('code 0\n');
  });

  it.for(['config schema', '--help'])('is no error for %s', async (command) => {
    const { stdout, stderr } = await piped(command, cwd);
    expect(stdout).toMatch(/^.+\n$/);
    expect(stderr).toBe('code 0\n');
  });
});

describe('a full disk', () => {
  beforeEach(needs.linux);
  it.each([[[]], [['-f', 'json']]])('under standard output is an error with a word: %j', async (args) => {
    const command = `"${process.execPath}" "${bin}" ${args.join(' ')} > /dev/full`;
    const failure = await promisify(execFile)('sh', ['-c', command], {
      cwd,
      env: { PATH: process.env.PATH, ...env },
    }).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 2,
      stderr: 'jwtcheck: the report could not be written (ENOSPC)\n',
    });
  });
});
