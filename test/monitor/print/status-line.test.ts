import { describe, expect, it } from 'vitest';
import { effectiveConfig } from '../../../src/monitor/effective-config.js';
import { startLine, statusLine } from '../../../src/monitor/print/status-line.js';
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

describe('the first lines of a monitor', () => {
  it.each([
    [{ SECRET_MANAGER_EMULATOR_HOST: '127.0.0.1:8085' }, 'Secret Manager emulator at 127.0.0.1:8085\n'],
    [{}, 'notifiers: none, because watch.notify is empty\n'],
  ])('name an emulator: %j', async (env, last) => {
    const sm = { source: { kind: 'google-secret-manager' as const, project: 'p', secret: 's' } };
    const config = { environments: { e: { participants: { sm } } } };
    const current = await effectiveConfig({ config }, { cwd: '/', env });
    try {
      const text = startLine(current, null, { color: false, quiet: false, verbose: false, columns: 80 }, env);
      expect(text.endsWith(last)).toBe(true);
    } finally {
      await current.session.close();
    }
  });
});
