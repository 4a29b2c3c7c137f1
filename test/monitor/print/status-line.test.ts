import { describe, expect, it } from 'vitest';
import { statusLine } from '../../../src/monitor/print/status-line.js';
import { noon } from '../../support/monitor-view.js';
import { aReport } from '../../support/reports.js';

describe('the line of a check', () => {
  const style = { color: false, quiet: false, verbose: false } as const;
  const line = (columns: number, durationMs: number) =>
    statusLine({ is: 'report', report: aReport({ durationMs }) }, noon, { ...style, columns });

  it('never parts a number from its unit, and holds plain blanks only', () => {
    for (let columns = 20; columns < 120; columns++) {
      expect(line(columns, 416)).toContain('(416 ms)');
      expect(line(columns, 1200)).toContain('(1.2 s)');
      expect(line(columns, 1200)).not.toContain('\u00a0');
    }
  });
});
