import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createMetrics } from '../../src/monitor/metrics/metrics.js';
import { openMonitor } from '../../src/monitor/monitor.js';
import type { DriftEvent } from '../../src/monitor/monitor-model.js';
import { emptyState } from '../../src/monitor/state/state-file.js';
import { minute, outcomeOf, plainPolicy, start } from '../support/watching.js';

const hour = 60 * minute;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'], now: start });
});
afterEach(() => {
  vi.useRealTimers();
});

it.each(['during a check', 'between two checks'])(
  'a clock that is set back %s: reminders and durations count what passed',
  async (when) => {
    const events: DriftEvent[] = [];
    let number = 0;
    const setBack = (): void => {
      if (number === 3) vi.setSystemTime(Date.now() - 5 * hour);
    };
    const monitor = openMonitor({
      environment: 'staging',
      current: () => ({
        policy: { ...plainPolicy, remindEvery: 10 * minute },
        ...{ intervalMs: minute, freshForMs: 90_000, currency: 'USD' },
        async check() {
          vi.advanceTimersByTime(20_000);
          if (when === 'during a check') setBack();
          const outcome = outcomeOf(number < 28 ? 'W' : 'G');
          if (outcome.is === 'failed') throw new Error(outcome.message);
          return outcome.report;
        },
      }),
      stateFile: { state: emptyState, shown: 'state.json', save: async () => {} },
      history: { append: async () => ({ ok: true, value: null }), async *read() {} },
      delivery: {
        add: ({ event }) => {
          events.push(event);
          return [];
        },
        concerned: () => [],
        pending: () => [],
      },
      metrics: createMetrics('staging'),
      now: () => new Date(),
      warn: () => {},
    });
    for (number = 0; number < 30; number++) {
      await monitor.cycle();
      monitor.pausing(40_000);
      vi.advanceTimersByTime(40_000);
      if (when === 'between two checks') setBack();
    }
    // The pause in which it was set back is of unknown length.
    expect(events.map(({ type, durationMs }) => [type, Math.floor(durationMs / minute)])).toEqual([
      ['drift-detected', 1],
      ['drift-reminder', 11],
      ['drift-reminder', 21],
      ['drift-resolved', 28],
    ]);
  },
);
