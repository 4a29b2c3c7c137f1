import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Finding, Report } from '../../src/model.js';
import { openMemory } from '../../src/observe/memory.js';
import { rotationAnnotation } from '../../src/rotation/rotation-record.js';
import { id, openScene, type Scene } from '../rotate/scene.js';
import { overlapParticipant } from '../support/overlap-service.js';

let scene: Scene;

beforeEach(async () => {
  scene = await openScene();
});

afterEach(async () => {
  await scene.close();
});

const minute = 60_000;

async function step(command: 'start' | 'next' | 'emergency'): Promise<void> {
  const done = await scene.rotate(command, { apply: true });
  expect(done, done.stdout + done.stderr).toMatchObject({ code: 0 });
}

/** Adds a verifier that holds these versions, the first of which it signs with. */
async function holding(name: string, versions: () => readonly number[], more: object = {}): Promise<void> {
  const service = await scene.serve({
    replicas: [
      () => {
        const [sign = '', ...accept] = versions().map(scene.key);
        return { sign, accept };
      },
    ],
    lists: false,
  });
  scene.participants = { ...scene.participants, [name]: overlapParticipant(service, more) };
}

const told = ({ verdict, exitCode, level, findings }: Report) => [
  `${verdict} ${exitCode} ${level}`,
  ...findings.map(({ code, severity, participants }) => [code, severity, ...participants].join(' ')),
];

const only = ({ findings }: Report): Finding | undefined => (findings.length === 1 ? findings[0] : undefined);

const lacksOf = ({ rotation }: Report, name: string) =>
  rotation?.participants.find((one) => one.name === name)?.lacks;

describe('staged', () => {
  it('gives a verifier time to accept the new key, then reports it', async () => {
    await holding('slow', () => [1]);
    await step('start');
    const early = await scene.check();
    expect(told(early)).toEqual(['consistent 0 INFO', 'rotation-lagging warning slow']);
    expect(only(early)?.message).toMatch(
      /^slow does not accept version 2 yet \(me and socket\); the rotation from version 1 to version 2 is staged since /,
    );
    expect(only(early)?.evidence).toMatchObject({ state: 'staged', from: 1, to: 2, version: 2 });
    expect(only(early)?.steps.at(-1)).toEqual({ command: 'jwtcheck rotate status -e staging' });
    expect(lacksOf(early, 'slow')).toEqual([
      { must: 'accept', version: 2, isRefuted: true, probes: ['me', 'socket'] },
    ]);
    // Nothing is tried to find out why: it is known.
    expect(
      early.attempts.filter(({ participant, version }) => participant === 'slow' && version === '2'),
    ).toHaveLength(4);

    scene.clock.ahead += 16 * minute;
    const late = await scene.check();
    expect(told(late)).toEqual(['inconsistent 1 WARNING', 'rotation-lagging error slow']);
  });

  it('is no emergency even if no service has taken the new key over in time', async () => {
    for (const name of ['a', 'b', 'c']) await holding(name, () => [1]);
    await step('start');
    scene.clock.ahead += 16 * minute;
    expect(told(await scene.check())).toEqual(['inconsistent 1 WARNING', 'rotation-lagging error a b c']);
  });

  it('reports an issuer that signs with the new key already', async () => {
    let versions = [1];
    await holding('eager', () => versions, { role: 'issuer' });
    await step('start');
    versions = [2, 1];
    const report = await scene.check();
    expect(told(report)).toEqual(['inconsistent 1 CRITICAL', 'signs-too-early critical eager']);
    expect(only(report)?.message).toContain('eager signs with version 2, but the rotation');
    expect(lacksOf(report, 'eager')).toEqual([{ must: 'sign', version: 1, isRefuted: true, probes: [] }]);
  });

  it('reports one that has only the new key, whose users are rejected', async () => {
    let versions = [1];
    await holding('hasty', () => versions);
    await step('start');
    versions = [2];
    const report = await scene.check();
    expect(told(report)).toEqual(['inconsistent 1 CRITICAL', 'rotation-lagging error hasty']);
    expect(only(report)?.message).toContain('hasty does not accept version 1 any more');
  });

  it('leaves other faults to their own rules', async () => {
    let versions = [1];
    await holding('stranger', () => versions);
    await step('start');
    scene.manager.store.add(id, 'f1d2d2f924e986ac86fdf7b36c94bcdf32beec15a');
    versions = [3];
    const report = await scene.check();
    expect(report.reference).toMatchObject({ version: '1' });
    expect(told(report)).toEqual(['inconsistent 1 CRITICAL', 'ahead-of-reference error stranger']);
  });

  it('sees replicas of which one has not followed', async () => {
    const service = await scene.serve({
      replicas: [scene.followed, () => ({ sign: scene.key(1) })],
    });
    scene.participants = { ...scene.participants, half: overlapParticipant(service) };
    await step('start');
    const report = await scene.check();
    expect(told(report)).toEqual(['consistent 0 INFO', 'rotation-lagging warning half']);
    expect(report.rotation?.participants.find(({ name }) => name === 'half')).toMatchObject({
      accepts: [1, 2],
      lacks: [{ must: 'accept', version: 2, isRefuted: true }],
    });
  });
});

