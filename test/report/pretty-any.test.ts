import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Report } from '../../src/model.js';
import { pretty } from '../../src/report/pretty/pretty.js';
import { displayWidth } from '../../src/report/text/sanitize.js';
import { viewOf } from '../../src/report/view/view.js';
import { anyReport } from '../support/arbitrary-reports.js';
import { expectLinear } from '../support/growth.js';
import { runs } from '../support/random.js';
import { aFinding, anAttempt, aParticipant, aReport, groupsOf, secretManager } from '../support/reports.js';

const anyStyle = fc.record({
  color: fc.constant(false),
  columns: fc.integer({ min: 20, max: 220 }),
  verbose: fc.boolean(),
  quiet: fc.boolean(),
});

describe('the pretty report of anything', () => {
  it('is harmless, fits, and has the verdict on its first line', () => {
    fc.assert(
      fc.property(anyReport, anyStyle, (report, style) => {
        const text = pretty(viewOf(report), style);
        expect(text).not.toMatch(/[^\P{C}\n]|[\u2028\u2029]/u);
        const lines = text.split('\n');
        expect(lines[0]).toContain(report.verdict.toUpperCase());
        for (const line of lines) {
          if (line.startsWith('           COMMAND')) continue;
          expect(displayWidth(line), line).toBeLessThanOrEqual(style.columns);
        }
      }),
      { numRuns: runs(150) },
    );
  });

  it('says the same with colour', () => {
    fc.assert(
      fc.property(anyReport, anyStyle, (report, style) => {
        const coloured = pretty(viewOf(report), { ...style, color: true });
        expect(coloured.replace(/\u001b\[[0-9;]*m/g, '')).toBe(pretty(viewOf(report), style));
      }),
      { numRuns: runs(40) },
    );
  });

  it('copes with a width that is none', () => {
    for (const columns of [Number.NaN, 0, -1, Number.POSITIVE_INFINITY]) {
      expect(pretty(viewOf(aReport()), { color: false, columns, verbose: false, quiet: false })).toContain(
        'CONSISTENT',
      );
    }
  });

  const large = (size: number) => {
    const others = Array.from({ length: size - 1 }, (_, index) =>
      aParticipant(`service_${index}`, index % 2 === 0 ? {} : { fingerprint: '9b1c0f2e', agrees: false }),
    );
    const participants = [secretManager, ...others];
    return aReport({
      verdict: 'inconsistent',
      participants,
      groups: groupsOf(participants, 'secret_manager'),
      attempts: others.flatMap((other) => [
        anAttempt(other.name, 'genuine'),
        anAttempt(other.name, 'forged'),
      ]),
      findings: others
        .filter((other) => other.agrees === false)
        .map((other) => aFinding('fingerprint-mismatch', { participants: [other.name] })),
    });
  };

  it('of 10,000 participants, half of them wrong, is folded, in time that grows with their number', () => {
    // A copy for each run, because a report has one view.
    const write = (report: Report) =>
      pretty(viewOf({ ...report }), { color: true, columns: 80, verbose: false, quiet: false });
    expect(write(large(runs(10_000))).split('\n').length).toBeLessThan(1500);
    expectLinear(runs(2000, 500), large, write);
  });
});
