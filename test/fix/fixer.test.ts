import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.js';
import type { Action, Rollout } from '../../src/fix/action.js';
import { type ActionEnd, type Fixer, openFixer } from '../../src/fix/fixer.js';
import { examineEntry } from '../../src/fix/rewrite-entry.js';
import { rotationAnnotation, serializeRecord } from '../../src/rotation/rotation-record.js';
import { fingerprintOf } from '../../src/secret/fingerprint.js';
import { Secret } from '../../src/secret/secret.js';
import { type FixScene, id, newKey, oldKey, openFixScene, restarted } from './fix-scene.js';

let scene: FixScene;

beforeEach(async () => {
  scene = await openFixScene();
});

afterEach(async () => {
  await scene.close();
});

/** Carries out one action, without a check after it. */
async function carriedOut(
  action: Action,
  before: (fixer: Fixer) => Promise<unknown> = async () => {},
): Promise<ActionEnd> {
  await scene.write();
  const { PATH = '' } = process.env;
  const loaded = await loadConfig({ cwd: scene.folder, env: { PATH } });
  const io = {
    env: { PATH },
    inheritedEnv: { PATH },
    now: () => new Date(),
    signal: new AbortController().signal,
  };
  const fixer = openFixer(loaded, {}, io);
  try {
    await before(fixer);
    return await fixer.carryOut(action, '3f9a0c2b71e4d8655c07b1e9');
  } finally {
    await fixer.close();
  }
}

const rollout: Rollout = {
  ...{ do: 'rollout', participant: 'auth_service', cause: 'stale-secret-version' },
  ...{ argv: [], digest: '', timeoutMs: 0 },
};

const setRotation = (text: string): void =>
  void scene.manager.store.update(id, { annotations: new Map([[rotationAnnotation, text]]) }, null);

/** A rotation that announced its version, and has not added it yet. */
const announced = serializeRecord({
  ...{ format: 1, id: 'abcdef12', mode: 'overlap', state: 'idle', from: 3, to: null },
  times: { opened: '2026-01-31T12:00:00.000Z' },
  intent: { newest: 3, salt: '0'.repeat(16), hashes: ['1'.repeat(16)], at: '2026-01-31T12:00:00.000Z' },
  ...{ movedAt: null, done: [], trusts: [] },
  terms: {
    ...{ drain: {}, skew: 0, settle: 0, patience: 0 },
    aliases: { current: 'current', next: 'next', previous: 'previous' },
  },
});

describe('a rollout', () => {
  it.each([
    ['fails', ['bash', '--norc', '-c', 'exit 3'], '1m', 'ended with'],
    ['hangs', ['sleep', '1000'], '300ms', 'did not end within 300ms'],
    [
      'leaves a process behind',
      ['bash', '--norc', '-c', 'sleep 1000 &'],
      '300ms',
      'did not end within 300ms',
    ],
    ['is not there', ['no-such-program'], '1m', 'no-such-program'],
  ])('whose program %s is reported', async (_, run, timeout, said) => {
    const auth = await scene.serve(oldKey);
    scene.participants = { auth_service: restarted(auth, { rollout: { run, timeout } }) };
    expect(await carriedOut(rollout)).toEqual({
      ok: false,
      message: expect.stringContaining(said),
      hint: expect.anything(),
    });
  });

  it('whose program prints a part of a secret that a check has read is reported without it', async () => {
    const auth = await scene.serve(oldKey);
    const run = ['/bin/sh', '-c', 'cat said >&2; exit 3'];
    scene.participants = { auth_service: restarted(auth, { rollout: { run, timeout: '1m' } }) };
    scene.manager.store.add(id, 'harbour-velvet-lantern-copper-meadow');
    await writeFile(join(scene.folder, 'said'), 'bad ELVET-LANTERN\n');
    const end = await carriedOut(rollout, (fixer) => fixer.check());
    expect(end).toMatchObject({ message: '`/bin/sh` ended with exit status 3: bad [secret]' });
  });

  it('is not begun where a rotation was started since the plan was made', async () => {
    const auth = await scene.serve(oldKey);
    scene.participants = { auth_service: restarted(auth) };
    setRotation('{}');
    expect(await carriedOut(rollout)).toMatchObject({
      ok: false,
      message: 'a rotation was started meanwhile; nothing was done',
    });
    expect(auth.restarts).toBe(0);
  });
});

it('does not add a version to a rotation that has announced one', async () => {
  const auth = await scene.serve(newKey);
  scene.participants = { auth_service: restarted(auth) };
  scene.manager.store.add(id, `${newKey}\n`);
  setRotation(announced);
  const end = await carriedOut({
    ...{ do: 'new-version', participant: 'store', cause: 'trailing-newline', from: 3 },
    ...{ removes: ['trailing-newline'], holders: ['auth_service'] },
    fingerprint: fingerprintOf(new Secret(newKey), 8),
  });
  expect(end).toMatchObject({ ok: false, message: 'a rotation was started meanwhile; nothing was written' });
  expect(scene.versions()).toHaveLength(3);
});

it('does not write another secret to a file than that of the plan', async () => {
  await writeFile(join(scene.folder, '.env'), `KEY=${oldKey}\n`);
  scene.participants = { tests: { source: { kind: 'file', path: '.env', key: 'KEY' } } };
  const place = { path: '.env', key: 'KEY', raw: false, folder: scene.folder };
  const { identity } = await examineEntry(place, new Secret(newKey));
  const action: Action = {
    ...{ do: 'file', participant: 'tests', cause: 'stale-secret-version', path: '.env', key: 'KEY' },
    ...{ identity: identity ?? '', fingerprint: fingerprintOf(new Secret(newKey), 8) },
  };
  scene.manager.store.add(id, `${newKey}-3`);
  expect(await carriedOut(action)).toMatchObject({
    ok: false,
    message: 'the secret of the reference was changed meanwhile; nothing was written',
  });
  expect(await scene.file('.env')).toBe(`KEY=${oldKey}\n`);
});
