import { execFile } from 'node:child_process';
import { closeSync, constants, existsSync, openSync, readFileSync } from 'node:fs';
import { access, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type Run, type RunOptions, runCli } from '../support/cli.js';
import { startTcpServer, type TestServer } from '../support/http-server.js';
import { needs } from '../support/needs.js';
import { catches, hasOpen, readsStdin } from '../support/proc.js';
import { some } from '../support/random.js';
import { configOf, participant, type Service, startService, variable } from '../support/service.js';
import { until } from '../support/watched.js';
import { workspace } from '../support/workspace.js';

const key = 'the key that everybody should hold, long enough';
const folder = workspace();
const patient = { timeout: '1m', deadline: '5m' };
let service: Service;

beforeAll(async () => {
  service = await startService(key);
});
afterAll(() => service.close());

/** A server that takes connections and says nothing, and the moment that the first one came. */
async function silence(): Promise<TestServer & { reached: Promise<void> }> {
  let reach: () => void = () => {};
  const reached = new Promise<void>((resolve) => {
    reach = resolve;
  });
  const server = await startTcpServer((socket) => socket.once('data', reach));
  return Object.assign(server, { reached });
}

/** Runs with a folder for temporary files of its own, and tells what is left in it. */
async function run(
  cwd: string,
  args: readonly string[],
  options: RunOptions,
): Promise<Run & { left: string[] }> {
  const temporary = join(cwd, 'tmp');
  await mkdir(temporary, { recursive: true });
  const env = { [variable]: key, TMPDIR: temporary, ...options.env };
  const ended = await runCli(args, { cwd, ...options, env });
  return { ...ended, left: await readdir(temporary) };
}

function expectPrompt(ended: Run & { left: string[] }, signal: 'SIGINT' | 'SIGTERM'): void {
  expect({ code: ended.code, signal: ended.signal }).toEqual({
    code: signal === 'SIGINT' ? 130 : 143,
    signal: null,
  });
  expect(ended.stdout).toBe('');
  expect(ended.stderr).not.toMatch(/^\s+at |Error:|internal error/m);
  expect(ended.left).toEqual([]);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // A process that ended and that nobody waited for is not alive.
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return process.platform !== 'linux';
  }
}

/** Both beside the integration tests. */
describe.for(some(['SIGTERM', 'SIGINT'] as const, 1))('%s', (signal) => {
  it('ends a check of a service that hangs, and its report files with it', async () => {
    const silent = await silence();
    const cwd = await folder({ '.jwtcheckrc.json': configOf({ silent: participant(silent) }, patient) });
    const args = ['-f', 'pretty', '-f', 'json:report.json', '-v'];
    const ended = await run(cwd, args, { killOnce: { happened: silent.reached, signal } });
    expectPrompt(ended, signal);
    expect(await readdir(cwd)).toEqual(['.jwtcheckrc.json', 'tmp']);
    await silent.close();
  });

  it('ends --wait between two checks', async () => {
    const wrong = await startService('another key, which it will hold for ever');
    const cwd = await folder({ '.jwtcheckrc.json': configOf({ wrong: participant(wrong) }) });
    const ended = await run(cwd, ['--wait', '5m', '--interval', '5m'], {
      onOutput: ({ stderr }, kill) => {
        if (stderr.includes('checking again')) kill(signal);
      },
    });
    expectPrompt(ended, signal);
    expect(ended.stderr).toMatch(/^inconsistent; checking again, for up to \d+ s\n/);
    await wrong.close();
  });

  it('ends a command source with all that it started', async (context) => {
    needs.posix(context);
    const command = ['sh', '-c', 'sleep 600 & echo $$ $! > pids.part; mv pids.part pids; wait'];
    const cwd = await folder({
      '.jwtcheckrc.json': configOf(
        { slow: { source: { kind: 'command', run: command, timeout: '1m' } } },
        patient,
      ),
    });
    const ended = await run(cwd, [], {
      killOnce: { happened: () => until('it runs', () => existsSync(join(cwd, 'pids'))), signal },
    });
    expectPrompt(ended, signal);
    const pids = (await readFile(join(cwd, 'pids'), 'utf8')).trim().split(' ').map(Number);
    expect(pids).toHaveLength(2);
    for (const pid of pids) await until('it is gone', () => !isAlive(pid));
  });

  it('ends demo --keep with its servers, and removes its folder', async () => {
    const cwd = await folder();
    let url = '';
    const ended = await run(cwd, ['demo', '--keep', '--no-probes', '-f', 'json:report.json'], {
      onOutput: ({ stderr }, kill) => {
        url = /auth_service (http:[^,]+),/.exec(stderr)?.[1] ?? url;
        if (stderr.includes('until Ctrl-C')) kill(signal);
      },
    });
    expectPrompt(ended, signal);
    await access(join(cwd, 'report.json'));
    await expect(fetch(url)).rejects.toThrow();
  });

  it('ends a wait for standard input', async (context) => {
    needs.linux(context);
    const cwd = await folder();
    const ended = await run(cwd, ['fingerprint'], {
      keepStdin: true,
      killOnce: { happened: (pid) => until('it reads', () => readsStdin(pid)), signal },
    });
    expectPrompt(ended, signal);
    expect(ended.stderr).toBe('');
  });
});

describe('Ctrl-C', () => {
  it('ends a check in the middle of WebSocket and token probes', async () => {
    const silent = await silence();
    const probes = [
      { kind: 'http', name: 'slow', url: silent.origin },
      { kind: 'websocket', url: silent.origin.replace('http', 'ws'), settle: '1m' },
    ];
    const cwd = await folder({
      '.jwtcheckrc.json': configOf({ silent: { ...participant(service), probes } }, patient),
    });
    const ended = await run(cwd, [], { killOnce: { happened: silent.reached, signal: 'SIGINT' } });
    expectPrompt(ended, 'SIGINT');
    await silent.close();
  });

  it('pressed twice ends at once, whatever is under way', async (context) => {
    needs.linux(context);
    const { cwd, pipe, read } = await neverWritten();
    const ended = await run(cwd, ['-c', pipe], {
      killOnce: { happened: read, signal: 'SIGINT' },
      killAgainOnce: (pid) => until('the first one was taken', () => !catches(pid, 'SIGINT')),
    });
    expect(ended.code === 130 || ended.signal === 'SIGINT').toBe(true);
    expect(ended).toMatchObject({ stdout: '', stderr: '' });
  });

  it('pressed once ends even what cannot be called off', async (context) => {
    needs.linux(context);
    const { cwd, pipe, read } = await neverWritten();
    const ended = await run(cwd, ['-c', pipe], { killOnce: { happened: read, signal: 'SIGINT' } });
    // By the signal itself, which a shell knows as 130: an exit would wait for the pipe.
    expect({ code: ended.code, signal: ended.signal }).toEqual({ code: null, signal: 'SIGINT' });
    expect(ended).toMatchObject({ stdout: '', stderr: '' });
  });
});

/** A pipe that can be opened, and that nothing is ever written to. */
async function neverWritten() {
  const cwd = await folder();
  const pipe = join(cwd, 'never-written');
  await promisify(execFile)('mkfifo', [pipe]);
  const writer = openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK);
  onTestFinished(() => closeSync(writer));
  return { cwd, pipe, read: (pid: number) => until('it reads the pipe', () => hasOpen(pid, pipe)) };
}
