import { describe, expect, it } from 'vitest';
import type { Report } from '../../../src/model.js';
import { causes, check, shows } from './world.js';

const right = 'a8c1f0d2e4b6978c5a3f1e0d9b7c6a58';

const kinds = [
  ['undefined', 'non-value', 'the text of a missing value'],
  ['null', 'non-value', 'the text of a missing value'],
  ['None', 'non-value', 'the text of a missing value'],
  ['', 'empty-secret', 'empty'],
  ['\n', 'empty-secret', 'empty'],
  ['$(JWT_SECRET)', 'unresolved-placeholder', 'a placeholder that nothing replaced'],
] as const;

const participants = (...secrets: string[]) =>
  Object.fromEntries(secrets.map((secret, i) => [`p${i}`, shows(secret)]));

const run = (reference: string | undefined, secrets: string[]): Promise<Report> =>
  check({
    environments: {
      staging: { ...(reference ? { reference } : {}), participants: participants(...secrets) },
    },
  });

describe('what can be no secret', () => {
  it.each(kinds)('%j that all show: published-default', async (value, _, kind) => {
    for (const reference of ['p0', undefined]) {
      const report = await run(reference, [value, value, value]);
      expect([report.verdict, report.exitCode]).toEqual(['consistent', 1]);
      expect(report.findings).toMatchObject([
        {
          code: 'published-default',
          severity: 'critical',
          participants: ['p0', 'p1', 'p2'],
          evidence: { kind, isTheRightOne: true },
          message: expect.stringContaining(kind),
        },
      ]);
    }
  });

  it.each(kinds)('%j that one shows: one cause', async (value, code) => {
    expect(causes(await run('p0', [right, right, value]))).toEqual([[code, ['p2']]]);
    expect(causes(await run('p0', [value, value, right]))).toEqual([[code, ['p2']]]);
  });

  it('a placeholder of any name that all hold', async () => {
    const value = '{{WHATEVER_IT_IS_CALLED}}';
    const source = { kind: 'env' as const, names: ['HELD'] };
    const report = await check(
      {
        environments: { staging: { reference: 'p0', participants: { p0: { source }, p1: shows(value) } } },
      },
      { env: { HELD: value } },
    );
    expect(causes(report)).toEqual([['published-default', ['p0', 'p1']]]);
    expect(JSON.stringify(report)).not.toContain('WHATEVER');
  });
});
