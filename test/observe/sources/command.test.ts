import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ObserveContext } from '../../../src/observe/context.js';
import { command } from '../../../src/observe/sources/command.js';
import type { SourceResult } from '../../../src/observe/sources/source.js';
import { bytesOf, read, worldOf } from './world.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'jwtcheck-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

type More = { output?: 'secret' | 'fingerprint'; timeout?: string };

function run(argv: string[], more: More = {}, over: Partial<ObserveContext> = {}): Promise<SourceResult> {
  const env = { PATH: process.env.PATH };
  return read(command, { kind: 'command', run: argv, ...more }, worldOf({ folder, env, ...over }));
}

const node = (script: string, more: More = {}, over: Partial<ObserveContext> = {}): Promise<SourceResult> =>
  run([process.execPath, '-e', script], more, over);

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // One that was killed and that nobody has waited for yet is a zombie.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

describe('a command', () => {
  it.each([
    ['secret', 'secret'],
    ['secret\\n', 'secret'],
    ['secret\\n\\n', 'secret\n'],
    ['secret\\r\\n', 'secret\r'],
    [' secret ', ' secret '],
    ['\\n', ''],
    ['', ''],
    ['\\377\\000', '\xff\x00'],
  ])('that prints %j yields %j', async (printed, expected) => {
    expect(bytesOf(await run(['printf', printed]))).toBe(expected);
  });

  it('gets its arguments without a shell', async () => {
    expect(bytesOf(await run(['printf', '%s', '$HOME; echo `id` "x"']))).toBe('$HOME; echo `id` "x"');
  });

  it('runs in the folder of the configuration, with the environment given', async () => {
    const script = 'process.stdout.write(process.cwd() + "|" + process.env.ONE + "|" + process.env.HOME)';
    const result = await node(script, {}, { env: { ONE: '1', TWO: undefined } });
    expect(bytesOf(result)).toMatch(/\/jwtcheck-[^|]+\|1\|undefined$/);
  });

  it('may be a file in that folder', async () => {
    writeFileSync(join(folder, 'tell'), '#!/bin/sh\necho told\n', { mode: 0o755 });
    expect(bytesOf(await run(['./tell']))).toBe('told');
  });

  it('gets no input', async () => {
    expect(bytesOf(await run(['cat']))).toBe('');
  });

  it('may print a fingerprint', async () => {
    expect(await run(['printf', 'sha256:200718BDFF\\n'], { output: 'fingerprint' })).toEqual({
      is: 'fingerprint',
      instances: [{ instance: null, fingerprint: '200718bd', samples: 1 }],
      accepts: ['200718bd'],
      version: null,
      provenance: null,
      error: null,
    });
  });

  it('that prints something else is rejected without showing it', async () => {
    const result = await run(['printf', 'hidden'], { output: 'fingerprint' });
    expect(result).toMatchObject({ is: 'error', error: { code: 'invalid-response' } });
    expect(JSON.stringify(result).replace('<printf>', '')).not.toContain('hidden');
  });
});

