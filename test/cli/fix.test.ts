import { afterAll, beforeAll, expect, it } from 'vitest';
import { type FixScene, oldKey, openFixScene, restarted } from '../fix/fix-scene.js';
import { runHere } from '../support/here.js';

let scene: FixScene;

beforeAll(async () => {
  scene = await openFixScene();
  scene.participants = { auth_service: restarted(await scene.serve(oldKey)) };
  // Writes the configuration.
  await scene.fix();
});

afterAll(async () => {
  await scene.close();
});

const fix = (...args: string[]) => runHere(['fix', ...args], { cwd: scene.folder });

it('plans, and carries the plan out', async () => {
  const plan = await fix('-f', 'json');
  expect(plan).toMatchObject({ code: 0, stderr: '' });
  const { hash, next }: { hash: string; next: string } = JSON.parse(plan.stdout);
  expect(next).toBe(`jwtcheck fix --apply ${hash}`);
  const done = await fix('--apply', hash, '--quiet', '--color', 'never');
  expect(done).toMatchObject({ code: 0, stderr: '' });
  expect(done.stdout).toContain('✓ DONE  staging: 1 of 1 action carried out; the check is consistent');
  const nothing = await fix('--color', 'never');
  expect(nothing.code).toBe(0);
  expect(nothing.stdout).toContain('✓ NOTHING TO DO  staging: the check is consistent');
});

it.each([
  [['--apply', '1234'], '8 hex digits or more'],
  [['--apply', 'not a hash'], '8 hex digits or more'],
  [['--yes'], '--yes belongs to --apply'],
  [['--allow', 'file'], '--allow belongs to --apply'],
  [['--apply', '12345678', '--allow', 'everything'], '--allow takes new-version or file'],
  [['--apply', '12345678', '--wait', '2h'], 'at most 1h'],
  [['-f', 'junit'], '--format takes pretty or json'],
  [['--only', 'backend'], 'unknown option'],
])('%j is a usage error', async (args, message) => {
  const { code, stdout, stderr } = await fix(...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(message);
});
