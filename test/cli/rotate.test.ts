import { afterAll, beforeAll, expect, it } from 'vitest';
import { openScene, type Scene } from '../rotate/scene.js';
import { runHere } from '../support/here.js';

let scene: Scene;

beforeAll(async () => {
  scene = await openScene();
  // Writes the configuration.
  await scene.rotate('status');
});

afterAll(async () => {
  await scene.close();
});

const rotate = (...args: string[]) => runHere(['rotate', ...args], { cwd: scene.folder });

it('plans by default', async () => {
  const { code, stdout, stderr } = await rotate('--color', 'never');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('✓ READY  staging: idle to staged is possible; nothing was written (dry run)');
});

it.each([
  [['begin'], 'there is no such action'],
  [['plan', '--apply'], 'writes nothing: leave --apply out'],
  [['status', '--interval', '5s'], 'add --wait'],
  [['next', '--wait', '8d'], 'at most 7d'],
  [['-f', 'junit'], '--format takes pretty or json'],
  [['--trust', 'nobody'], '--trust: there is no participant'],
  [['--only', 'backend'], 'unknown option'],
])('%j is a usage error', async (args, message) => {
  const { code, stdout, stderr } = await rotate(...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(message);
});
