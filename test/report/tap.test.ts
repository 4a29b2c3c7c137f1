import fc from 'fast-check';
import { Parser, type Result } from 'tap-parser';
import { describe, expect, it } from 'vitest';
import type { Report } from '../../src/model.js';
import { tap } from '../../src/report/tap.js';
import { viewOf } from '../../src/report/view/view.js';
import { anyReport } from '../support/arbitrary-reports.js';
import { hostileTexts, reportHolding } from '../support/hostile.js';
import { runs } from '../support/random.js';
import { aReport } from '../support/reports.js';
import { plainStyle } from '../support/style.js';
import { workflowCommands } from '../support/workflow-commands.js';

const written = (report: Report): string => tap(viewOf(report), plainStyle);

/** What a TAP consumer makes of it. */
function parsed(text: string) {
  const parser = new Parser({ strict: true });
  const results: Result[] = [];
  const extra: string[] = [];
  parser.on('assert', (result: Result) => results.push(result));
  parser.on('extra', (line: string) => extra.push(line));
  parser.end(text);
  return { results, extra, parser };
}

describe('the TAP report', () => {
  it('passes where all is well', () => {
    const { results, extra, parser } = parsed(written(aReport()));
    expect(parser.ok).toBe(true);
    expect(extra).toEqual([]);
    expect(results[0]).toMatchObject({ ok: true, id: 1, name: 'staging: verdict' });
  });

  it('fails on a difference and on what is inconclusive, and skips what did not have to be', () => {
    const report = reportHolding('backend');
    const { results, parser } = parsed(written(report));
    const checks = viewOf(report).suites.flatMap((suite) => suite.checks);
    expect(parser.ok).toBe(false);
    expect(results).toHaveLength(checks.length);
    for (const [index, { outcome }] of checks.entries()) {
      const result = results[index];
      expect(result?.ok).toBe(outcome === 'passed' || outcome === 'skipped');
      expect(Boolean(result?.skip)).toBe(outcome === 'skipped');
      // A TODO would count as passed.
      expect(Boolean(result?.todo)).toBe(false);
      if (outcome === 'failed') expect(result?.diag).toMatchObject({ result: 'differs' });
      if (outcome === 'inconclusive') expect(result?.diag).toMatchObject({ result: 'inconclusive' });
    }
  });

  it('says why', () => {
    const { results } = parsed(written(reportHolding('backend')));
    const secret = results.find(({ name }) => name === 'backend: fingerprint');
    expect(secret?.diag).toMatchObject({
      code: 'replicas-disagree',
      message: 'its replicas hold different secrets',
      details: [
        'critical fingerprint-mismatch: About backend',
        'fix: Do this: backend',
        '       run backend',
        '     Then that.',
      ],
    });
  });

  it('stays what it is, whatever names hold', () => {
    const expected = parsed(written(reportHolding('backend'))).results;
    for (const text of hostileTexts) {
      const document = written(reportHolding(text));
      const { results, extra, parser } = parsed(document);
      expect(extra).toEqual([]);
      expect(parser.bailedOut).toBe(false);
      const shape = (some: readonly Result[]) =>
        some.map(({ ok, id, skip, todo, diag }) => [
          ok,
          id,
          Boolean(skip),
          Boolean(todo),
          diag && Object.keys(diag),
        ]);
      expect(shape(results)).toEqual(shape(expected));
      expect(workflowCommands(document)).toEqual([]);
    }
  });

  it('has every check of any report, once', () => {
    fc.assert(
      fc.property(anyReport, (report) => {
        const { results, extra } = parsed(written(report));
        const checks = viewOf(report).suites.flatMap((suite) => suite.checks);
        expect(results.map(({ ok }) => ok)).toEqual(
          checks.map(({ outcome }) => outcome === 'passed' || outcome === 'skipped'),
        );
        expect(extra).toEqual([]);
      }),
      { numRuns: runs(60) },
    );
  });
});
