import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ScenarioName, scenarioNames, scenarios } from '../../src/demo/scenarios.js';
import { type Demo, startDemo } from '../../src/demo/world.js';
import { formatNames } from '../../src/report/format-names.js';
import { runHere } from '../support/here.js';
import { expectNoLeak, type Relay, startRelay } from '../support/leaks.js';
import { some } from '../support/random.js';
import { workspace } from '../support/workspace.js';

const folder = workspace();

/** The demo's configuration, with a relay in front of each server that is up. */
async function watched({ config, running }: Demo): Promise<{ text: string; relays: Relay[] }> {
  // Five scenarios at once within one process: its WebSocket may say that it is open later than a person would wait.
  let text = JSON.stringify(config).replaceAll('"settle":"250ms"', '"settle":"20s"');
  const relays: Relay[] = [];
  for (const url of Object.values(running)) {
    const port = new URL(url).port;
    const relay = await startRelay(Number(port));
    relays.push(relay);
    text = text.replaceAll(`127.0.0.1:${port}`, `127.0.0.1:${relay.port}`);
  }
  return { text, relays };
}

/** Every scenario as users run it: plain and verbose, each in every format, to standard output and to files. */
const files = (prefix: string): string[] =>
  formatNames.flatMap((name) => ['-f', `${name}:${prefix}.${name}`]);
const runs = [
  ['-f', 'pretty', ...files('plain')],
  ['-v', '-f', 'json', ...files('verbose')],
] as const;
const written = ['plain', 'verbose'].flatMap((prefix) => formatNames.map((name) => `${prefix}.${name}`));

describe.concurrent('no secret and no token in any output of', () => {
  it.for(some(scenarioNames, 3))('%s', async (name: ScenarioName) => {
    const demo = await startDemo(name);
    const { text, relays } = await watched(demo);
    const cwd = await folder({ '.jwtcheckrc.json': text });
    const outputs: Record<string, string> = {};
    for (const [index, args] of runs.entries()) {
      const { code, stdout, stderr } = await runHere([...args, '--timeout', '1m', '--deadline', '10m'], {
        cwd,
        env: demo.env,
      });
      expect({ code, stderr }).toEqual({ code: scenarios[name].exitCode, stderr: '' });
      outputs[`${index} stdout`] = stdout;
    }
    for (const file of written) outputs[file] = await readFile(join(cwd, file), 'utf8');
    for (const output of Object.values(outputs)) expect(output).toMatch(/staging/);

    const tokens = relays.flatMap((relay) => relay.tokens());
    // Every run mints its own; without a reference and without an answer there is less to present.
    expect(new Set(tokens).size).toBeGreaterThan(runs.length * 3);
    const secrets = demo.secrets.map((secret) => secret.reveal().toString('utf8'));
    expect(secrets.length).toBeGreaterThan(3);
    expectNoLeak(outputs, [...secrets, ...Object.values(demo.env), ...tokens]);
    await Promise.all([demo.close(), ...relays.map((relay) => relay.close())]);
  });
});

describe.concurrent('the demo itself', () => {
  it.for(some(scenarioNames, 3))('%s ends as it promises', async (name: ScenarioName) => {
    const { code, stdout, stderr } = await runHere([
      'demo',
      name,
      '-v',
      '--timeout',
      '1m',
      '--deadline',
      '10m',
    ]);
    expect(code).toBe(scenarios[name].exitCode);
    expect(stderr).toContain(`demo ${name}: `);
    const { finding } = scenarios[name];
    if (finding !== null) expect(stdout).toContain(finding.code);
    expectNoLeak({ stdout, stderr }, []);
  });
});
