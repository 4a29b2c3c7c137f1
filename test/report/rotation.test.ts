import { describe, expect, it } from 'vitest';
import type { Report, ReportRotation, RotationLack } from '../../src/model.js';
import { formatNames } from '../../src/report/format-names.js';
import { reporters } from '../../src/report/index.js';
import { toleratedIn } from '../../src/report/view/open-rotation.js';
import { viewOf } from '../../src/report/view/view.js';
import { aFinding, anAttempt, aReport, secretManager } from '../support/reports.js';
import { plainStyle } from '../support/style.js';

const lack = (must: RotationLack['must'], version: number, isRefuted = true): RotationLack => ({
  must,
  version,
  isRefuted,
  probes: [],
});

const rotationWith = (
  lacks: Readonly<Record<string, readonly RotationLack[]>>,
  more: Partial<ReportRotation> = {},
): ReportRotation => ({
  id: 'r1',
  mode: 'overlap',
  state: 'promoted',
  from: 7,
  to: 8,
  openedAt: '2026-01-31T11:00:00.000Z',
  since: '2026-01-31T11:48:00.000Z',
  participants: Object.entries(lacks).map(([name, own]) => ({
    name,
    signs: [],
    accepts: [],
    rejects: [],
    lacks: own,
  })),
  ...more,
});

const withRotation = (rotation: ReportRotation, more: Partial<Report> = {}): Report =>
  aReport({ startedAt: '2026-01-31T12:00:00.000Z', rotation, ...more });

describe('the line of an open rotation', () => {
  it.each<[string, ReportRotation, string]>([
    ['nothing is missing', rotationWith({ a: [] }), 'Rotation 7 → 8: promoted since 12 min'],
    [
      'one service lags',
      rotationWith({ backend: [lack('accept', 8)] }),
      'Rotation 7 → 8: promoted since 12 min; backend does not accept version 8 yet',
    ],
    [
      'several lack the same, and something is not proved',
      rotationWith({ a: [lack('sign', 8, false)], b: [lack('accept', 7)], c: [lack('accept', 7)] }),
      'Rotation 7 → 8: promoted since 12 min; b and c do not accept version 7; not proved that a signs version 8',
    ],
    [
      'many keep the old key after an emergency',
      rotationWith(Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((name) => [name, [lack('reject', 7)]])), {
        mode: 'emergency',
        state: 'revoked',
      }),
      'Rotation 7 → 8 (emergency): revoked since 12 min; a, b, c and 2 more still accept version 7',
    ],
  ])('%s', (_, rotation, line) => {
    expect(viewOf(withRotation(rotation)).rotation).toBe(line);
  });

  it('is in every format', () => {
    const report = withRotation(rotationWith({ backend: [lack('accept', 8)] }));
    for (const name of formatNames.filter((one) => Object.hasOwn(reporters, one))) {
      const text = reporters[name](viewOf(report), { ...plainStyle, columns: 120 });
      if (name === 'json') expect(JSON.parse(text).rotation).toEqual(report.rotation);
      else expect(text.replaceAll('&#8203;', ''), name).toContain('7 → 8');
    }
    expect(viewOf(aReport()).rotation).toBeNull();
  });
});

describe('an answer that a rotation tolerates', () => {
  const lagging = aFinding('rotation-lagging', { severity: 'warning', participants: ['backend_service'] });
  const rejected = anAttempt('backend_service', 'genuine', { version: '8', result: 'rejected', status: 401 });
  const report = withRotation(rotationWith({}), {
    participants: [secretManager],
    findings: [lagging],
    attempts: [rejected],
  });

  it.each<[string, Report, boolean]>([
    ['a rejected token of a service that lags', report, true],
    ['of one whose time is over', { ...report, findings: [{ ...lagging, severity: 'error' }] }, false],
    ['of another service', { ...report, findings: [] }, false],
    ['without a rotation', { ...report, rotation: undefined }, false],
  ])('%s', (_, given, expected) => {
    expect(toleratedIn(given)(rejected)).toBe(expected);
  });

  it('is no failure in formats that know tests', () => {
    const failed = viewOf(report)
      .suites.flatMap(({ checks }) => checks)
      .filter(({ outcome }) => outcome === 'failed' || outcome === 'inconclusive');
    expect(failed).toEqual([]);
  });
});
