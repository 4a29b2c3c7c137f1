import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Report } from '../../src/model.js';
import { reporters } from '../../src/report/index.js';
import type { Origin } from '../../src/report/reporter.js';
import { viewOf } from '../../src/report/view/view.js';
import { anyReport } from '../support/arbitrary-reports.js';
import { hostileTexts, reportHolding } from '../support/hostile.js';
import { anyCharacter, runs } from '../support/random.js';
import { aFinding, aReport, stepsIn } from '../support/reports.js';
import { plainStyle } from '../support/style.js';
import { workflowCommands } from '../support/workflow-commands.js';

const origin: Origin = {
  file: '.jwtcheckrc.json',
  lineOf: (name) => (name === 'backend_service' ? 12 : null),
};
const written = (report: Report, from: Origin | undefined = origin): string =>
  reporters.github(viewOf(report), plainStyle, from);
const commands = (report: Report, from?: Origin) => workflowCommands(written(report, from));

describe('the GitHub report', () => {
  it('has no annotation where there is nothing to say', () => {
    expect(written(aReport())).toMatch(/^✓ CONSISTENT {2}staging/);
    expect(commands(aReport())).toEqual([]);
  });

  it("annotates the participant's line with what is wrong and what to do", () => {
    const finding = aFinding('trailing-newline', {
      message: '100% wrong, a: b',
      steps: stepsIn('Do this:\n  echo "a, b"'),
    });
    expect(commands(aReport({ verdict: 'inconsistent', findings: [finding] }))).toEqual([
      {
        name: 'error',
        properties: { file: '.jwtcheckrc.json', line: '12', title: 'jwtcheck: trailing-newline' },
        data: '100% wrong, a: b\nDo this:\n  echo "a, b"',
      },
    ]);
  });

  it('takes the first participant with a line, the first line where none has one, and no place without a file', () => {
    const of = (participants: string[], from?: Origin) =>
      commands(aReport({ findings: [aFinding('x', { participants })] }), from)[0]?.properties;
    expect(of(['auth_service', 'backend_service'])).toMatchObject({ line: '12' });
    expect(of(['auth_service'])).toMatchObject({ line: '1' });
    expect(of(['auth_service'], { file: null, lineOf: () => null })).toEqual({ title: 'jwtcheck: x' });
  });

  it('shows ten at most, the worst first, and counts the others', () => {
    const findings = (['info', 'warning', 'critical', 'error'] as const).flatMap((severity) =>
      Array.from({ length: 4 }, () => aFinding('x', { severity })),
    );
    const report = aReport({ verdict: 'inconsistent', findings });
    expect(commands(report).map((command) => command.name)).toEqual([
      ...Array.from({ length: 8 }, () => 'error'),
      'warning',
      'warning',
    ]);
    expect(written(report)).toContain('and 6 more findings, without an annotation');
  });

  it('obeys no name', () => {
    for (const text of hostileTexts) {
      const found = workflowCommands(written(reportHolding(text), { file: `${text}.json`, lineOf: () => 3 }));
      expect(found.map(({ name }) => name)).toEqual(['error', 'error', 'warning']);
      for (const { properties, data } of found) {
        expect(Object.keys(properties)).toEqual(['file', 'line', 'title']);
        expect(['1', '3']).toContain(properties.line);
        expect(data).not.toMatch(/[^\P{C}\n]/u);
      }
    }
  });

  it('obeys nothing in any report', () => {
    fc.assert(
      fc.property(anyReport, fc.string({ unit: anyCharacter }), (report, file) => {
        const found = workflowCommands(written(report, { file, lineOf: () => 1 }));
        expect(found).toHaveLength(Math.min(10, report.findings.length));
        for (const { name, properties } of found) {
          expect(['error', 'warning', 'notice']).toContain(name);
          expect(Object.keys(properties).filter((key) => !['file', 'line', 'title'].includes(key))).toEqual(
            [],
          );
        }
      }),
      { numRuns: runs(60) },
    );
  });
});
