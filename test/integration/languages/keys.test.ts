import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { program } from '../support/requirements.js';
import { scratchFolder } from './start.js';

const integrations = resolve(import.meta.dirname, '../../../integrations');
const tests = join(import.meta.dirname, 'keys');
const scratch = scratchFolder();
afterAll(() => scratch.remove());

/** Runs a command to its end; standard output and error together. */
function run(
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): { readonly code: number | null; readonly text: string } {
  const env = { ...process.env, ...options.env };
  const { status, stdout, stderr } = spawnSync(command, args, {
    encoding: 'utf8',
    timeout: 200_000,
    ...options,
    env,
  });
  return { code: status, text: stdout + stderr };
}

it('the key ring in Python', () => {
  const env = {
    PYTHONPATH: [join(integrations, 'python'), join(integrations, 'python-flask')].join(delimiter),
    PYTHONDONTWRITEBYTECODE: '1',
  };
  const { code, text } = run(program('python3', 'python3', '/usr/bin'), [join(tests, 'keys_test.py')], {
    env,
  });
  expect(code, text).toBe(0);
});

it('the key ring in Go', () => {
  const folder = join(scratch.path, 'go');
  mkdirSync(join(folder, 'jwtcheck'), { recursive: true });
  for (const source of [
    join(integrations, 'go/jwtcheck.go'),
    join(integrations, 'go/keys.go'),
    join(tests, 'keys_test.go'),
  ])
    cpSync(source, join(folder, 'jwtcheck', source.slice(source.lastIndexOf('/') + 1)));
  writeFileSync(join(folder, 'go.mod'), 'module example\n\ngo 1.18\n');
  const env = { GOPROXY: 'off', GOFLAGS: '-mod=mod' };
  const { code, text } = run(program('go', 'golang-go'), ['test', './jwtcheck'], { cwd: folder, env });
  expect(code, text).toBe(0);
});

it('the key ring in Java', () => {
  const classes = join(scratch.path, 'classes');
  const sources = [
    join(integrations, 'java/JwtFingerprint.java'),
    join(integrations, 'java/KeyRing.java'),
    join(tests, 'KeyRingTest.java'),
  ];
  const compiler = program('javac', 'default-jdk-headless');
  expect(run(compiler, ['-Xlint:all', '-Werror', '-d', classes, ...sources])).toEqual({ code: 0, text: '' });
  const java = program('java', 'default-jdk-headless');
  const { code, text } = run(java, ['-Xshare:auto', '-cp', classes, 'jwtcheck.KeyRingTest']);
  expect(text).toContain('OK\n');
  expect(code).toBe(0);
});
