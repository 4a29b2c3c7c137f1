import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { untilConsistent } from '../../src/cli/commands/check/until-consistent.js';
import type { Report } from '../../src/model.js';
import { aReport } from '../support/reports.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const reports: Readonly<Record<string, Report>> = {
  C: aReport(),
  W: aReport({ verdict: 'inconsistent', exitCode: 1 }),
  U: aReport({ verdict: 'inconclusive', exitCode: 3 }),
};

/** Checks that give these verdicts, the last one again and again, and take so long each. */
async function wait(
  letters: string,
  { tookMs = 10, waitMs = 60_000, intervalMs = 5000, consecutive = 1, deadlineMs = 30_000 } = {},
) {
  const said: string[] = [];
  const cut: number[] = [];
  let checks = 0;
  const once = async (most: number): Promise<Report> => {
    const letter = letters[Math.min(checks, letters.length - 1)] ?? 'C';
    checks += 1;
    if (most < tookMs) cut.push(most);
    await new Promise((resolve) => setTimeout(resolve, Math.min(most, tookMs)));
    const report = most < tookMs ? reports.U : reports[letter];
    if (report === undefined) throw new Error(letter);
    return report;
  };
  const started = performance.now();
  const signal = new AbortController().signal;
  const stderr = { write: async (text: string) => void said.push(text) };
  let ms = 0;
  const ending = untilConsistent(
    once,
    { waitMs, intervalMs, consecutive, deadlineMs },
    { signal, stderr },
  ).then((report) => {
    ms = performance.now() - started;
    return report;
  });
  await vi.advanceTimersByTimeAsync(10 * waitMs);
  return { report: await ending, checks, ms, said, cut };
}

describe('--wait', () => {
  it('ends with the first consistent check', async () => {
    const { report, checks } = await wait('WWC');
    expect([report.verdict, checks]).toEqual(['consistent', 3]);
  });

  it.each([10, 900, 7000, 29_000, 80_000])('never takes longer, with checks of %i ms', async (tookMs) => {
    const { ms, report } = await wait('W', { tookMs });
    expect(ms).toBeLessThanOrEqual(60_000);
    expect(ms).toBeGreaterThan(20_000);
    expect(report.verdict).toBe(tookMs > 30_000 ? 'inconclusive' : 'inconsistent');
  });

  it('keeps what a whole check said where the last one was cut short', async () => {
    let turn = 0;
    const once = async (most: number): Promise<Report> => {
      turn += 1;
      await new Promise((resolve) => setTimeout(resolve, turn === 1 ? 10 : most));
      const report = turn === 1 ? reports.W : reports.U;
      if (report === undefined) throw new Error('none');
      return report;
    };
    const ending = untilConsistent(
      once,
      { waitMs: 10_000, intervalMs: 1000, consecutive: 1, deadlineMs: 30_000 },
      { signal: new AbortController().signal, stderr: { write: async () => {} } },
    );
    await vi.advanceTimersByTimeAsync(20_000);
    expect((await ending).verdict).toBe('inconsistent');
    expect(turn).toBe(2);
  });
});

describe('--consecutive', () => {
  it('wants so many consistent checks in a row', async () => {
    const { checks, said, report } = await wait('CCWCCC', { consecutive: 3 });
    expect([checks, report.exitCode]).toEqual([6, 0]);
    expect(said[1]).toMatch('consistent (2 of 3)');
  });

  it('is not met by fewer: that is inconclusive', async () => {
    const { report } = await wait('WWWWWWWWWWWC', { consecutive: 3 });
    expect([report.verdict, report.exitCode]).toEqual(['consistent', 3]);
  });
});
