import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openScene, type Scene } from './scene.js';

let scene: Scene;

beforeEach(async () => {
  scene = await openScene();
});

afterEach(async () => {
  await scene.close();
});

const apply = { apply: true };
const writes = /^(AddSecretVersion|UpdateSecret|DisableSecretVersion)$/;
const noop = [process.execPath, '-e', ''];

/** Every call that writes, lost before it arrives and after it was carried out. */
describe('an interrupted write', () => {
  it.each([
    { step: 'start', at: 'before', nth: 2 },
    { step: 'start', at: 'after', nth: 2 },
    { step: 'start', at: 'after', nth: 3 },
    { step: 'next', at: 'after', nth: 1 },
    { step: 'finish', at: 'before', nth: 2 },
    { step: 'finish', at: 'after', nth: 1 },
  ] as const)('$step, $at write $nth: run again, nothing is lost or doubled', async ({ step, at, nth }) => {
    scene.rotation = { ...scene.rotation, hooks: { staged: [noop], promoted: [noop], finished: [noop] } };
    if (step !== 'start') expect(await scene.rotate('start', apply)).toMatchObject({ code: 0 });
    if (step === 'finish') {
      await scene.rotate('next', apply);
      expect(await scene.rotate('next', apply)).toMatchObject({ code: 3 });
      scene.clock.ahead += 61_000;
      expect(await scene.rotate('next', apply)).toMatchObject({ code: 0 });
    }
    const command = step === 'start' ? 'start' : 'next';
    const goal = { start: 'staged', next: 'promoted', finish: 'finished' }[step];
    let count = 0;
    let isLost = false;
    scene.manager.interfere = (moment) => {
      if (!writes.test(moment.method)) return 'continue';
      if (moment.at === 'before') count += 1;
      if (count !== nth || moment.at !== at || isLost) return 'continue';
      isLost = true;
      return 'drop';
    };
    const first = await scene.rotate(command, apply);
    expect(first.code).toBe(isLost ? 3 : 0);
    // Another process may still be adding the version that was intended.
    scene.clock.ahead += 11_000;
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const { rotation, state } = JSON.parse((await scene.rotate('status', { format: 'json' })).stdout);
      if (state === goal && rotation.done.length === 1) break;
      const isOpen = state !== 'idle';
      expect(await scene.rotate(isOpen ? 'next' : 'start', apply)).toMatchObject({ code: 0 });
    }
    const { state } = JSON.parse((await scene.rotate('status', { format: 'json' })).stdout);
    expect(state).toBe(goal);
    expect(scene.versions()).toEqual([step === 'finish' ? '1 DISABLED' : '1 ENABLED', '2 ENABLED']);
  });
});
