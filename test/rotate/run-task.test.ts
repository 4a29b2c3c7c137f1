import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runTask } from '../../src/rotate/run-task.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jwtcheck-hook-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const keep = (text: string): string => text;

function hook(script: string, timeoutMs = 10_000) {
  return runTask(
    { argv: ['sh', '-c', script], env: {}, timeoutMs },
    { folder, label: keep, scrub: keep },
    { inheritedEnv: { PATH: process.env.PATH }, signal: new AbortController().signal },
  );
}

describe('a hook that starts a service in the background', () => {
  const inBackground = 'sleep 30 & echo $! > service.pid';

  it.each([
    ['has succeeded when it exits', 'exit 0', { ok: true }],
    [
      'has failed when it exits, with its last words',
      'echo "no such service" >&2; exit 3',
      { ok: false, message: expect.stringContaining('exit status 3: no such service') },
    ],
  ])('%s, and the service stays', async (_name, last, end) => {
    const ended = await hook(`${inBackground}; ${last}`);
    const pid = Number(await readFile(join(folder, 'service.pid'), 'utf8'));
    // Throws where there is no such process.
    expect(() => process.kill(pid)).not.toThrow();
    expect(ended).toMatchObject(end);
  });
});

it('a hook that prints much, or does not end, is not waited for longer than its time', async () => {
  expect(await hook('head -c 5000000 /dev/zero; head -c 5000000 /dev/zero >&2')).toEqual({ ok: true });
  expect(await hook('trap "" TERM; while :; do sleep 1; done', 200)).toMatchObject({
    ok: false,
    message: '`sh` did not end within 200ms',
  });
});
