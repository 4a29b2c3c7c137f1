import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Scenario, scenarioNames, scenarios } from '../../src/demo/scenarios.js';
import { type Demo, startDemo } from '../../src/demo/world.js';
import { check } from '../../src/index.js';
import type { Report } from '../../src/model.js';
import { Secret } from '../../src/secret/secret.js';
import { some } from '../support/random.js';

describe.each(some(scenarioNames, 5))('%s', (name) => {
  let demo: Demo;
  let report: Report;

  beforeAll(async () => {
    demo = await startDemo(name);
    report = await check({ config: { ...demo.config, timeout: '60s' }, env: demo.env });
  });

  afterAll(() => demo.close());

  it('is found by a check to be what it is', () => {
    const { verdict, exitCode, finding }: Scenario = scenarios[name];
    expect(report).toMatchObject({ verdict, exitCode });
    const found = report.findings.map(({ code, participants }) => ({ code, participants }));
    if (finding === null) expect(found).toEqual([]);
    else
      expect(found).toContainEqual({
        code: finding.code,
        participants: expect.arrayContaining([finding.participant]),
      });
  });

  it('shows no secret in its report', () => {
    const redact = Secret.redactor(demo.secrets);
    for (const text of [JSON.stringify(report), inspect(report, { depth: null, breakLength: Infinity })]) {
      expect(redact(text) === text).toBe(true);
    }
  });

  it('holds no secret in its configuration but a literal of the source code', () => {
    const text = JSON.stringify(demo.config).replaceAll('staging-jwt-secret-key', '');
    expect(Secret.redactor(demo.secrets)(text)).toBe(text);
  });
});

it('has new secrets every time', async () => {
  const [one, two] = [await startDemo('consistent'), await startDemo('consistent')];
  await Promise.all([one.close(), two.close()]);
  expect(one.secrets.some((secret) => two.secrets.some((other) => other.equals(secret)))).toBe(false);
  expect(one.secrets.length).toBeGreaterThan(5);
});

it('leaves nothing running', async () => {
  const demo = await startDemo('split-replicas');
  await demo.close();
  await demo.close();
  for (const url of Object.values(demo.running)) await expect(fetch(url)).rejects.toThrow();
});
