import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { DriftEvent } from '../../../src/monitor/monitor-model.js';
import { watchFor } from '../../../src/monitor/watch.js';
import {
  type FixScene,
  oldKey,
  openFixScene,
  type RestartedService,
  restarted,
  restarting,
} from '../../fix/fix-scene.js';
import { expectNoLeak } from '../../support/leaks.js';

let scene: FixScene;
let auth: RestartedService;

beforeEach(async () => {
  scene = await openFixScene();
  auth = await scene.serve(oldKey);
  scene.participants = { auth_service: restarted(auth, { role: 'issuer' }) };
});

afterEach(async () => {
  await scene.close();
});

/** Watches until an event or a number of checks; the events. */
async function watched(
  remediate: unknown,
  {
    until,
    cycles,
    onReport,
  }: { until?: DriftEvent['type']; cycles?: number; onReport?: (count: number) => void },
): Promise<DriftEvent[]> {
  scene.config = {
    watch: { failureThreshold: 1, failureWindow: 1, successThreshold: 1, jitter: '0s', remediate },
  };
  await scene.write();
  const controller = new AbortController();
  const events: DriftEvent[] = [];
  let count = 0;
  const { PATH = '', HOME = '' } = process.env;
  await watchFor({
    cwd: scene.folder,
    env: { PATH, HOME },
    intervalMs: 100,
    signal: controller.signal,
    ...(cycles === undefined ? {} : { cycles }),
    onReport: () => {
      count += 1;
      onReport?.(count);
    },
    onEvent: (event) => {
      events.push(event);
      if (event.type === until) controller.abort('SIGTERM');
    },
  });
  return events;
}

const history = (): Promise<string> => readFile(join(scene.folder, '.jwtcheck/history.ndjson'), 'utf8');
const records = async (): Promise<{ type: string; result?: string }[]> =>
  (await history())
    .trim()
    .split('\n')
    .map((line): { type: string; result?: string } => JSON.parse(line))
    .filter(({ type }) => type === 'remediation');

it('does nothing by default', async () => {
  const events = await watched('off', { cycles: 2 });
  expect(events.map(({ type }) => type)).toEqual(['drift-detected']);
  expect(events[0]?.plan).toBeUndefined();
  expect(auth.restarts).toBe(0);
});

it('puts the plan and its hash, which is that of jwtcheck fix, into the alert', async () => {
  const [event] = await watched('plan', { cycles: 2 });
  expect(event?.plan?.hash).toBe(await scene.hash());
  expect(event?.plan?.actions).toEqual([expect.stringContaining('Roll out auth_service')]);
  expect(auth.restarts).toBe(0);
});

it('carries out a safe action once, never in the first check, and reports how it ended', async () => {
  let atFirst: number | null = null;
  const events = await watched('safe', {
    until: 'drift-resolved',
    onReport: (count) => {
      if (count === 1) atFirst = auth.restarts;
    },
  });
  expect(atFirst).toBe(0);
  expect(events.map(({ type }) => type)).toEqual([
    'drift-detected',
    'remediation-started',
    'remediation-finished',
    'drift-resolved',
  ]);
  expect(events[2]?.summary).toBe('rollout of auth_service (stale-secret-version): fixed');
  expect(auth.restarts).toBe(1);
  expect((await records()).map(({ result }) => result)).toEqual(['started', 'fixed']);
  const files = { history: await history(), state: await scene.file('.jwtcheck/state.json') };
  const keys = scene.manager.store.secret({ project: 'example-staging', secret: 'jwt-secret' });
  expectNoLeak(
    files,
    keys.versions.written.map(({ payload }) => payload.toString()),
  );
});

it('tries once only, also after a restart of the monitor', async () => {
  auth.onRestart = () => {};
  await watched({ mode: 'safe', pause: '1s' }, { until: 'remediation-finished' });
  expect(auth.restarts).toBe(1);
  await watched({ mode: 'safe', pause: '1s' }, { cycles: 2 });
  expect(auth.restarts).toBe(1);
  expect((await records()).map(({ result }) => result)).toEqual(['started', 'not-fixed']);
});

it('ends a program with the watch, and does not begin it again', async () => {
  auth.onRestart = () => {};
  const run = restarting(auth.port, auth.number, 'sleep 1000');
  scene.participants = { auth_service: restarted(auth, { role: 'issuer', rollout: { run } }) };
  await watched('safe', { until: 'remediation-started' });
  const events = await watched('safe', { cycles: 2 });
  expect(events.map(({ type }) => type)).toEqual(['remediation-finished']);
  expect(events[0]?.summary).toContain('interrupted, and not begun again');
  expect((await records()).map(({ result }) => result)).toEqual(['started', 'interrupted']);
});

it('does nothing while a rotation may be open', async () => {
  const { rotationAnnotation } = await import('../../../src/rotation/rotation-record.js');
  scene.manager.store.update(
    { project: 'example-staging', secret: 'jwt-secret' },
    { annotations: new Map([[rotationAnnotation, '{}']]) },
    null,
  );
  await watched('safe', { cycles: 2 });
  expect(auth.restarts).toBe(0);
});