describe('promoted', () => {
  it('gives an issuer time to sign with the new key, then reports it', async () => {
    let versions = [1];
    await holding('auth2', () => versions, { role: 'issuer' });
    await step('start');
    versions = [1, 2];
    await step('next');
    expect(told(await scene.check())).toEqual(['consistent 0 INFO', 'signs-with-retired-key warning auth2']);
    scene.clock.ahead += 16 * minute;
    expect(told(await scene.check())).toEqual([
      'inconsistent 1 CRITICAL',
      'signs-with-retired-key error auth2',
    ]);
  });

  it('reports at once a verifier that lost a key whose tokens are in use', async () => {
    let versions = [1];
    await holding('forgetful', () => versions);
    await step('start');
    versions = [1, 2];
    await step('next');
    versions = [1];
    const without = await scene.check();
    expect(told(without)).toEqual(['inconsistent 1 CRITICAL', 'rotation-lagging error forgetful']);
    versions = [2];
    const early = await scene.check();
    expect(told(early)).toEqual(['inconsistent 1 CRITICAL', 'rotation-lagging error forgetful']);
    expect(only(early)?.evidence).toMatchObject({ version: 1 });
  });

  it('counts an internal error as a rejection where forged tokens get the same answer', async () => {
    let versions = [1];
    const service = await scene.serve({
      replicas: [() => ({ sign: scene.key(versions[0] ?? 1), accept: versions.slice(1).map(scene.key) })],
      lists: false,
      rejectsWith: 500,
    });
    const usual = scene.participants;
    const withFailing = {
      ...usual,
      failing: { probes: [{ kind: 'http', name: 'me', url: `${service.origin}/me` }] },
    };
    await step('start');
    scene.participants = withFailing;
    expect(told(await scene.check())).toContain('rotation-lagging warning failing');
    scene.participants = usual;
    await step('next');
    scene.participants = withFailing;
    versions = [2];
    const promoted = await scene.check();
    expect(told(promoted)).toEqual(
      expect.arrayContaining(['inconsistent 1 CRITICAL', 'rotation-lagging error failing']),
    );
    expect(lacksOf(promoted, 'failing')).toEqual([
      { must: 'accept', version: 1, isRefuted: true, probes: ['me'] },
    ]);
  });

  it('cannot tell where a verifier gives no clear answer to tokens that users still hold', async () => {
    let isOverloaded = false;
    const service = await scene.serve({ isOverloadedFor: () => (isOverloaded ? scene.key(1) : 'no key') });
    scene.participants = {
      ...scene.participants,
      busy: { probes: [{ kind: 'http', name: 'me', url: `${service.origin}/me` }] },
    };
    await step('start');
    await step('next');
    expect(told(await scene.check())).toEqual(['consistent 0 INFO']);
    isOverloaded = true;
    const report = await scene.check();
    expect(told(report)).toEqual(['inconclusive 3 WARNING', 'probe-inconclusive warning busy']);
    expect(only(report)?.message).toContain('503');
  });

  it('judges a participant without probes by its fingerprint', async () => {
    let versions = [1];
    await holding('shown', () => versions);
    const { probes: _, ...settings } = scene.participants.shown as Record<string, unknown>;
    scene.participants = { ...scene.participants, shown: settings };
    const trusted = { apply: true, trusts: ['shown'] };
    expect(await scene.rotate('start', trusted)).toMatchObject({ code: 0 });
    expect(told(await scene.check())).toEqual(['consistent 0 INFO']);
    await scene.rotate('next', trusted);
    const lagging = await scene.check();
    expect(told(lagging)).toEqual(['consistent 0 INFO', 'rotation-lagging warning shown']);
    expect(only(lagging)?.message).toContain(
      'shown still shows the key of version 1, and nothing shows that version 2 is accepted there',
    );
    scene.clock.ahead += 16 * minute;
    expect(told(await scene.check())).toEqual(['inconsistent 1 WARNING', 'rotation-lagging error shown']);
    versions = [2];
    expect(told(await scene.check())).toEqual(['consistent 0 INFO']);
  });
});

