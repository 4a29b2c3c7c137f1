import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rules } from '../../src/judge/rules/index.js';
import type { Report } from '../../src/model.js';
import type { Origin } from '../../src/report/reporter.js';
import { sarif } from '../../src/report/sarif.js';
import { viewOf } from '../../src/report/view/view.js';
import { anyReport } from '../support/arbitrary-reports.js';
import { hostileTexts, reportHolding } from '../support/hostile.js';
import { anyCharacter, runs } from '../support/random.js';
import { aFinding, aParticipant, aReport, secretManager } from '../support/reports.js';
import { sarifProblems, sarifRun } from '../support/sarif.js';
import { plainStyle } from '../support/style.js';

const origin: Origin = {
  file: 'config/.jwtcheckrc.json',
  lineOf: (name) => (name === 'backend_service' ? 12 : null),
};
const written = (report: Report, from?: Origin): string => sarif(viewOf(report), plainStyle, from);
const run = (report: Report, from?: Origin) => sarifRun(written(report, from));
const different = aReport({ verdict: 'inconsistent', findings: [aFinding('trailing-newline')] });

describe('the SARIF report', () => {
  it('is valid, and would be found invalid', () => {
    for (const report of [aReport(), different, reportHolding('backend')]) {
      expect(sarifProblems(JSON.parse(written(report, origin)))).toEqual([]);
      expect(sarifProblems(JSON.parse(written(report)))).toEqual([]);
    }
    expect(
      sarifProblems(JSON.parse(written(different).replace('"level": "error"', '"level": "bad"'))),
    ).not.toEqual([]);
  });

  it('has no results where there is nothing to say, and every rule with help', () => {
    const { results, tool, invocations } = run(aReport());
    expect(results).toEqual([]);
    expect(tool.driver.rules.map((rule) => rule.id)).toEqual(rules.map((rule) => rule.code));
    expect(invocations[0]).toMatchObject({
      executionSuccessful: true,
      exitCode: 0,
      toolExecutionNotifications: [],
    });
  });

  it("points at the participant's line, at the first line where it is unknown, and nowhere without a file", () => {
    const [known] = run(different, origin).results;
    expect(known).toMatchObject({ ruleId: 'trailing-newline', level: 'error' });
    expect(rules[known?.ruleIndex ?? -1]?.code).toBe('trailing-newline');
    expect(known?.locations).toEqual([
      {
        physicalLocation: {
          artifactLocation: { uri: 'config/.jwtcheckrc.json', uriBaseId: '%SRCROOT%' },
          region: { startLine: 12 },
        },
        logicalLocations: [{ name: 'backend_service' }],
      },
    ]);
    const elsewhere = aReport({ findings: [aFinding('x', { participants: ['auth_service'] })] });
    expect(run(elsewhere, origin).results[0]?.locations[0]?.physicalLocation?.region.startLine).toBe(1);
    expect(run(different).results[0]?.locations[0]?.physicalLocation).toBeUndefined();
  });

  it('writes a path as a URI', () => {
    const uriOf = (file: string) =>
      run(different, { ...origin, file }).results[0]?.locations[0]?.physicalLocation?.artifactLocation;
    expect(uriOf('a b/ü:#%.json')?.uri).toBe('a%20b/%C3%BC%3A%23%25.json');
    expect(uriOf('/tmp/x y')).toEqual({ uri: 'file:///tmp/x%20y' });
  });

  it('knows a finding again, whatever else changed', () => {
    const fingerprints = (report: Report) => run(report).results.map((result) => result.partialFingerprints);
    const finding = aFinding('trailing-newline', { participants: ['b', 'a'] });
    const first = fingerprints(aReport({ findings: [finding] }));
    const later = aFinding('trailing-newline', {
      participants: ['a', 'b'],
      message: 'other words',
      severity: 'critical',
    });
    expect(
      fingerprints(aReport({ findings: [later], startedAt: '2027-01-01T00:00:00.000Z', durationMs: 1 })),
    ).toEqual(first);
    expect(fingerprints(aReport({ findings: [finding], environment: 'production' }))).not.toEqual(first);
    expect(fingerprints(aReport({ findings: [{ ...finding, code: 'quotes-kept' }] }))).not.toEqual(first);
    expect(fingerprints(aReport({ findings: [{ ...finding, participants: ['a'] }] }))).not.toEqual(first);
    expect(
      new Set(fingerprints(aReport({ findings: [finding, finding] })).map((f) => JSON.stringify(f))).size,
    ).toBe(2);
  });

  it('is without success where there is no promise, and says why', () => {
    const error = { code: 'timeout', message: 'no answer within 5 s' } as const;
    const away = aParticipant('away', { reachable: false, fingerprint: null, agrees: null, error });
    const { invocations } = run(aReport({ verdict: 'inconclusive', participants: [secretManager, away] }));
    expect(invocations[0]).toMatchObject({ executionSuccessful: false, exitCode: 3 });
    expect(invocations[0]?.toolExecutionNotifications.map(({ message }) => message.text)).toEqual([
      'away: no answer within 5 s',
      'away cannot be read',
    ]);
  });

  it('is valid and harmless, whatever names hold', () => {
    for (const text of hostileTexts) {
      const document = written(reportHolding(text), { file: text, lineOf: () => 3 });
      expect(sarifProblems(JSON.parse(document))).toEqual([]);
      expect(document).not.toMatch(/[^\P{C}\n]|[\u2028\u2029]|^\s*::|##\[|##vso\[|##teamcity\[/mu);
      const messages = JSON.stringify(sarifRun(document).results.map(({ message }) => message.text));
      // A link would be a bracket, a parenthesis and nothing before them; a placeholder, a number in single braces.
      expect(messages).not.toMatch(/(?<!\\)\]\(|(?<!\{)\{\d+\}(?!\})/);
    }
  });

  it('is valid for any report', () => {
    fc.assert(
      fc.property(anyReport, fc.string({ unit: anyCharacter }), (report, file) => {
        expect(sarifProblems(JSON.parse(written(report, { file, lineOf: () => 1 })))).toEqual([]);
      }),
      { numRuns: runs(25) },
    );
  });
});
