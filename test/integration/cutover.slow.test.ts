import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { firstKey, id, openScene, type Scene } from '../rotate/scene.js';
import { type HeldKeys, overlapParticipant } from '../support/overlap-service.js';

let scene: Scene;

beforeEach(async () => {
  scene = await openScene();
});

afterEach(async () => {
  await scene.close();
});

const apply = { apply: true, isCutover: true };

/** A service that reads one key when it starts; its rollout starts it again. */
async function singleKey(name: string, role: 'issuer' | 'verifier', works = true): Promise<void> {
  const file = join(scene.folder, name);
  writeFileSync(file, '1');
  let version = '';
  let key = firstKey;
  const held = (): HeldKeys => {
    // Each rollout writes the version that the alias stands for by then.
    const wanted = readFileSync(file, 'utf8');
    if (works && wanted !== '' && wanted !== version) {
      version = wanted;
      key = scene.manager.store.access(id, wanted).payload.toString();
    }
    return { sign: key };
  };
  const service = await scene.serve({ replicas: [held], mints: true, lists: false });
  const script = `
    const { JWTCHECK_ROTATION_STATE: state, JWTCHECK_ROTATION_FROM: from, JWTCHECK_ROTATION_TO: to } = process.env;
    setTimeout(() => require('fs').writeFileSync(process.argv[1], state === 'idle' ? from : to), 300);`;
  scene.participants = {
    ...scene.participants,
    [name]: overlapParticipant(service, {
      role,
      ...(role === 'issuer' ? { mint: { url: `${service.origin}/mint` } } : {}),
      rollout: { run: [process.execPath, '-e', script, file] },
    }),
  };
}

describe('a cutover', () => {
  it('rolls the new key out to services that hold one, and measures how long valid tokens are rejected', async () => {
    scene.participants = {};
    await singleKey('auth', 'issuer');
    await singleKey('backend', 'verifier');
    const plan = await scene.rotate('plan', { isCutover: true });
    expect(plan).toMatchObject({ code: 0 });
    expect(plan.stdout).toContain('A cutover has no time in which both keys are accepted');
    const start = await scene.rotate('start', apply);
    expect(start).toMatchObject({ code: 0 });
    expect(start.stdout).toMatch(
      /Valid tokens were rejected for \d+s, from .*: \d+\s+of\s+\d+\s+that\s+were\s+presented/,
    );
    expect(scene.aliases()).toMatchObject({ current: 2 });
    expect(await scene.rotate('next', { apply: true })).toMatchObject({ code: 0 });
    // Services hold the new key in the state before, too: no user is signed out.
    const back = await scene.rotate('rollback');
    expect(back).toMatchObject({ code: 0 });
    expect(back.stdout).not.toContain('sign in again');
    expect(await scene.rotate('next', { apply: true })).toMatchObject({ code: 0 });
    expect(scene.versions()).toEqual(['1 DISABLED', '2 ENABLED']);
  });

  it('brings the old key back where a service keeps it', async () => {
    scene.rotation = { ...scene.rotation, patience: '2s' };
    scene.participants = {};
    await singleKey('auth', 'issuer');
    await singleKey('backend', 'verifier', false);
    const start = await scene.rotate('start', { ...apply, format: 'json' });
    expect(start).toMatchObject({ code: 1 });
    const document = JSON.parse(start.stdout);
    expect(document).toMatchObject({
      state: 'idle',
      stopped: 'not-converged',
      cutover: { converged: false },
      aliases: { current: 1 },
    });
    expect(document.cutover.rejected).toBeGreaterThan(0);
    expect(readFileSync(join(scene.folder, 'auth'), 'utf8')).toBe('1');
    expect(await scene.rotate('plan')).toMatchObject({ code: 0 });
  });

  it('goes on where it was interrupted, and brings the old key back where a service keeps it', async () => {
    scene.rotation = { ...scene.rotation, patience: '2s' };
    scene.participants = {};
    await singleKey('auth', 'issuer');
    await singleKey('backend', 'verifier', false);
    const interruption = new AbortController();
    const rolledOut = setInterval(() => {
      if (readFileSync(join(scene.folder, 'auth'), 'utf8') === '2') interruption.abort('SIGINT');
    }, 5);
    expect(await scene.rotate('start', apply, { signal: interruption.signal })).toMatchObject({ code: 130 });
    clearInterval(rolledOut);
    expect(scene.aliases()).toMatchObject({ current: 2 });
    const next = await scene.rotate('next', { apply: true, format: 'json' });
    expect(next).toMatchObject({ code: 1 });
    expect(JSON.parse(next.stdout)).toMatchObject({
      state: 'idle',
      stopped: 'not-converged',
      aliases: { current: 1 },
    });
    expect(readFileSync(join(scene.folder, 'auth'), 'utf8')).toBe('1');
  });
});
