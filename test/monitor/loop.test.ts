import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { repeat } from '../../src/monitor/loop.js';

const never = new AbortController().signal;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Has the time pass until it ends. */
async function passing(work: Promise<void>): Promise<void> {
  let ended = false;
  void work.finally(() => {
    ended = true;
  });
  while (!ended) await vi.advanceTimersByTimeAsync(1);
  await work;
}

describe('repeat', () => {
  it('checks as often as configured, and at once the first time', async () => {
    const started = performance.now();
    const checks: number[] = [];
    await passing(
      repeat(async () => void checks.push(performance.now() - started), {
        schedule: () => ({ interval: 50, jitter: 0 }),
        cycles: 3,
        signal: never,
        random: () => 0,
      }),
    );
    expect(checks).toEqual([0, 50, 100]);
  });

  it('counts the interval from start to start', async () => {
    const pauses: number[] = [];
    await passing(
      repeat(() => sleep(150), {
        schedule: () => ({ interval: 300, jitter: 0 }),
        cycles: 3,
        signal: never,
        random: () => 0,
        onPause: (ms) => pauses.push(ms),
      }),
    );
    expect(pauses).toEqual([150, 150]);
  });

  it('never runs two at once, and does not make up for those that a slow one kept from starting', async () => {
    let running = 0;
    let most = 0;
    const pauses: number[] = [];
    await passing(
      repeat(
        async () => {
          running += 1;
          most = Math.max(most, running);
          await sleep(60);
          running -= 1;
        },
        {
          schedule: () => ({ interval: 10, jitter: 0 }),
          cycles: 4,
          signal: never,
          random: () => 0,
          onPause: (ms) => pauses.push(ms),
        },
      ),
    );
    expect(most).toBe(1);
    expect(pauses).toEqual([0, 0, 0]);
  });

  it('checks again right after a check during which it was woken', async () => {
    const alarm = new EventEmitter();
    const pauses: number[] = [];
    let checks = 0;
    await passing(
      repeat(
        async () => {
          checks += 1;
          await sleep(5);
          if (checks === 1) alarm.emit('wake');
        },
        {
          schedule: () => ({ interval: 20, jitter: 0 }),
          cycles: 3,
          signal: never,
          alarm,
          random: () => 0,
          onPause: (ms) => pauses.push(ms),
        },
      ),
    );
    expect(checks).toBe(3);
    expect(pauses).toHaveLength(1);
    expect(alarm.listenerCount('wake')).toBe(0);
  });

  it('adds the jitter by chance, and asks for the schedule every time', async () => {
    const pauses: number[] = [];
    const intervals = [20, 40];
    await passing(
      repeat(() => Promise.resolve(), {
        schedule: () => ({ interval: intervals.shift() ?? 0, jitter: 10 }),
        cycles: 3,
        signal: never,
        random: () => 0.5,
        onPause: (ms) => pauses.push(ms),
      }),
    );
    expect(pauses).toEqual([25, 45]);
  });

  it('ends a pause at once when it is called off', async () => {
    const controller = new AbortController();
    let checks = 0;
    const started = performance.now();
    setTimeout(() => controller.abort(), 50);
    await passing(
      repeat(async () => void checks++, {
        schedule: () => ({ interval: 60_000, jitter: 0 }),
        signal: controller.signal,
        random: () => 0,
      }),
    );
    expect(checks).toBe(1);
    expect(performance.now() - started).toBe(50);
  });

  it('is woken from a pause', async () => {
    const alarm = new EventEmitter();
    let checks = 0;
    await passing(
      repeat(async () => void checks++, {
        schedule: () => ({ interval: 3_600_000, jitter: 0 }),
        cycles: 3,
        signal: never,
        alarm,
        random: () => 0,
        onPause: () => setTimeout(() => alarm.emit('wake'), 5),
      }),
    );
    expect(checks).toBe(3);
    expect(alarm.listenerCount('wake')).toBe(0);
  });

  it('does not start when it was called off before', async () => {
    let checks = 0;
    await repeat(async () => void checks++, {
      schedule: () => ({ interval: 0, jitter: 0 }),
      signal: AbortSignal.abort(),
      random: () => 0,
    });
    expect(checks).toBe(0);
  });
});
