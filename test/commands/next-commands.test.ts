import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SecretManager, startSecretManager } from '../../src/demo/secret-manager.js';
import type { Report } from '../../src/model.js';
import { runCli } from '../support/cli.js';
import { runHere } from '../support/here.js';
import { workspace } from '../support/workspace.js';

const id = { project: 'example', secret: 'jwt' };
const folder = workspace();
let manager: SecretManager;
let cwd: string;

beforeAll(async () => {
  manager = await startSecretManager();
  manager.store.add(id, 'what every participant should hold, long enough');
  const store = {
    source: { kind: 'google-secret-manager', ...id, version: 'latest', endpoint: manager.url },
  };
  const tests = { source: { kind: 'env', names: ['JWT_SECRET'], fallback: 'staging-jwt-secret-key' } };
  const config = { environments: { staging: { reference: 'store', participants: { store, tests } } } };
  cwd = await folder({ '.jwtcheckrc.json': config, 'my configs/other.json': config });
});

afterAll(async () => {
  await manager.close();
});

/** The commands of the remedies of one check. */
async function commandsOf(args: readonly string[], env: Record<string, string> = {}): Promise<string[]> {
  const run = await runHere([...args, '-f', 'json'], { cwd, env });
  const report: Report = JSON.parse(run.stdout);
  expect(report.verdict).toBe('inconsistent');
  return report.findings.flatMap(({ steps }) =>
    steps.flatMap((step) => ('command' in step ? step.command : [])),
  );
}

describe('a command of a remedy uses the configuration of the check', () => {
  it.each<[string[], Record<string, string>, string]>([
    [[], {}, 'jwtcheck exec tests -e staging -- COMMAND'],
    [
      ['-c', 'my configs/other.json'],
      {},
      "jwtcheck exec tests -c 'my configs/other.json' -e staging -- COMMAND",
    ],
    [
      ['--allow-emulator', '-c', '.jwtcheckrc.json'],
      { CI: 'true' },
      'jwtcheck exec tests -c .jwtcheckrc.json -e staging --allow-emulator -- COMMAND',
    ],
  ])('%j', async (args, env, command) => {
    expect(await commandsOf(args, env)).toContain(command);
  });

  it('asks for a path where a pipe was given', async () => {
    const config = await readFile(join(cwd, '.jwtcheckrc.json'), 'utf8');
    const run = await runCli(['-c', '/dev/stdin', '-f', 'json'], { cwd, input: config });
    expect(run.stdout).toContain('jwtcheck exec tests -c PATH -e staging -- COMMAND');
  });
});
