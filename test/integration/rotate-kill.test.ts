import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openScene, type Scene } from '../rotate/scene.js';
import { runCli } from '../support/cli.js';

const steps = ['start', 'promote', 'revoke', 'finish'] as const;
type StepName = (typeof steps)[number];

const states = { start: 'staged', promote: 'promoted', revoke: 'revoked', finish: 'finished' } as const;

/** The writes of each command: no fewer calls are walked. */
const fewestCalls = { start: 4, promote: 2, revoke: 2, finish: 3 } as const;

/** More calls than any command makes. */
const mostCalls = 60;

/** Appends the state to a file, so that it can be counted. */
const hook = [
  process.execPath,
  '-e',
  "require('fs').appendFileSync('hooks.txt', process.env.JWTCHECK_ROTATION_STATE + '\\n')",
];

const apply = { apply: true };

async function openBefore(step: StepName): Promise<Scene> {
  const scene = await openScene();
  const hooks = { staged: [hook], promoted: [hook], revoked: [hook], finished: [hook] };
  // Without a drain: the process that is killed has the clock of the machine.
  scene.rotation = { ...scene.rotation, drain: { access: 'reauthenticate' }, hooks };
  for (const done of steps.slice(0, steps.indexOf(step))) {
    const command = done === 'start' ? 'start' : 'next';
    const { code } = await scene.rotate(command, apply);
    expect(code).toBe(0);
  }
  // Writes the configuration.
  await scene.rotate('status', { format: 'json' });
  rmSync(join(scene.folder, 'hooks.txt'), { force: true });
  return scene;
}

/** Runs a command in a process that is killed at a call from its first write on; whether it was. */
async function killedAt(
  scene: Scene,
  command: string,
  { nth, at }: { nth: number; at: 'before' | 'after' },
): Promise<boolean> {
  let count = 0;
  let strike: (value: null) => void = () => {};
  const struck = new Promise<null>((resolve) => {
    strike = resolve;
  });
  let end: () => void = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  let isKilled = false;
  scene.manager.interfere = async ({ method, at: moment }) => {
    if (count === 0 && method !== 'UpdateSecret') return 'continue';
    if (moment === 'before') count += 1;
    if (count !== nth || moment !== at || isKilled) return 'continue';
    isKilled = true;
    strike(null);
    // Nothing is answered while the process still lives.
    await ended;
    return 'drop';
  };
  const run = runCli(['rotate', command, '--apply'], {
    cwd: scene.folder,
    killOnce: { happened: struck, signal: 'SIGKILL' },
  });
  const closed = await run;
  end();
  scene.manager.interfere = null;
  if (isKilled) expect(closed.signal).toBe('SIGKILL');
  return isKilled;
}

it.each(steps)(
  '%s: killed before and after every call from the first write on, and run again',
  async (step) => {
    const command = step === 'start' ? 'start' : 'next';
    for (let nth = 1; nth < mostCalls; nth += 1) {
      let isKilled = false;
      for (const at of ['before', 'after'] as const) {
        const scene = await openBefore(step);
        try {
          isKilled = await killedAt(scene, command, { nth, at });
          if (!isKilled) break;
          // The lease of the intent is over.
          scene.clock.ahead += 11_000;
          const where = `${step}, ${at} call ${nth}`;
          for (let attempt = 1; attempt <= 2; attempt += 1) {
            const { state, rotation } = JSON.parse((await scene.rotate('status', { format: 'json' })).stdout);
            if (state === states[step] && rotation.done.length === 1) break;
            const isBegun = state !== 'idle';
            const { code, stdout } = await scene.rotate(isBegun ? 'next' : 'start', apply);
            expect(code, `${where}: ${stdout}`).toBe(0);
          }
          const { state } = JSON.parse((await scene.rotate('status', { format: 'json' })).stdout);
          expect(state, where).toBe(states[step]);
          expect(scene.versions(), where).toEqual([
            `1 ${step === 'finish' ? 'DISABLED' : 'ENABLED'}`,
            '2 ENABLED',
          ]);
          const file = join(scene.folder, 'hooks.txt');
          const hooks = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
          expect(new Set(hooks), where).toEqual(new Set([states[step]]));
          expect(hooks.length, where).toBeLessThanOrEqual(2);
        } finally {
          scene.manager.interfere = null;
          await scene.close();
        }
      }
      if (isKilled) continue;
      expect(nth - 1).toBeGreaterThanOrEqual(fewestCalls[step]);
      return;
    }
    throw new Error('the command never ended');
  },
  600_000,
);
