import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { bin, runCli } from '../support/cli.js';
import { some } from '../support/random.js';
import { workspace } from '../support/workspace.js';

const folder = workspace();
const env = { ONE: 'a secret that is long enough for all', TWO: 'a secret that is long enough for all' };
const config = {
  environments: {
    here: {
      participants: {
        one: { source: { kind: 'env', names: ['ONE'] } },
        // Relative to where the command was typed.
        two: { source: { kind: 'file', path: 'secret' } },
      },
    },
  },
};

describe('a configuration from standard input', () => {
  it.each(some(['/dev/stdin', '/dev/fd/0', '/proc/self/fd/0'], 1))(
    'comes through a socket: %s',
    async (path) => {
      const cwd = await folder({ secret: env.ONE });
      const run = await runCli(['-c', path, '-f', 'json'], { cwd, env, input: JSON.stringify(config) });
      expect({ code: run.code, stderr: run.stderr }).toEqual({ code: 0, stderr: '' });
      expect(JSON.parse(run.stdout)).toMatchObject({ verdict: 'consistent' });
    },
  );

  it.each(
    some(
      [
        'cat config.json | "$0" "$1" -q -c /dev/stdin',
        '"$0" "$1" -q -c /dev/stdin <config.json',
        '"$0" "$1" -q -c <(cat config.json)',
      ],
      2,
    ),
  )('comes through the shell: %s', async (script) => {
    const cwd = await folder({ secret: env.ONE, 'config.json': config });
    const { stdout } = await promisify(execFile)('bash', ['--norc', '-c', script, process.execPath, bin], {
      cwd,
      env: { PATH: process.env.PATH, ...env },
    });
    expect(stdout).toContain('CONSISTENT');
  });

  it('that is empty is told', async () => {
    const run = await runCli(['-c', '/dev/stdin'], { cwd: await folder(), env, input: '' });
    expect(run).toMatchObject({ code: 2, stderr: expect.stringContaining('/dev/stdin: the file is empty') });
  });
});
