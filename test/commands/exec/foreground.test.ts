import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { isInForeground } from '../../../src/cli/commands/exec/run-child.js';

it('a process without a terminal is not in the foreground of one', async () => {
  // A session of its own has no terminal.
  const child = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' });
  await once(child, 'spawn');
  expect(isInForeground(child.pid ?? 0)).toBe(false);
  child.kill('SIGKILL');
  await once(child, 'exit');
});

it('a process that is not there is not, either', () => {
  expect(isInForeground(2 ** 30)).toBe(false);
});
