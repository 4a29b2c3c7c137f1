import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readReference } from '../../src/check/read-reference.js';
import { loadConfig } from '../../src/config/load.js';
import type { Report } from '../../src/model.js';
import { openScene, type Scene } from '../rotate/scene.js';

let scene: Scene;

beforeEach(async () => {
  scene = await openScene();
});

afterEach(async () => {
  await scene.close();
});

const apply = { apply: true };

async function step(command: 'start' | 'next' | 'rollback'): Promise<void> {
  const done = await scene.rotate(command, apply);
  expect(done, done.stdout + done.stderr).toMatchObject({ code: 0 });
}

/** Until every issuer is seen to have moved, and its old tokens have expired. */
async function drain(): Promise<void> {
  expect(await scene.rotate('next', apply)).toMatchObject({ code: 3 });
  scene.clock.ahead += 61_000;
}

const summary = ({ verdict, exitCode, level, reference, findings }: Report) => ({
  verdict,
  exitCode,
  level,
  version: reference?.version,
  findings: findings.map(({ code, severity, participants }) => [code, severity, ...participants].join(' ')),
});

/** The version whose key `jwtcheck exec` hands out. */
async function handedOut(): Promise<string | null> {
  const loaded = await loadConfig({ cwd: scene.folder, env: {} });
  const now = () => new Date(Date.now() + scene.clock.ahead);
  const io = { env: {}, now, signal: new AbortController().signal };
  const read = await readReference(loaded, {}, io, 'in-use');
  return read.is === 'read' ? read.reading.version : null;
}

const asPlanned = (version: string) => ({
  verdict: 'consistent',
  exitCode: 0,
  level: 'INFO',
  version,
  findings: [],
});

describe.each([
  ['latest', {}],
  ['the alias current', { version: 'current' }],
])('a reference that is read as %s', (_, source) => {
  it('is consistent in every state of a rotation that goes as planned', async () => {
    scene.source = source;
    const idle = await scene.check();
    expect(summary(idle)).toEqual(asPlanned('1'));
    expect(idle).not.toHaveProperty('rotation');
    expect(idle).not.toHaveProperty('lastRotation');

    await step('start');
    const staged = await scene.check();
    expect(summary(staged)).toEqual(asPlanned('1'));
    expect(await handedOut()).toBe('1');
    expect(staged.rotation).toMatchObject({ mode: 'overlap', state: 'staged', from: 1, to: 2 });
    expect(staged.rotation?.participants).toEqual([
      { name: 'auth', signs: [1], accepts: [1, 2], rejects: [], lacks: [] },
      { name: 'backend', signs: [], accepts: [1, 2], rejects: [], lacks: [] },
    ]);

    await step('next');
    const promoted = await scene.check();
    expect(summary(promoted)).toEqual(asPlanned('2'));
    expect(await handedOut()).toBe('2');
    expect(promoted.rotation?.participants).toEqual([
      { name: 'auth', signs: [2], accepts: [1, 2], rejects: [], lacks: [] },
      { name: 'backend', signs: [], accepts: [1, 2], rejects: [], lacks: [] },
    ]);

    await drain();
    await step('next');
    const revoked = await scene.check();
    expect(summary(revoked)).toEqual(asPlanned('2'));
    expect(await handedOut()).toBe('2');
    expect(revoked.rotation?.participants).toEqual([
      { name: 'auth', signs: [2], accepts: [2], rejects: [1], lacks: [] },
      { name: 'backend', signs: [], accepts: [2], rejects: [1], lacks: [] },
    ]);

    await step('next');
    const finished = await scene.check();
    expect(summary(finished)).toEqual(asPlanned('2'));
    expect(await handedOut()).toBe('2');
    expect(finished).not.toHaveProperty('rotation');
    expect(finished.lastRotation).toMatchObject({ from: 1, to: 2, outcome: 'finished' });
  });

  it('is consistent after a step back', async () => {
    scene.source = source;
    await step('start');
    await step('next');
    await scene.rotate('rollback', apply);
    expect(summary(await scene.check())).toEqual(asPlanned('1'));
  });
});
