import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openDelivery } from '../../src/monitor/delivery/delivery.js';
import { createMetrics } from '../../src/monitor/metrics/metrics.js';
import { openMonitor } from '../../src/monitor/monitor.js';
import type { DriftEvent, MonitorState } from '../../src/monitor/monitor-model.js';
import { patientOutput } from '../../src/monitor/print/patient-output.js';
import { emptyState } from '../../src/monitor/state/state-file.js';
import { outcomeOf, plainPolicy } from '../support/watching.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A promise that comes to its end when it is told to. */
function gate(): { readonly passed: Promise<void>; open(): void } {
  let open = (): void => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open };
}

/** A monitor of a service that differs, whose disk does not answer. */
function frozenMonitor(frozen: { state?: Promise<void>; history?: Promise<void> }) {
  const told: DriftEvent[] = [];
  const warnings: string[] = [];
  const saved: MonitorState[] = [];
  const metrics = createMetrics('staging');
  const delivery = openDelivery({
    recipients: [
      {
        name: 'hook',
        minimumLevel: 'INFO',
        async send(event) {
          told.push(event);
          return { ok: true, value: null };
        },
      },
    ],
    unsent: [],
    open: [],
    random: () => 0.5,
    onSettled: () => {},
    onChange: () => monitor.remember(),
  });
  const monitor = openMonitor({
    environment: 'staging',
    current: () => ({
      policy: plainPolicy,
      intervalMs: 60_000,
      freshForMs: 90_000,
      currency: 'USD',
      async check() {
        const outcome = outcomeOf('W');
        if (outcome.is === 'failed') throw new Error(outcome.message);
        return outcome.report;
      },
    }),
    stateFile: {
      state: emptyState,
      shown: 'state.json',
      async save(state) {
        await frozen.state;
        saved.push(state);
      },
    },
    history: {
      async append() {
        await frozen.history;
        return { ok: true, value: null };
      },
      async *read() {},
    },
    delivery,
    metrics,
    now: () => new Date(),
    warn: (text) => void warnings.push(text),
  });
  return { monitor, told, warnings, saved, metrics, delivery };
}

async function passing<T>(work: Promise<T>, most: number): Promise<number> {
  const started = performance.now();
  let ended: number | null = null;
  void work.then(() => {
    ended = performance.now() - started;
  });
  await vi.advanceTimersByTimeAsync(most);
  if (ended === null) throw new Error(`it did not end within ${most} ms`);
  return ended;
}

describe.each(['state', 'history'] as const)('a disk that does not take the %s', (target) => {
  it('holds a check up for 5 s once, and no later one; alerts leave', async () => {
    const disk = gate();
    const { monitor, told, warnings, metrics, delivery } = frozenMonitor({ [target]: disk.passed });
    expect(await passing(monitor.cycle(), 20_000)).toBeLessThanOrEqual(5000);
    expect(await passing(monitor.cycle(), 20_000)).toBe(0);
    await vi.advanceTimersByTimeAsync(6000);
    expect(told.map(({ type }) => type)).toEqual(['drift-detected']);
    expect(await passing(monitor.cycle(), 20_000)).toBe(0);
    expect(warnings.filter((text) => text.includes('does not answer'))).toHaveLength(1);
    const skipped = (await metrics.text()).match(`writes_skipped_total\\{target="${target}"\\} (\\d+)`)?.[1];
    expect(Number(skipped)).toBeGreaterThan(2);
    delivery.close();
  });

  it('that answers again gets what it missed, and that is said', async () => {
    const disk = gate();
    const { monitor, warnings, saved, delivery } = frozenMonitor({ [target]: disk.passed });
    await passing(monitor.cycle(), 20_000);
    disk.open();
    await vi.advanceTimersByTimeAsync(10);
    await passing(monitor.cycle(), 20_000);
    expect(warnings.at(-1)).toMatch(/is (saved|written) again/);
    expect(saved.at(-1)?.environments.staging?.incident).not.toBeNull();
    delivery.close();
  });
});

describe('an output that no one reads', () => {
  it('holds a writer up for 5 s once; what comes later is left out and counted', async () => {
    const reader = gate();
    const written: string[] = [];
    let skipped = 0;
    const output = patientOutput(
      {
        async write(text) {
          await reader.passed;
          written.push(text);
        },
      },
      { onSkipped: () => (skipped += 1), catchUp: (count) => `${count} left out` },
    );
    expect(await passing(output.write('one'), 20_000)).toBe(5000);
    for (let i = 0; i < 400; i++) await output.write('more');
    expect(skipped).toBe(400);
    reader.open();
    await vi.advanceTimersByTimeAsync(10);
    expect(written).toEqual(['one', '400 left out']);
    await output.write('two');
    expect(written.at(-1)).toBe('two');
  });
});

describe('a loop that does not turn', () => {
  it('is known by how long', async () => {
    const { monitor, delivery } = frozenMonitor({});
    await monitor.cycle();
    expect(monitor.view.sinceTurnMs()).toBe(0);
    await vi.advanceTimersByTimeAsync(180_001);
    expect(monitor.view.sinceTurnMs()).toBeGreaterThan(monitor.view.stuckAfterMs);
    delivery.close();
  });
});
