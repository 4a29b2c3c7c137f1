import { describe, expect, it } from 'vitest';
import type { Report, Severity } from '../../../src/model.js';
import { shown } from '../../../src/monitor/page/shown.js';
import { statusLine } from '../../../src/monitor/print/status-line.js';
import { summaryOf } from '../../../src/monitor/server/monitor-status.js';
import { htmlReport } from '../../../src/report/html/html.js';
import { markdown } from '../../../src/report/markdown.js';
import { pretty } from '../../../src/report/pretty/pretty.js';
import { tap } from '../../../src/report/tap.js';
import { participantStatuses } from '../../../src/report/view/participant-status.js';
import { overall } from '../../../src/report/view/summary.js';
import { viewOf } from '../../../src/report/view/view.js';
import { aFinding, aReport } from '../../support/reports.js';

const style = { color: true, columns: 100, verbose: false, quiet: false };
const found = (...severities: Severity[]) =>
  severities.map((severity) => aFinding('weak-secret', { severity, participants: ['auth_service'] }));

/** All agree on a secret that anyone can look up. */
const published: Report = aReport({
  exitCode: 1,
  level: 'CRITICAL',
  findings: [
    aFinding('published-default', {
      severity: 'critical',
      participants: ['secret_manager', 'auth_service'],
      message: 'secret_manager and auth_service hold a published secret.',
    }),
  ],
});

describe('a report as a whole', () => {
  it.each([
    ['all agree', { findings: [] }, '✓', 'ok', 'CONSISTENT'],
    ['a rotation goes on', { findings: found('info') }, '✓', 'ok', 'CONSISTENT'],
    ['a warning', { findings: found('warning') }, '!', 'unknown', 'CONSISTENT'],
    ['an error that fails no check', { findings: found('error') }, '!', 'unknown', 'CONSISTENT'],
    [
      'a warning that fails the check',
      { findings: found('warning'), exitCode: 1, level: 'WARNING' },
      '✗',
      'bad',
      'CONSISTENT, WARNING',
    ],
    [
      'a critical finding under --fail-on never',
      { findings: found('info', 'critical'), exitCode: 0, level: 'CRITICAL' },
      '✗',
      'bad',
      'CONSISTENT, CRITICAL',
    ],
    ['drift', { verdict: 'inconsistent', exitCode: 1, findings: found('error') }, '✗', 'bad', 'INCONSISTENT'],
    ['nothing known', { verdict: 'inconclusive', exitCode: 3, findings: [] }, '?', 'unknown', 'INCONCLUSIVE'],
    [
      'nothing known, but something critical',
      { verdict: 'inconclusive', exitCode: 1, findings: found('critical') },
      '✗',
      'bad',
      'INCONCLUSIVE',
    ],
  ] as const)('%s', (_, more, mark, status, word) => {
    expect(overall(aReport(more))).toEqual({ mark, status, word });
  });
});

describe('a published secret on which all agree', () => {
  const green = '\u001b[32m';

  it('is red in every format', () => {
    const [first = '', ...rest] = pretty(viewOf(published), style).split('\n');
    expect(first).toContain('✗ CONSISTENT, CRITICAL');
    expect(first).toContain('\u001b[31m');
    expect(first).not.toContain(green);
    expect(rest.join('\n')).toContain('CRITICAL, ');
    expect(markdown(viewOf(published), style)).toMatch(/^## ✗ CONSISTENT, CRITICAL/);
    expect(htmlReport(viewOf(published), style)).toContain('<header class="verdict bad">');
    expect(tap(viewOf(published), style)).toContain('# consistent, critical: ');
    const line = statusLine({ is: 'report', report: published }, new Date(0), style);
    expect(line).toContain('✗');
    expect(line).not.toContain(green);
  });

  it('is what the first line says', () => {
    expect(
      pretty(viewOf(published), { ...style, color: false })
        .split('\n')
        .slice(0, 2)
        .join(' '),
    ).toContain('secret_manager and auth_service hold a published secret');
  });

  it('marks its holders, and no others', () => {
    const words = participantStatuses(published).map(({ participant, word }) => [participant.name, word]);
    expect(Object.fromEntries(words)).toMatchObject({
      secret_manager: 'PUBLISHED',
      auth_service: 'PUBLISHED',
      backend_service: 'same',
    });
  });

  it('is red on the status page', () => {
    const now = '2026-01-31T12:00:01.000Z';
    const status = {
      now,
      environment: 'staging',
      version: '1.0.0',
      startedAt: now,
      intervalMs: 60_000,
      freshForMs: 90_000,
      lastCheck: { startedAt: now, endedAt: now, durationMs: 5, failed: null },
      nextCheckAt: null,
      report: summaryOf(published),
      bad: null,
      incident: null,
      outages: [],
      blindness: null,
      rotation: null,
    };
    expect(shown({ status, reached: true, heardAt: 0, now: 0 })).toMatchObject({
      tone: 'bad',
      word: 'Consistent, critical',
    });
  });
});
