import { expect, it } from 'vitest';
import { runCli } from '../support/cli.js';
import { runHere } from '../support/here.js';

it('demo --watch ends with Ctrl-C', async () => {
  const run = await runCli(['demo', '--watch'], {
    onOutput: ({ stderr }, kill) => {
      if (stderr.includes('consistent')) kill('SIGINT');
    },
  });
  expect(run.code).toBe(130);
});

it.each([
  [['trailing-newline'], 'has its own scenario'],
  [['-f', 'json'], 'pretty or ndjson'],
])('demo --watch %j is refused', async (args, words) => {
  const run = await runHere(['demo', '--watch', ...args]);
  expect(run.code).toBe(2);
  expect(run.stderr).toContain(words);
});