describe('a command that fails', () => {
  it.each([
    [
      'process.stdout.write("hidden"); console.error("hidden"); process.exit(3)',
      'ended with exit status 3: […]',
    ],
    ['process.stdout.write("hidden", () => process.kill(process.pid, "SIGTERM"))', 'was ended by SIGTERM'],
  ])('%s', async (script, words) => {
    const result = await node(script);
    expect(result).toMatchObject({
      is: 'error',
      error: { code: 'command-failed', message: `the command <${process.execPath}> ${words}` },
    });
    expect(JSON.stringify(result)).not.toContain('hidden');
  });

  it.each([
    ['a part', (secret: string) => secret.slice(9, 22)],
    ['upper case', (secret: string) => secret.toUpperCase()],
    ['hex', (secret: string) => Buffer.from(secret).toString('hex')],
  ])('repeats on standard error %s of what it printed, which is not shown', async (_, spelled) => {
    const secret = 'harbour-velvet-lantern-copper';
    const error = JSON.stringify(`bad ${spelled(secret)}`);
    const result = await node(
      `process.stdout.write('${secret}'); console.error(${error}); process.exitCode = 3`,
    );
    const message = `the command <${process.execPath}> ended with exit status 3: bad […]`;
    expect(result).toMatchObject({ error: { message } });
  });

  it('after it printed what stands in for a secret, many times', async () => {
    const script = `process.stdout.write('[ … ] '.repeat(6000)); console.error('[…]'.repeat(800)); process.exitCode = 3`;
    expect(await node(script)).toMatchObject({ error: { code: 'command-failed' } });
  });

  it.each([
    ['permission denied for sa@p', 'permission denied for sa@p'],
    ['first\n  last line \n\n', 'last line'],
    ['', null],
    ['token=abcdef1234 refused', 'token=[…] refused'],
    ['got kZ8vWq3xmN5tR7yP2sD4fG6h instead', 'got […] instead'],
    [`bad ${'x'.repeat(300)}`, `bad ${'x'.repeat(156)}…`],
  ])('says last, on standard error, %j', async (text, shown) => {
    const result = await node(`process.stderr.write(${JSON.stringify(text)}, () => process.exit(1))`);
    const words = shown === null ? '' : `: ${shown}`;
    expect(result).toMatchObject({
      error: { message: `the command <${process.execPath}> ended with exit status 1${words}` },
    });
  });

  it.each([
    [['no-such-program-anywhere'], 'does not exist'],
    [['./data'], 'may not be executed'],
    [[''], 'could not be started'],
    [['printf', 'hidden\u0000'], 'could not be started'],
    [['printf', 'x'.repeat(10_000_000)], 'could not be started (E2BIG)'],
  ])('to start: %j', async (argv, words) => {
    writeFileSync(join(folder, 'data'), 'not a program', { mode: 0o644 });
    const result = await run(argv);
    expect(result).toMatchObject({
      is: 'error',
      error: { code: 'command-failed', message: expect.stringContaining(words), hint: expect.any(String) },
    });
    expect(JSON.stringify(result)).not.toContain('hidden');
  });

  it('by printing without end', async () => {
    expect(await run(['yes'])).toMatchObject({ is: 'error', error: { code: 'too-large' } });
  });

  it('by printing one byte too much', async () => {
    const print = (bytes: number): string => `process.stdout.write("x".repeat(${bytes}))`;
    expect(bytesOf(await node(print(65_536)))).toHaveLength(65_536);
    expect(bytesOf(await node(print(65_537)))).toBe('too-large');
  });

  it.each([
    ['its own timeout', (ms: number) => ({ timeout: `${ms}ms` }), () => ({}), 'within '],
    ["the context's timeout", () => ({}), (timeoutMs: number) => ({ timeoutMs }), 'within '],
    ['the whole check', () => ({}), (ms: number) => ({ signal: AbortSignal.timeout(ms) }), 'the whole check'],
  ])('by taking longer than %s, is killed with all that it started', async (_name, more, over, words) => {
    const pids = join(folder, 'pids');
    rmSync(pids, { force: true });
    const script = `sleep 60 & echo $! $$ > '${pids}.new'; mv '${pids}.new' '${pids}'; trap '' TERM INT; wait; sleep 60`;
    // Longer where the machine was too busy to start all of it.
    for (let ms = 300; !existsSync(pids); ms *= 2) {
      expect(await run(['sh', '-c', script], more(ms), over(ms))).toMatchObject({
        is: 'error',
        error: { code: 'timeout', message: expect.stringContaining(words) },
      });
    }
    const ended = readFileSync(pids, 'utf8').trim().split(' ').map(Number);
    expect(ended).toHaveLength(2);
    await until(() => !ended.some(isRunning));
  });

  it('to begin in time is not begun', async () => {
    const marker = join(folder, 'begun');
    const result = await run(['touch', marker], {}, { signal: AbortSignal.abort() });
    expect(result).toMatchObject({ is: 'error', error: { code: 'timeout' } });
    expect(existsSync(marker)).toBe(false);
  });
});
