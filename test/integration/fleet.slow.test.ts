import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../support/cli.js';
import { runHere } from '../support/here.js';
import { startTcpServer } from '../support/http-server.js';
import {
  configOf,
  fingerprint,
  type Load,
  participant,
  type Service,
  startService,
  variable,
} from '../support/service.js';
import { workspace } from '../support/workspace.js';

/** More than enough for requests to be sent by a thread of their own. */
const size = 120;
const key = 'the key that everybody should hold, long enough';
const stale = 'the key of last month, which is long enough too';
const load: Load = { now: 0, most: 0 };
const folder = workspace();
let right: Service;
let wrong: Service;

beforeAll(async () => {
  right = await startService(key, { load, delayMs: 2 });
  wrong = await startService(stale);
});
afterAll(() => Promise.all([right.close(), wrong.close()]));

async function fleet(more: Readonly<Record<string, unknown>> = {}, settings: object = {}): Promise<string> {
  const participants = Object.fromEntries(
    Array.from({ length: size }, (_, n) => [`service-${n}`, participant(right)]),
  );
  const cwd = await folder();
  const config = configOf({ ...participants, ...more }, settings);
  await writeFile(join(cwd, '.jwtcheckrc.json'), JSON.stringify(config));
  return cwd;
}

const env = { [variable]: key };

describe('a fleet', () => {
  it('is consistent where all agree, asked no more at once than wanted', async () => {
    load.most = 0;
    const run = await runHere(['-f', 'json', '--concurrency', '9'], { cwd: await fleet(), env });
    expect({ code: run.code, stderr: run.stderr }).toEqual({ code: 0, stderr: '' });
    const report = JSON.parse(run.stdout);
    expect(report).toMatchObject({ verdict: 'consistent', exitCode: 0 });
    expect(report.participants).toHaveLength(size + 1);
    expect(report.attempts).toHaveLength(3 * size);
    expect(load.most).toBe(9);
  });

  it('is checked all the same where no thread may be started', async () => {
    // Its name until Node 23.5, which later versions do not know.
    const permission = process.allowedNodeEnvironmentFlags.has('--permission')
      ? '--permission'
      : '--experimental-permission';
    const NODE_OPTIONS = `--no-warnings ${permission} --allow-fs-read=*`;
    const run = await runCli(['-q'], { cwd: await fleet(), env: { ...env, NODE_OPTIONS } });
    expect(run).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('CONSISTENT') });
  });

  it('names the one that differs, and shows neither key', async () => {
    const run = await runHere(['-v'], { cwd: await fleet({ odd: participant(wrong) }), env });
    expect(run.code).toBe(1);
    expect(run.stdout).toContain('INCONSISTENT');
    expect(run.stdout).toMatch(/odd .*differs/);
    for (const secret of [key, stale]) expect(run.stdout + run.stderr).not.toContain(secret);
  });

  it('is inconclusive where one is gone or silent, and says which', async () => {
    const silent = await startTcpServer(() => {});
    const gone = { origin: 'http://127.0.0.1:1' };
    const cwd = await fleet({ silent: participant(silent), gone: participant(gone) }, { timeout: '2s' });
    const run = await runHere([], { cwd, env });
    await silent.close();
    expect(run.code).toBe(3);
    expect(run.stdout).toContain('INCONCLUSIVE');
    const said = run.stdout.replace(/\s+/g, ' ');
    expect(said).toMatch(/gone could not be read: GET \S+: the connection was refused/);
    expect(said).toMatch(/silent could not be read: GET \S+: no answer came/);
  });

  it('reads the reference at once, however many are silent', async () => {
    const silent = await startTcpServer(() => {});
    const participants = Object.fromEntries(
      Array.from({ length: 40 }, (_, n) => [`silent-${n}`, participant(silent)]),
    );
    const cwd = await folder();
    const config = configOf(participants, { timeout: '1s', deadline: '1s' });
    await writeFile(join(cwd, '.jwtcheckrc.json'), JSON.stringify(config));
    const run = await runHere(['-f', 'json'], { cwd, env });
    await silent.close();
    expect(run.code).toBe(3);
    const { participants: told, findings } = JSON.parse(run.stdout);
    expect(told[0]).toMatchObject({ name: 'store', fingerprint: fingerprint(key), agrees: true });
    expect(findings.map(({ code }: { code: string }) => code)).not.toContain('reference-unavailable');
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('ends promptly on %s', async (signal) => {
    let reach: () => void = () => {};
    const happened = new Promise<void>((resolve) => {
      reach = resolve;
    });
    const silent = await startTcpServer((socket) => socket.once('data', reach));
    const cwd = await fleet({ silent: participant(silent) }, { timeout: '1m', deadline: '5m' });
    const run = await runHere([], { cwd, env, killOnce: { happened, signal } });
    await silent.close();
    expect({ code: run.code, stdout: run.stdout }).toEqual({
      code: signal === 'SIGINT' ? 130 : 143,
      stdout: '',
    });
  });

  it('with a broken configuration ends at once, with every problem', async () => {
    const cwd = await fleet({ odd: { sorce: {} } });
    const run = await runHere([], { cwd, env });
    expect(run.code).toBe(2);
    expect(run.stderr).toContain('environments.staging.participants.odd');
    expect(run.stderr).not.toMatch(/^\s+at /m);
  });

  it('is checked again and again with --wait', async () => {
    const late = await startService(stale);
    const cwd = await fleet({ late: participant(late) });
    const run = await runHere(['--wait', '5m', '--interval', '300ms', '-q'], {
      cwd,
      env,
      onOutput: ({ stderr }) => {
        if (stderr.includes('checking again')) late.hold(key);
      },
    });
    await late.close();
    expect({ code: run.code, stdout: run.stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('CONSISTENT'),
    });
    expect(run.stderr).toContain('inconsistent; checking again');
  });
});
