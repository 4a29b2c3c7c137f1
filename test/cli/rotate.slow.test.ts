import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { id, openScene, type Scene } from '../rotate/scene.js';
import { runCli } from '../support/cli.js';
import { runHere } from '../support/here.js';
import { expectNoLeak } from '../support/leaks.js';
import { overlapParticipant } from '../support/overlap-service.js';

let scene: Scene;

beforeAll(async () => {
  scene = await openScene();
  // The program has the real clock: tokens that are waited for live shortly.
  const auth = await scene.serve({ mints: true, tokenLife: 5 });
  scene.participants = {
    ...scene.participants,
    auth: overlapParticipant(auth, { role: 'issuer', mint: { url: `${auth.origin}/mint`, samples: 2 } }),
  };
  scene.rotation = { ...scene.rotation, drain: { access: '5s' } };
  // Writes the configuration.
  await scene.rotate('status');
});

afterAll(async () => {
  await scene.close();
});

const rotate = (...args: string[]) => runHere(['rotate', ...args], { cwd: scene.folder });

it('begins with --apply, and shows where it stands as JSON', async () => {
  const start = await rotate('start', '--apply', '--quiet');
  expect(start).toMatchObject({ code: 0, stderr: '' });
  const status = await rotate('status', '-f', 'json');
  expect(status.code).toBe(3);
  expect(JSON.parse(status.stdout)).toMatchObject({ state: 'staged', result: 'not-yet', exitCode: 3 });
  const again = await rotate('start', '--apply');
  expect(again.code).toBe(1);
  expect(again.stdout).toContain('Continue with `jwtcheck rotate next`');
});

it('goes on to the end, with --wait', async () => {
  for (const state of ['promoted', 'revoked', 'finished']) {
    const next = await rotate('next', '--apply', '--wait', '10m', '--interval', '100ms', '-f', 'json');
    expect(next.code).toBe(0);
    expect(JSON.parse(next.stdout)).toMatchObject({ state });
  }
  expect(scene.aliases()).toEqual({ current: 2 });
  expect(scene.versions()).toEqual(['1 DISABLED', '2 ENABLED']);
});

it('shows no key to a hook, in the list of processes, in the record or in its output', async () => {
  const other = await openScene();
  try {
    const script = '{ env; cat "/proc/$PPID/environ" "/proc/$PPID/cmdline" /proc/self/cmdline 2>&1; } >seen';
    other.rotation = { ...other.rotation, hooks: { staged: [['/bin/sh', '-c', script]] } };
    await other.rotate('status');
    const { code, stdout, stderr } = await runCli(['rotate', 'start', '--apply', '-v'], {
      cwd: other.folder,
    });
    expect(code).toBe(0);
    const seen = await readFile(join(other.folder, 'seen'), 'utf8');
    expect(seen).toContain('JWTCHECK_ROTATION_TO=2');
    const { annotations } = other.manager.store.secret(id).metadata.written;
    const record = JSON.stringify([...annotations]);
    expect(record).toContain('staged');
    expectNoLeak({ seen, record, stdout, stderr }, [other.key(1), other.key(2)]);
  } finally {
    await other.close();
  }
});
