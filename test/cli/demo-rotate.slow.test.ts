import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runCli } from '../support/cli.js';
import { runHere } from '../support/here.js';

it('demo --rotate ends with Ctrl-C in the middle of a rotation, and leaves nothing behind', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'jwtcheck-'));
  let isKilled = false;
  const run = await runCli(['demo', '--rotate'], {
    env: { TMPDIR: folder },
    onOutput: ({ stderr }, kill) => {
      if (isKilled || !stderr.includes('staged: the rotation is staged')) return;
      isKilled = true;
      kill('SIGINT');
    },
  });
  expect(run.code).toBe(130);
  expect(run.stdout).toBe('');
  expect(await readdir(folder)).toEqual([]);
  await rm(folder, { recursive: true });
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
