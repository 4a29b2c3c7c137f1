import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { rules } from '../../src/judge/rules/index.js';
import { expectNoLeak } from '../support/leaks.js';
import { some } from '../support/random.js';
import { inRotation } from './in-rotation.js';
import { agreement, reading, traps } from './in-spite.js';
import type { Incident } from './incident.js';
import { nearMisses } from './near-misses.js';
import { possession } from './possession.js';
import { checkIn, secretsOf } from './stage.js';
import { stillRefused } from './still-refused.js';
import { whichBytes } from './which-bytes.js';
import { whichSecret } from './which-secret.js';

const families = {
  whichBytes,
  whichSecret,
  stillRefused,
  traps,
  reading,
  agreement,
  possession,
  nearMisses,
  inRotation,
};
const all: readonly Incident[] = Object.values(families).flat();
/** All of them in a full run. */
const tried = Object.values(families).flatMap((incidents) => some(incidents, 3));

/** Codes that name no cause: the general ones, and what could not be told. */
const general = new Set([
  'fingerprint-mismatch',
  'rejects-valid-token',
  ...rules.filter((rule) => rule.family === 'could-not-tell').map((rule) => rule.code),
]);

/** What was found in each scenario, as `code participants`. */
const found = new Map<Incident, readonly string[]>();
const told = ([code, participants]: readonly [string, readonly string[]]) => `${code} ${participants.join()}`;

describe.concurrent.each(Object.entries(families))('%s', (_, incidents) => {
  const named = some(incidents, 3).map((incident) => [incident.name, incident] as const);
  it.for(named)('%s', async ([, incident]) => {
    const { world, expected } = incident;
    const { report, run } = await checkIn(world);
    const { findings } = report;
    found.set(
      incident,
      findings.map((one) => told([one.code, one.participants])),
    );
    const { verdict, exitCode } = report;
    expect({ verdict, exitCode, findings: found.get(incident) }).toEqual({
      verdict: expected.verdict,
      exitCode: expected.exitCode,
      findings: expected.findings.map(told),
    });
    expect(run.code).toBe(exitCode);
    expect(run.stderr).toBe('');
    if (expected.evidence !== undefined) expect(findings[0]?.evidence).toMatchObject(expected.evidence);
    expectNoLeak({ stdout: run.stdout, stderr: run.stderr }, secretsOf(world));
  });
});

describe('the corpus as a whole', () => {
  it('has every scenario once', () => {
    expect(new Set(all.map((incident) => incident.name)).size).toBe(all.length);
    expect(found.size).toBe(tried.length);
  });

  it('meets every code', () => {
    const met = new Set(all.flatMap(({ expected }) => expected.findings.map(([code]) => code)));
    expect(rules.map((rule) => rule.code).filter((code) => !met.has(code))).toEqual([]);
  });

  it('names the right cause and never a wrong one, and the README says how often', () => {
    const isCause = (finding: string): boolean => !general.has(finding.split(' ')[0] ?? '');
    const expected = (incident: Incident): string[] => incident.expected.findings.map(told);
    const named = all.flatMap((one) => expected(one).filter(isCause));
    const missed = tried.flatMap((one) =>
      expected(one).filter((f) => isCause(f) && found.get(one)?.includes(f) !== true),
    );
    const wrong = tried.flatMap((one) =>
      (found.get(one) ?? []).filter((finding) => isCause(finding) && !expected(one).includes(finding)),
    );
    const withoutCause = all.filter((one) => !expected(one).some(isCause));
    expect({ missed, wrong }).toEqual({ missed: [], wrong: [] });
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    const written = /<!-- corpus -->\n([\s\S]*?)\n<!-- \/corpus -->/.exec(readme)?.[1];
    expect(written).toBe(
      [
        '| scenarios | causes named right | scenarios without a cause to name | causes claimed wrongly |',
        '|---:|---:|---:|---:|',
        `| ${all.length} | ${named.length - missed.length} of ${named.length} | ${withoutCause.length} | ${wrong.length} |`,
      ].join('\n'),
    );
  });
});
