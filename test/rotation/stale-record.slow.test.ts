import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Report } from '../../src/model.js';
import { openScene, type Scene } from '../rotate/scene.js';
import { type HeldKeys, overlapParticipant } from '../support/overlap-service.js';
import { some } from '../support/random.js';

let scene: Scene;

beforeEach(async () => {
  scene = await openScene();
  // They see every change of an alias at once.
  const upToDate = (): HeldKeys => {
    goOn?.();
    goOn = null;
    const { current = 1, next, previous } = scene.aliases();
    return {
      sign: scene.key(current),
      accept: [next, previous].flatMap((one) => (one === undefined ? [] : [scene.key(one)])),
    };
  };
  const auth = await scene.serve({ mints: true, replicas: [upToDate, upToDate] });
  const backend = await scene.serve({ replicas: [upToDate], lists: false });
  scene.participants = {
    auth: overlapParticipant(auth, { role: 'issuer', mint: { url: `${auth.origin}/mint`, samples: 2 } }),
    backend: overlapParticipant(backend),
  };
});

afterEach(async () => {
  await scene.close();
});

const minute = 60_000;

/** Called once, before a service answers for the first time. */
let goOn: (() => void) | null = null;

type Step = 'start' | 'next' | 'rollback' | 'emergency' | 'drain' | 'later';

async function take(...steps: readonly Step[]): Promise<void> {
  for (const step of steps) {
    if (step === 'drain') {
      expect(await scene.rotate('next', { apply: true })).toMatchObject({ code: 3 });
      scene.clock.ahead += 61_000;
    } else if (step === 'later') {
      // The patience of the rotation is over.
      scene.clock.ahead += 16 * minute;
    } else {
      const done = await scene.rotate(step, { apply: true });
      expect(done, done.stdout + done.stderr).toMatchObject({ code: 0 });
    }
  }
}

const told = ({ verdict, exitCode, level, findings }: Report) => [
  `${verdict} ${exitCode} ${level}`,
  ...findings
    .filter(({ severity }) => severity !== 'info')
    .map(({ code, severity, participants }) => [code, severity, ...participants].join(' ')),
];

/** Every second one is part of a quick run. */
const histories: readonly (readonly [Step[], Step])[] = [
  [['later'], 'start'],
  [['start', 'next', 'drain', 'next', 'next', 'later'], 'start'],
  [['start', 'later'], 'next'],
  [['start', 'next', 'rollback', 'later'], 'next'],
  [['start', 'later', 'next', 'drain', 'later'], 'next'],
  [['start', 'next', 'later'], 'rollback'],
  [['start', 'later'], 'rollback'],
  [['start', 'next', 'drain', 'next', 'later'], 'rollback'],
  [['start', 'later', 'next', 'drain', 'next', 'later'], 'next'],
  [['later'], 'emergency'],
];

describe.each(
  some(histories, 5).map(([before, last], index) => ({
    before,
    last,
    version: index % 2 === 0 ? 'latest' : 'current',
  })),
)('after $before, $last, and with a reference that is $version', ({ before, last, version }) => {
  it.each(['metadata', 'pointers'] as const)('is as planned where %s are read late', async (late) => {
    scene.source = { version };
    await take(...before);
    scene.manager.store.lag[late] = { ms: 10 * minute };
    await take(last);
    expect(told(await scene.check())).toEqual(['consistent 0 INFO']);
  });
});

describe('a record that is read late', () => {
  it('is named with the states in which the rotation may be, and as long as it differs', async () => {
    await take('start', 'later');
    scene.manager.store.lag.metadata = { ms: 10 * minute };
    await take('next');
    const { findings, rotation, reference } = await scene.check();
    expect(reference).toMatchObject({ version: '2' });
    expect(rotation).toMatchObject({ state: 'staged', participants: [{ lacks: [] }, { lacks: [] }] });
    expect(findings.map(({ code, severity }) => `${code} ${severity}`)).toEqual(['rotation-unreadable info']);
    expect(findings[0]?.message).toMatch(
      /^The rotation from version 1 to version 2 is staged by its record, and promoted by its aliases/,
    );
    scene.clock.ahead += 11 * minute;
    const later = await scene.check();
    expect(later.findings).toEqual([]);
    expect(later.rotation).toMatchObject({ state: 'promoted' });
  });

  it('hides nothing that is wrong in both states', async () => {
    const lost = await scene.serve({
      replicas: [() => ({ sign: hasLost ? scene.key(2) : scene.key(1), accept: [] })],
      lists: false,
    });
    let hasLost = false;
    await take('start');
    scene.participants = { ...scene.participants, lost: overlapParticipant(lost) };
    scene.manager.store.lag.metadata = { ms: 10 * minute };
    const trusting = await scene.rotate('next', { apply: true });
    expect(trusting.code).not.toBe(0);
    scene.manager.store.alias({ project: 'example-staging', secret: 'jwt-secret' }, 'current', '2');
    hasLost = true;
    expect(told(await scene.check())).toEqual(['inconsistent 1 CRITICAL', 'rotation-lagging error lost']);
  });

  it('is not trusted about another version than the one in use', async () => {
    scene.source = { version: 'current' };
    await take('start', 'next');
    const { store } = scene.manager;
    const id = { project: 'example-staging', secret: 'jwt-secret' };
    store.add(id, 'f1d2d2f924e986ac86fdf7b36c94bcdf32beec15');
    store.alias(id, 'current', '3');
    const report = await scene.check();
    expect(report.reference).toMatchObject({ version: '3' });
    expect(told(report)).toEqual(['consistent 0 INFO', 'rotation-unreadable warning store']);
  });

  it('may go on during a check', async () => {
    await take('start', 'later');
    const { store } = scene.manager;
    const id = { project: 'example-staging', secret: 'jwt-secret' };
    const staged = store.secret(id).metadata.written;
    await take('next');
    const promoted = store.secret(id).metadata.written;
    const write = ({ annotations, versionAliases }: typeof staged) =>
      store.update(id, { annotations, versionAliases }, null);
    write(staged);
    goOn = () => write(promoted);
    expect(told(await scene.check())).toEqual(['consistent 0 INFO']);
  });

  it('and aliases that are read late as well are named as a possible reason', async () => {
    await take('start', 'later');
    scene.manager.store.lag.metadata = { ms: 10 * minute };
    scene.manager.store.lag.pointers = { ms: 10 * minute };
    await take('next');
    const { findings } = await scene.check();
    expect(findings.map(({ code }) => code)).toEqual(['signs-too-early']);
    expect(JSON.stringify(findings[0]?.steps)).toContain('may be minutes behind');
  });
});
