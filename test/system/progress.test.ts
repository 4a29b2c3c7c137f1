import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Output } from '../../src/system/io.js';
import { createProgress } from '../../src/system/progress.js';
import { aRecorder } from '../support/outputs.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const clear = '\r\u001b[2K';

describe('progress', () => {
  it('rewrites one line and clears it in the end', async () => {
    const out = aRecorder({ isTTY: true, columns: 80 });
    const { update, stop } = createProgress(out, true);
    update(1, 4, 'auth_service');
    vi.advanceTimersByTime(100);
    update(2, 4);
    await stop();
    expect(out.writes).toEqual([`${clear}⠋ 1 of 4  auth_service`, `${clear}⠙ 2 of 4`, clear]);
  });

  it('draws at most ten times a second, and the latest last', () => {
    const out = aRecorder({ isTTY: true });
    const { update } = createProgress(out, true);
    for (let done = 1; done <= 1000; done++) {
      update(done, 1000);
      vi.advanceTimersByTime(1);
    }
    vi.advanceTimersByTime(100);
    expect(out.writes.length).toBeLessThanOrEqual(11);
    expect(out.writes.at(-1)).toContain('1000 of 1000');
  });

  it.each([
    ['not a terminal', aRecorder(), true],
    ['not wanted', aRecorder({ isTTY: true }), false],
  ])('is silent where it is %s', async (_, out, enabled) => {
    const { update, stop } = createProgress(out, enabled);
    update(1, 2, 'a');
    vi.advanceTimersByTime(1000);
    await stop();
    expect(out.writes).toEqual([]);
  });

  it('is silent once stopped, and clears nothing that was never drawn', async () => {
    const out = aRecorder({ isTTY: true });
    const { update, stop } = createProgress(out, true);
    await stop();
    update(1, 2);
    vi.advanceTimersByTime(1000);
    await stop();
    expect(out.writes).toEqual([]);
  });

  it('keeps to one line, whatever the name', () => {
    const out = aRecorder({ isTTY: true, columns: 20 });
    createProgress(out, true).update(1, 2, '\u001b[2J\n漢字漢字漢字漢字');
    expect(out.writes).toEqual([`${clear}⠋ 1 of 2  \\u001b[2…`]);
  });

  it('does not mind a terminal that is gone', async () => {
    const out: Output = { isTTY: true, write: () => Promise.reject(new Error('gone')) };
    const { update, stop } = createProgress(out, true);
    update(1, 2);
    await expect(stop()).resolves.toBeUndefined();
  });

  it('does not keep the process alive', () => {
    vi.useRealTimers();
    const unref = vi.spyOn(globalThis, 'setTimeout');
    createProgress(aRecorder({ isTTY: true }), true).update(1, 2);
    const timer: unknown = unref.mock.results.at(-1)?.value;
    expect(timer).toBeInstanceOf(Object);
    expect(
      typeof timer === 'object' && timer !== null && 'hasRef' in timer && typeof timer.hasRef === 'function'
        ? timer.hasRef()
        : true,
    ).toBe(false);
    unref.mockRestore();
  });
});
