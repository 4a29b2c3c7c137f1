import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startSecretManager } from '../../src/demo/secret-manager.js';
import { watch } from '../../src/index.js';
import { readHistory } from '../../src/monitor/history/read.js';
import { type HistoryStatistics, summarise } from '../../src/monitor/history/statistics.js';
import type { DriftEvent } from '../../src/monitor/monitor-model.js';
import { id, openScene, type Scene } from '../rotate/scene.js';
import { type HeldKeys, overlapParticipant } from '../support/overlap-service.js';
import { startService } from '../support/service.js';
import { workspace } from '../support/workspace.js';

const folder = workspace();
const secret = { project: 'netra-staging', secret: 'jwt-secret' };
const oldKey = 'the key before the rotation, which is long enough';
const newKey = 'the key after the rotation, which is long enough';

it('a rotation that was watched is in the history: ages, adoption, who held what, and no secret', async () => {
  const cwd = await folder();
  // Created long before it is watched.
  let now = new Date('2025-06-01T00:00:00Z');
  const manager = await startSecretManager({ now: () => now });
  const service = await startService(oldKey);
  try {
    manager.store.add(secret, oldKey);
    let reports = 0;
    await watch({
      config: {
        watch: { jitter: '0s' },
        environments: {
          staging: {
            reference: 'store',
            participants: {
              store: {
                source: {
                  kind: 'google-secret-manager',
                  ...secret,
                  endpoint: manager.url,
                },
              },
              service: { source: { kind: 'http', url: `${service.origin}/fingerprint` } },
            },
          },
        },
      },
      cwd,
      env: {},
      intervalMs: 100,
      cycles: 6,
      onReport: () => {
        reports += 1;
        if (reports === 2) {
          now = new Date('2026-01-31T12:00:00Z');
          manager.store.add(secret, newKey);
        }
        if (reports === 4) service.hold(newKey);
      },
    });
  } finally {
    await manager.close();
    await service.close();
  }

  const path = join(cwd, '.jwtcheck/history.ndjson');
  const text = await readFile(path, 'utf8');
  expect(text.match(/^\{"type":"keys"/gm)).toHaveLength(3);
  expect(text).not.toContain('the key');
  const [environment] = (await statisticsOf(path)).environments;
  expect(environment).toMatchObject({
    keys: [
      {
        version: '2',
        createdAt: '2026-01-31T12:00:00.000Z',
        ageIs: 'exact',
        reference: true,
        participants: ['service', 'store'],
      },
      { version: '1', createdAt: '2025-06-01T00:00:00.000Z', ageIs: 'exact', participants: [] },
    ],
    holdings: [
      { participant: 'service', version: '1' },
      { participant: 'service', version: '2', until: null },
      { participant: 'store', version: '1' },
      { participant: 'store', version: '2', until: null },
    ],
    adoptions: [
      { status: 'complete', participants: 1, adopted: 1, from: { version: '1' }, to: { version: '2' } },
    ],
  });
  // Two intervals passed until the service followed.
  expect(environment?.adoptions[0]?.maxMs).toBeGreaterThanOrEqual(150);
});

async function statisticsOf(path: string): Promise<HistoryStatistics> {
  const summary = summarise({ since: null, until: new Date() });
  for await (const record of readHistory(path)) summary.add(record);
  return summary.statistics(0);
}

describe('a rotation by jwtcheck rotate', () => {
  let scene: Scene;
  beforeEach(async () => {
    scene = await openScene();
    Object.assign(scene.config, {
      watch: { jitter: '0s', failureThreshold: 1, successThreshold: 1 },
    });
  });
  afterEach(() => scene.close());

  /** Watches until `step` says that it is enough; it runs after each check, with the events that are new. */
  async function watchUntil(step: (fresh: readonly DriftEvent[]) => Promise<boolean>): Promise<DriftEvent[]> {
    await scene.configure();
    const ending = new AbortController();
    const events: DriftEvent[] = [];
    let seen = 0;
    await watch({
      cwd: scene.folder,
      env: {},
      intervalMs: 100,
      now: () => new Date(Date.now() + scene.clock.ahead),
      signal: ending.signal,
      onEvent: (event) => {
        events.push(event);
      },
      async onReport() {
        const fresh = events.slice(seen);
        seen = events.length;
        if (await step(fresh)) ending.abort();
      },
    });
    return events;
  }

  const apply = { apply: true };
  const has = (events: readonly DriftEvent[], type: DriftEvent['type']) =>
    events.some((event) => event.type === type);

  it('is an event for each step, over a restart; nothing drifts, and the history tells how it went', async () => {
    let checks = 0;
    const before = await watchUntil(async (fresh) => {
      checks += 1;
      if (checks === 2) await scene.rotate('start', apply);
      if (has(fresh, 'rotation-started')) await scene.rotate('next', apply);
      return has(fresh, 'rotation-advanced');
    });
    expect(before.map(({ type, rotation }) => [type, rotation?.state])).toEqual([
      ['rotation-started', 'staged'],
      ['rotation-advanced', 'promoted'],
    ]);
    expect(await scene.rotate('next', apply)).toMatchObject({ code: 3 });
    scene.clock.ahead += 61_000;
    expect(await scene.rotate('next', apply)).toMatchObject({ code: 0 });

    const after = await watchUntil(async (fresh) => {
      if (has(fresh, 'rotation-advanced')) await scene.rotate('next', apply);
      return has(fresh, 'rotation-finished');
    });
    expect(after.map(({ type, rotation }) => [type, rotation?.state, rotation?.before])).toEqual([
      ['rotation-advanced', 'revoked', 'promoted'],
      ['rotation-finished', 'finished', 'revoked'],
    ]);
    expect(new Set([...before, ...after].map(({ incident }) => incident)).size).toBe(1);

    const path = join(scene.folder, '.jwtcheck/history.ndjson');
    const [environment] = (await statisticsOf(path)).environments;
    expect(environment?.incidents).toEqual([]);
    expect(environment?.rotations).toMatchObject([
      {
        ...{ mode: 'overlap', from: 1, to: 2, status: 'finished', stalled: false, deviations: [] },
        states: [{ state: 'staged' }, { state: 'promoted' }, { state: 'revoked' }],
        rejectedTokens: 0,
      },
    ]);
    expect(environment?.rotations[0]?.states.every(({ durationMs }) => durationMs !== null)).toBe(true);
    expect(environment?.rotationSummary).toMatchObject({ total: 1, finished: 1, clean: 1 });
    expect(environment?.adoptions).toMatchObject([
      { origin: 'rotation', status: 'complete', participants: 2, adopted: 2, rejectedTokens: 0 },
    ]);
    await expectNoKey();
  });

  it('alerts on a deviation alone, and its end by a rollback', async () => {
    let isEarly = false;
    const payload = (alias: string) => scene.manager.store.access(id, alias).payload.toString();
    const keys = (): HeldKeys =>
      isEarly ? { sign: payload('next'), accept: [payload('current')], version: 'next' } : scene.followed();
    const early = await scene.serve({ mints: true, replicas: [keys, keys] });
    scene.participants = {
      ...scene.participants,
      early: overlapParticipant(early, {
        role: 'issuer',
        mint: { url: `${early.origin}/mint`, samples: 2 },
      }),
    };
    let checks = 0;
    const events = await watchUntil(async (fresh) => {
      checks += 1;
      if (checks === 1) expect(await scene.rotate('start', apply)).toMatchObject({ code: 0 });
      if (has(fresh, 'rotation-started')) isEarly = true;
      if (has(fresh, 'drift-detected')) isEarly = false;
      if (has(fresh, 'drift-resolved'))
        expect(await scene.rotate('rollback', apply)).toMatchObject({ code: 0 });
      return has(fresh, 'rotation-rolled-back');
    });
    expect(events.map(({ type }) => type)).toEqual([
      'rotation-started',
      'drift-detected',
      'drift-resolved',
      'rotation-rolled-back',
    ]);
    expect(events[1]).toMatchObject({ level: 'CRITICAL', participants: ['early'] });
    expect(events[1]?.findings.map(({ code }) => code)).toEqual(['signs-too-early']);
    const path = join(scene.folder, '.jwtcheck/history.ndjson');
    expect((await statisticsOf(path)).environments[0]?.rotations).toMatchObject([
      { status: 'rolled-back', deviations: [{ code: 'signs-too-early' }] },
    ]);
    await expectNoKey();
  });

  async function expectNoKey(): Promise<void> {
    for (const name of ['history.ndjson', 'state.json']) {
      const text = await readFile(join(scene.folder, '.jwtcheck', name), 'utf8');
      for (const { payload } of scene.manager.store.secret(id).versions.written)
        expect(text).not.toContain(payload.toString().slice(0, 16));
    }
  }
});
