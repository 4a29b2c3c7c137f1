import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { runCli } from '../support/cli.js';
import { runHere } from '../support/here.js';

it('demo --rotate ends with Ctrl-C in the middle of a rotation, and leaves nothing behind', async () => {
  const folders = async (): Promise<string[]> =>
    (await readdir(tmpdir())).filter((name) => name.startsWith('jwtcheck-demo-'));
  const before = new Set(await folders());
  let isKilled = false;
  const run = await runCli(['demo', '--rotate'], {
    onOutput: ({ stderr }, kill) => {
      if (isKilled || !stderr.includes('staged: the rotation is staged')) return;
      isKilled = true;
      kill('SIGINT');
    },
  });
  expect(run.code).toBe(130);
  expect(run.stdout).toBe('');
  expect((await folders()).filter((name) => !before.has(name))).toEqual([]);
});

it.each([
  [['--rotate', 'trailing-newline'], 'has its own scenario'],
  [['--rotate', '-f', 'junit'], 'pretty or json'],
  [['--rotate', '--watch'], 'exclude each other'],
  [['--cutover'], 'add --rotate'],
])('demo %j is refused', async (args, words) => {
  const run = await runHere(['demo', ...args]);
  expect(run.code).toBe(2);
  expect(run.stderr).toContain(words);
});
