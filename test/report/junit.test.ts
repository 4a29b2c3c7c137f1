import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import type { Report } from '../../src/model.js';
import { junit } from '../../src/report/junit.js';
import { viewOf } from '../../src/report/view/view.js';
import { anyReport } from '../support/arbitrary-reports.js';
import { hostileTexts, reportHolding } from '../support/hostile.js';
import { runs, some } from '../support/random.js';
import { aParticipant, aReport, secretManager } from '../support/reports.js';
import { plainStyle } from '../support/style.js';
import { workflowCommands } from '../support/workflow-commands.js';

const schema = readFile(new URL('../data/schemas/junit.xsd', import.meta.url), 'utf8');

async function problemsOf(documents: readonly string[]): Promise<string[]> {
  const xml = documents.map((contents, index) => ({ fileName: `report-${index}.xml`, contents }));
  const { errors } = await validateXML({ xml, schema: await schema, maxMemoryPages: 4096 });
  return errors.map((error) => error.rawMessage);
}

/** The tags of canonical XML (C14N 1.0), in which text and attributes hold no `<` any more. */
async function tagsOf(document: string): Promise<string[]> {
  const { normalized } = await validateXML({ xml: document, normalization: 'c14n' });
  return Array.from(
    normalized.matchAll(/<\/?([A-Za-z-]+)((?: [a-z]+="[^"]*")*)>/g),
    ([, tag = '', attributes = '']) =>
      `${tag}${Array.from(attributes.matchAll(/ ([a-z]+)="/g), ([, name]) => ` ${name}`).join('')}`,
  );
}

const written = (report: Report): string => junit(viewOf(report), plainStyle);

describe('the JUnit report', () => {
  it('is valid: consistent, inconsistent, inconclusive and empty', async () => {
    const error = { code: 'timeout', message: 'no answer' } as const;
    const away = aParticipant('away', { reachable: false, fingerprint: null, agrees: null, error });
    const documents = [
      aReport(),
      aReport({ verdict: 'inconclusive', participants: [secretManager, away] }),
      aReport({ participants: [], attempts: [], groups: [], reference: null }),
      reportHolding('backend'),
    ].map(written);
    expect(await problemsOf(documents)).toEqual([]);
  });

  it('would be found invalid', async () => {
    expect(await problemsOf([written(aReport()).replace(' name="staging"', '')])).not.toEqual([]);
  });

  it('counts what it holds', () => {
    const text = written(reportHolding('backend'));
    const suites = viewOf(reportHolding('backend')).suites;
    const checks = suites.flatMap((suite) => suite.checks);
    const sum = (attribute: string): number =>
      Array.from(text.matchAll(new RegExp(` ${attribute}="(\\d+)"`, 'g'))).reduce(
        (all, [, n]) => all + Number(n),
        0,
      );
    const are = (outcome: string): number => checks.filter((check) => check.outcome === outcome).length;
    expect(sum('tests')).toBe(checks.length);
    expect(sum('failures')).toBe(text.split('<failure ').length - 1);
    expect([sum('failures'), sum('errors'), sum('skipped')]).toEqual([
      are('failed'),
      are('inconclusive'),
      are('skipped'),
    ]);
    expect(are('failed') > 0 && are('inconclusive') > 0 && are('skipped') > 0).toBe(true);
  });

  it('tells the verdict, the time in seconds, and when', () => {
    const text = written(aReport({ durationMs: 1234 }));
    expect(text).toContain('<property name="verdict" value="consistent"/>');
    expect(text).toContain('<property name="exitCode" value="0"/>');
    expect(text).toContain('<testcase name="verdict" classname="staging" time="1.234"/>');
    expect(text).toContain(' timestamp="2026-01-31T12:00:00"');
  });

  it('stays what it is, whatever names hold', async () => {
    const documents = some(hostileTexts, 8).map((text) => written(reportHolding(text)));
    expect(await problemsOf(documents)).toEqual([]);
    const expected = await tagsOf(written(reportHolding('backend')));
    for (const document of documents) {
      expect(await tagsOf(document)).toEqual(expected);
      expect(workflowCommands(document)).toEqual([]);
    }
  });

  it('is valid for any report', async () => {
    const reports = fc.sample(anyReport, runs(60, 8));
    expect(await problemsOf(reports.map(written))).toEqual([]);
  });
});
