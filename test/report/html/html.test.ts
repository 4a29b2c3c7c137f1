import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rules } from '../../../src/judge/rules/index.js';
import type { Report } from '../../../src/model.js';
import { htmlReport } from '../../../src/report/html/html.js';
import { viewOf } from '../../../src/report/view/view.js';
import { anyReport } from '../../support/arbitrary-reports.js';
import { hostileTexts, reportHolding } from '../../support/hostile.js';
import { elementsOf, htmlProblems } from '../../support/html.js';
import { runs, some } from '../../support/random.js';
import { aReport } from '../../support/reports.js';
import { plainStyle } from '../../support/style.js';
import { workflowCommands } from '../../support/workflow-commands.js';

const written = (report: Report): string => htmlReport(viewOf(report), plainStyle);

describe('the HTML report', () => {
  it('is valid and accessible', async () => {
    for (const report of [
      aReport(),
      reportHolding('backend'),
      aReport({ verdict: 'inconclusive', participants: [], attempts: [], groups: [], reference: null }),
    ]) {
      expect(await htmlProblems(written(report))).toEqual([]);
    }
  });

  it('would be found invalid', async () => {
    expect(await htmlProblems(written(aReport()).replace('<caption>', '<caption><p>'))).not.toEqual([]);
  });

  it('loads nothing, runs nothing, and allows its own style alone', () => {
    const page = written(reportHolding('backend'));
    const [, style = ''] = /<style>([\s\S]*?)<\/style>/.exec(page) ?? [];
    const hash = createHash('sha256').update(style).digest('base64');
    expect(page).toContain(
      `content="default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'"`,
    );
    expect(page).not.toMatch(/<script|<link|<img|\ssrc=|\shref=|\sstyle=|url\(|@import|\son\w+=/i);
  });

  it('has the matrix of minters and verifiers, the groups, and the findings with cause and remedy', () => {
    const page = written(reportHolding('backend'));
    for (const text of [
      '<caption>Whose tokens each probe accepts</caption>',
      'signed by <code>secret_manager</code>',
      '<td class="bad">REJECTED</td>',
      '<td class="bad">ACCEPTED</td>',
      rules.find((rule) => rule.code === 'fingerprint-mismatch')?.title ?? 'no such rule',
      '<pre>run backend</pre>',
      '<dt><code>200718bd</code> (reference)</dt>',
    ]) {
      expect(page.toLowerCase()).toContain(text.toLowerCase());
    }
  });

  it('stays what it is, whatever names hold', async () => {
    const expected = await elementsOf(written(reportHolding('backend')));
    for (const text of some(hostileTexts, 8)) {
      const page = written(reportHolding(text));
      expect(await elementsOf(page), text).toEqual(expected);
      expect(page).not.toMatch(/[^\P{C}\n]|[\u2028\u2029]/u);
      expect(workflowCommands(page)).toEqual([]);
    }
    for (const text of some(hostileTexts.slice(0, 20), 5))
      expect(await htmlProblems(written(reportHolding(text)))).toEqual([]);
  });

  it('is valid for any report, with elements of its own only', async () => {
    const known = new Set(await elementsOf(written(reportHolding('backend'))));
    const kinds = new Set([...known].map((element) => element.split(' ')[0]));
    for (const report of fc.sample(anyReport, runs(30))) {
      const page = written(report);
      expect(await htmlProblems(page)).toEqual([]);
      for (const element of await elementsOf(page)) expect(kinds).toContain(element.split(' ')[0]);
    }
  });
});
