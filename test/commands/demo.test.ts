import { execFileSync } from 'node:child_process';
import { access, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { demo, type RunCheck } from '../../src/cli/commands/demo/run.js';
import { scenarioNames } from '../../src/demo/scenarios.js';
import type { Io } from '../../src/system/io.js';
import { anIo } from '../support/outputs.js';

function recorded(env: Io['env'] = {}) {
  const ending = new AbortController();
  const io = { ...anIo(), env, signal: ending.signal };
  return { io, ending, stdout: io.stdout.text, stderr: io.stderr.text };
}

/** A check that only remembers what it was given. */
function remembering(code: 0 | 1 | 3 = 0) {
  const calls: { config: string; environment: string; env: Io['env']; text: string }[] = [];
  const run: RunCheck = async (args) => {
    calls.push({ ...args, text: await readFile(args.config, 'utf8') });
    return code;
  };
  return { calls, run };
}

describe('demo', () => {
  it('checks a written configuration in its environment, and ends as the check does', async () => {
    const { io, stdout, stderr } = recorded({ KEPT: 'yes', JWT_SECRET: 'of the user' });
    const { calls, run } = remembering(3);
    expect(await demo({ scenario: 'fingerprint-not-in-use' }, io, run)).toBe(3);
    const [call] = calls;
    expect(call).toMatchObject({
      environment: 'staging',
      env: { KEPT: 'yes', MINT_TOKEN: expect.any(String) },
    });
    expect(call?.env).not.toHaveProperty('JWT_SECRET');
    expect(JSON.parse(call?.text ?? '')).toHaveProperty('environments.staging.participants.auth_service');
    expect(stdout()).toBe('');
    expect(stderr()).toContain('demo fingerprint-not-in-use: ');
    await expect(access(dirname(call?.config ?? ''))).rejects.toThrow('ENOENT');
  });

  it('removes its folder when the check fails', async () => {
    const { io } = recorded();
    let config = '';
    const failing: RunCheck = async (args) => {
      config = args.config;
      throw new Error('broken');
    };
    await expect(demo({}, io, failing)).rejects.toThrow('broken');
    await expect(access(dirname(config))).rejects.toThrow('ENOENT');
  });

  it('lists every scenario on standard output', async () => {
    const { io, stdout } = recorded();
    expect(await demo({ list: true }, io, remembering().run)).toBe(0);
    expect(stdout().trimEnd().split('\n')).toHaveLength(scenarioNames.length);
    for (const name of scenarioNames) expect(stdout()).toMatch(new RegExp(`^${name} +\\S`, 'm'));
  });

  it('suggests the scenario that was probably meant', async () => {
    const { io } = recorded();
    const { calls, run } = remembering();
    await expect(demo({ scenario: 'trailing-new-line' }, io, run)).rejects.toMatchObject({
      code: 'ERR_USAGE',
      message: expect.stringContaining('trailing-newline'),
    });
    await expect(demo({ scenario: 'constructor' }, io, run)).rejects.toMatchObject({ code: 'ERR_USAGE' });
    expect(calls).toEqual([]);
  });

  it('leaves everything up until interrupted, and shows no secret', async () => {
    const { io, stderr, ending } = recorded();
    const { calls, run } = remembering(1);
    const running = demo({ keep: true }, io, run);
    await expect.poll(() => stderr()).toContain('Ctrl-C');

    const [call] = calls;
    const file = /\. (\S+\/env);/.exec(stderr())?.[1] ?? '';
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const script = `JWT_SECRET=mine; export JWT_SECRET; set -a; . ${file}; set +a; env`;
    const sourced = execFileSync('sh', ['-c', script], { encoding: 'utf8' });
    expect(sourced).toContain(`JWT_SECRET_STAGING=${call?.env.JWT_SECRET_STAGING}\n`);
    expect(sourced).not.toContain('JWT_SECRET=mine');

    expect(stderr()).toContain('FINGERPRINT_TOKEN');
    for (const name of ['JWT_SECRET_STAGING', 'FINGERPRINT_TOKEN', 'SERVICE_SECRET', 'MINT_TOKEN']) {
      const value = call?.env[name] ?? '';
      expect(value.length).toBeGreaterThan(20);
      expect(stderr().includes(value)).toBe(false);
    }
    const url = /secretmanager=?(http:\S+)\//i.exec(stderr())?.[1] ?? '';
    expect((await fetch(`${url}/v1/projects/example-staging/secrets`)).status).toBe(200);

    ending.abort('SIGINT');
    expect(await running).toBe(130);
    await expect(fetch(url)).rejects.toThrow();
    await expect(access(file)).rejects.toThrow('ENOENT');
  });
});