describe('revoked', () => {
  const revoke = async (): Promise<void> => {
    await step('start');
    await step('next');
    await scene.rotate('next', { apply: true });
    scene.clock.ahead += 61_000;
    await step('next');
  };

  it('reports a verifier that still accepts the old key, also in a watch that presents invalid tokens rarely', async () => {
    let versions = [1];
    await holding('keeper', () => versions);
    await step('start');
    versions = [1, 2];
    await step('next');
    await scene.rotate('next', { apply: true });
    const memory = openMemory(10 * minute);
    expect(told(await scene.check({}, memory))).toEqual(['consistent 0 INFO']);
    scene.clock.ahead += 61_000;
    versions = [2, 1];
    await step('next');
    scene.clock.ahead += 1000;
    const report = await scene.check({}, memory);
    expect(told(report)).toEqual(['inconsistent 1 CRITICAL', 'accepts-retired-key critical keeper']);
    expect(only(report)?.evidence).toMatchObject({ version: '1', current: '2', revoked: true });
    expect(only(report)?.steps.at(-1)).toEqual({ command: 'jwtcheck rotate status -e staging' });
    expect(lacksOf(report, 'keeper')).toEqual([
      { must: 'reject', version: 1, isRefuted: true, probes: ['me', 'socket'] },
    ]);
  });

  it('presents tokens of the old key without being asked to, unless no invalid token is wanted', async () => {
    await revoke();
    const { attempts } = await scene.check({ controls: ['forged'] });
    const retired = attempts.filter(({ token }) => token === 'retired');
    expect(new Set(retired.map(({ version, result }) => `${version} ${result}`))).toEqual(
      new Set(['1 rejected']),
    );
    const none = await scene.check({ controls: 'none' });
    expect(told(none)).toEqual(['consistent 0 INFO']);
    expect(none.attempts.filter(({ token }) => token !== 'genuine')).toEqual([]);
    const named = await scene.check({ controls: ['forged', 'retired'] });
    expect(named.attempts.filter(({ token }) => token === 'retired')).toHaveLength(retired.length);
  });

  it('expects every service to lag after an emergency, and reports what the leaked key still opens', async () => {
    await holding('single', () => [1]);
    await step('emergency');
    const report = await scene.check({ only: ['single'] });
    expect(told(report)).toEqual([
      'inconsistent 1 CRITICAL',
      'accepts-retired-key critical single',
      'rotation-lagging warning single',
    ]);
  });
});

describe('whatever else there is', () => {
  it('reports a rotation that was forgotten', async () => {
    await step('start');
    scene.clock.ahead += 26 * 60 * minute;
    const report = await scene.check();
    expect(told(report)).toEqual(['consistent 0 INFO', 'rotation-stalled warning']);
    expect(only(report)?.message).toContain('is still open');
  });

  it.each([
    ['garbage', 'certainly not JSON', 'not a rotation record'],
    ['a record of a later version', '{"format":2}', 'has format 2'],
  ])('reads on without %s', async (_, annotation, message) => {
    await step('start');
    scene.manager.store.update(id, { annotations: new Map([[rotationAnnotation, annotation]]) }, null);
    scene.source = { version: 'current' };
    const report = await scene.check();
    expect(told(report)).toEqual(['consistent 0 INFO', 'rotation-unreadable warning store']);
    expect(only(report)?.message).toContain(message);
    expect(report).not.toHaveProperty('rotation');
  });

  it('reports a new version that cannot be read', async () => {
    await step('start');
    scene.manager.store.disable(id, '2');
    const report = await scene.check();
    expect(told(report)).toEqual(['consistent 0 INFO', 'rotation-unreadable warning store']);
    expect(only(report)?.evidence).toMatchObject({ versions: [2] });
    expect(lacksOf(report, 'backend')).toEqual([
      { must: 'accept', version: 2, isRefuted: false, probes: [] },
    ]);
  });

  it('compares as before where the secret may not be read', async () => {
    await step('start');
    scene.source = { version: '1' };
    scene.manager.store.deny('secretmanager.secrets.get');
    const report = await scene.check();
    expect(told(report)).toEqual(['consistent 0 INFO']);
    expect(report).not.toHaveProperty('rotation');
  });

  it('leaves a pinned reference as it is, and follows no rotation with an expected fingerprint', async () => {
    scene.source = { version: '1' };
    await step('start');
    await step('next');
    const pinned = await scene.check();
    expect(pinned).toMatchObject({ reference: { version: '1' }, rotation: { state: 'promoted' } });
    expect(told(pinned)).toEqual(['consistent 0 INFO']);
    const { groups } = pinned;
    const expected = await scene.check({ expect: groups[0]?.fingerprint, only: ['backend'] });
    expect(expected).not.toHaveProperty('rotation');
  });

  it('works with fingerprints alone', async () => {
    await step('start');
    const report = await scene.check({ probes: false });
    expect(told(report)).toEqual(['consistent 0 INFO']);
    expect(report.attempts).toEqual([]);
    expect(report.rotation?.participants).toMatchObject([
      { name: 'auth', signs: [1], accepts: [1, 2], lacks: [] },
      { name: 'backend', accepts: [1, 2], lacks: [] },
    ]);
  });
});
