import { execFile } from 'node:child_process';
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bin } from '../support/cli.js';
import { root } from '../support/packed.js';
import { workspace } from '../support/workspace.js';

const folder = workspace();
const fine = {
  environments: { only: { participants: { p: { source: { kind: 'pinned', fingerprint: '11111111' } } } } },
};

interface Ended {
  readonly code: number | string | null | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a script of bash; `$0` is Node, `$1` the program. `--norc`, as in every test that starts bash: one without SHLVL
 * whose standard input is a socket, as Node's pipes are, takes itself for a remote login and reads ~/.bashrc.
 */
const inBash = (script: string, program = bin, env: Record<string, string> = {}): Promise<Ended> =>
  new Promise((resolve) => {
    const { PATH = '', HOME = '' } = process.env;
    execFile(
      'bash',
      ['--norc', '-c', script, process.execPath, program],
      { env: { PATH, HOME, ...env } },
      (error, stdout, stderr) => resolve({ code: error === null ? 0 : error.code, stdout, stderr }),
    );
  });

/** The program as it is installed, to be damaged. */
async function installed(): Promise<string> {
  const there = await folder();
  for (const part of ['bin', 'dist', 'package.json'])
    await cp(join(root, part), join(there, part), { recursive: true });
  return there;
}

describe('what keeps the program from starting ends it with 4 and one sentence', () => {
  it('few file descriptors', async () => {
    // With how many Node itself starts depends on its version, and so does with how many the program does.
    const sentence =
      'jwtcheck: there are too few file descriptors: raise the limit (`ulimit -n`), 256 are enough\n';
    const cwd = await folder({ 'fine.json': fine });
    const limits = [20, 21, 22, 23, 24, 26, 28, 32];
    const all = await Promise.all(
      limits.map((limit) =>
        inBash(`ulimit -n ${limit}; cd '${cwd}'; exec "$0" "$1" config validate -c fine.json`),
      ),
    );
    const said = all.filter(({ stderr }) => stderr.startsWith('jwtcheck: '));
    expect(said).not.toEqual([]);
    for (const one of said) expect(one).toEqual({ code: 4, stdout: '', stderr: sentence });
    // All others started, or Node did not.
    const others = all.filter((one) => !said.includes(one));
    for (const { code, stderr } of others)
      expect(code === 0 ? stderr === '' : /^$|^node:|^\S+node: /.test(stderr), stderr).toBe(true);
  });

  it.each([
    ['is missing', (path: string) => rm(path)],
    ['is broken', (path: string) => writeFile(path, 'const the secret = `')],
  ])('a file of its own that %s', async (_, damage) => {
    const there = await installed();
    await damage(join(there, 'dist/main.js'));
    const ended = await inBash('exec "$0" "$1" explain', join(there, 'bin/jwtcheck.js'));
    expect(ended).toEqual({
      code: 4,
      stdout: '',
      stderr: expect.stringMatching(/^jwtcheck: it could not be started \(\w+\): install it again.*\n$/),
    });
  });

  it('a file that is missing once it is needed', async () => {
    const there = await installed();
    for (const name of await readdir(join(there, 'dist'))) {
      const file = join(there, 'dist', name);
      if (name.endsWith('.js') && /export\{explain[,}]/.test(await readFile(file, 'utf8'))) await rm(file);
    }
    const { code, stderr } = await inBash('exec "$0" "$1" explain', join(there, 'bin/jwtcheck.js'));
    expect({ code, stderr }).toEqual({
      code: 4,
      stderr: 'jwtcheck: a file of jwtcheck itself is missing: install it again\n',
    });
  });

  it('an error that nothing handled, without its words', async () => {
    const late = `data:text/javascript,setTimeout(()=>Promise.reject(Object.assign(Error('the%20secret'),{code:'ENOMEM'})),500)`;
    const { code, stderr } = await inBash('exec "$0" "$1" fingerprint < <(exec sleep 5 2>&-)', bin, {
      NODE_OPTIONS: `--import=${late}`,
    });
    expect({ code, stderr }).toEqual({
      code: 4,
      stderr: 'jwtcheck: there is too little memory: give the process more\n',
    });
  });
});

describe('a read that ends shortly after the run', () => {
  it('is waited for, and the exit code is that of the run', async () => {
    const fifo = join(await folder(), 'fifo');
    // Reads from the pipe, and writes to it only after the program began to exit.
    const late = `data:text/javascript,${encodeURIComponent(`
      import { open, read, write } from 'node:fs';
      open('${fifo}', 'r+', (_, pipe) => {
        open('${fifo}', 'r+', (_, other) => {
          read(pipe, Buffer.alloc(1), () => {});
          const timer = setInterval(() => {
            if (process.exitCode === undefined) return;
            clearInterval(timer);
            setTimeout(() => write(other, 'x', () => {}), 400);
          }, 1);
        });
      });
      setTimeout(() => Promise.reject(Object.assign(Error('x'), { code: 'ENOMEM' })), 500);
    `)}`;
    const script = `mkfifo '${fifo}'; exec "$0" "$1" fingerprint < <(exec sleep 5 2>&-)`;
    expect(await inBash(script, bin, { NODE_OPTIONS: `--import=${late}` })).toMatchObject({ code: 4 });
  });
});

describe('a read that never ends, as on a volume that does not answer', () => {
  it('does not keep the process: the report is complete, and a signal ends it', async () => {
    const cwd = await folder({ 'fine.json': fine });
    const stuck = "import { open } from 'node:fs'; open('pipe', 'r', () => {});";
    const { code, stdout } = await inBash(
      `cd '${cwd}'; mkfifo pipe; "$0" --import 'data:text/javascript,${encodeURIComponent(stuck).replaceAll("'", '%27')}' "$1" config validate -c fine.json; echo "$?"`,
    );
    expect({ code, ended: stdout.trim().split('\n').at(-1) }).toEqual({ code: 0, ended: '143' });
    expect(stdout).toContain('fine.json');
  });
});
