import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Config, ConfigError, check, JwtcheckError, render, UsageError } from '../src/index.js';
import { json } from '../src/report/json.js';
import { viewOf } from '../src/report/view/view.js';
import { startTcpServer } from './support/http-server.js';
import { aReport } from './support/reports.js';
import { fingerprint, type Service, startService, variable } from './support/service.js';
import { plainStyle } from './support/style.js';
import { workspace } from './support/workspace.js';

const key = 'the key that everybody should hold, long enough';
/** Explained by a single change: the search for what explains any other key takes half a second. */
const changed = `${key}\n`;
const folder = workspace();
let service: Service;

beforeAll(async () => {
  service = await startService(key);
});
afterAll(() => service.close());

function configOf(origin: string): Config {
  return {
    token: { issuer: 'auth-service', audience: 'example-platform' },
    environments: {
      staging: {
        reference: 'store',
        participants: {
          store: { source: { kind: 'env', names: [variable] } },
          service: {
            source: { kind: 'http', url: `${origin}/fingerprint` },
            probes: [{ kind: 'http', name: 'me', url: `${origin}/me` }],
          },
        },
      },
    },
  };
}

describe('check', () => {
  it('takes a configuration, an environment and a clock', async () => {
    const seen: [number, number, string][] = [];
    const report = await check({
      config: configOf(service.origin),
      env: { [variable]: key },
      now: () => new Date('2031-05-06T07:08:09Z'),
      controls: 'none',
      onProgress: (...progress) => seen.push(progress),
    });
    expect(report).toMatchObject({
      environment: 'staging',
      reference: { participant: 'store', fingerprint: fingerprint(key) },
      startedAt: '2031-05-06T07:08:09.000Z',
    });
    // The service goes by the real clock, for which a token of 2031 is good, too.
    expect(report.verdict).toBe('consistent');
    expect(seen.length).toBeGreaterThan(1);
    for (const [done, total] of seen) expect(done).toBeLessThanOrEqual(total);
  });

  it('mints by the given clock', async () => {
    const report = await check({
      config: configOf(service.origin),
      env: { [variable]: key },
      now: () => new Date('2001-01-01T00:00:00Z'),
    });
    expect(report.verdict).toBe('inconsistent');
    expect(report.attempts.find((attempt) => attempt.token === 'genuine')?.result).toBe('rejected');
  });

  it.each<[string, object]>([
    ['controls', { controls: ['bogus'] }],
    ['controls', { controls: ['retired:latest'] }],
    ['concurrency', { concurrency: 0 }],
    ['concurrency', { concurrency: 10_001 }],
    ['config', { config: 5 }],
    ['timeoutMs', { timeoutMs: -1 }],
    ['deadlineMs', { deadlineMs: 3_600_001 }],
    ['failOn', { failOn: 'bogus' }],
    ['onProgress', { onProgress: 'x' }],
  ])('refuses %s of %j before anything starts', async (name, wrong) => {
    const before = service.requests.length;
    const options = { config: configOf(service.origin), env: { [variable]: key }, ...wrong };
    const error = await check(options).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UsageError);
    expect(error).toMatchObject({ code: 'ERR_USAGE', message: expect.stringMatching(`^${name}: takes `) });
    expect(service.requests).toHaveLength(before);
  });

  it('rejects with what onProgress throws, and leaves nothing unhandled', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', note);
    try {
      const onProgress = () => {
        throw new Error('of the caller');
      };
      const options = { config: configOf(service.origin), env: { [variable]: key }, onProgress };
      await expect(check(options)).rejects.toThrow('of the caller');
      // What is not handled is reported when the queue of microtasks is empty.
      await new Promise((resolve) => setImmediate(resolve));
    } finally {
      process.off('unhandledRejection', note);
    }
    expect(unhandled).toEqual([]);
  });

  it('takes the path of a configuration, from the given folder', async () => {
    const cwd = await folder({
      'own.json': configOf(service.origin),
      'deep/.jwtcheckrc.json': configOf(service.origin),
    });
    const env = { [variable]: changed };
    expect((await check({ config: 'own.json', cwd, env })).verdict).toBe('inconsistent');
    expect((await check({ cwd: `${cwd}/deep`, env, only: ['store'], probes: false })).verdict).toBe(
      'inconclusive',
    );
    expect((await check({ cwd, env: { ...env, JWTCHECK_CONFIG: 'own.json' } })).exitCode).toBe(1);
  });

  it('rejects with every problem of a configuration', async () => {
    const wrong: unknown = { environments: { a: { participants: { p: { sorce: {} } } } }, timeout: 5 };
    const cwd = await folder({ 'wrong.json': wrong });
    const error = await check({ config: 'wrong.json', cwd, env: {} }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ConfigError);
    expect(error).toBeInstanceOf(JwtcheckError);
    expect(error).toMatchObject({
      code: 'ERR_CONFIG',
      file: `${cwd}/wrong.json`,
      problems: expect.arrayContaining([
        expect.objectContaining({ path: 'environments.a.participants.p.sorce' }),
        expect.objectContaining({ path: 'timeout' }),
      ]),
    });
    await expect(check({ config: { environments: {} }, env: {} })).rejects.toMatchObject({ file: null });
  });

  it('rejects options that name nobody', async () => {
    const config = configOf(service.origin);
    const env = { [variable]: key };
    await expect(check({ config, env, only: ['nobody'] })).rejects.toBeInstanceOf(UsageError);
    await expect(check({ config, env, environment: 'production' })).rejects.toMatchObject({
      code: 'ERR_USAGE',
    });
    await expect(check({ config, env, expect: 'short' })).rejects.toMatchObject({ code: 'ERR_USAGE' });
  });

  it('rejects with ERR_INTERRUPTED as soon as it is called off', async () => {
    const ending = new AbortController();
    const silent = await startTcpServer((socket) => socket.once('data', () => ending.abort()));
    const checking = check({
      config: configOf(silent.origin),
      env: { [variable]: key },
      signal: ending.signal,
    });
    await expect(checking).rejects.toMatchObject({ code: 'ERR_INTERRUPTED' });
    const already = check({
      config: configOf(silent.origin),
      env: { [variable]: key },
      signal: AbortSignal.abort(),
    });
    await expect(already).rejects.toMatchObject({ code: 'ERR_INTERRUPTED' });
    await silent.close();
  });

  it('runs several checks at once, each on its own', async () => {
    const config = configOf(service.origin);
    const [good, bad] = await Promise.all([
      check({ config, env: { [variable]: key } }),
      check({ config, env: { [variable]: changed } }),
    ]);
    expect([good.verdict, bad.verdict]).toEqual(['consistent', 'inconsistent']);
  });
});

describe('the package', () => {
  const node = (script: string) =>
    promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
      cwd: resolve(import.meta.dirname, '..'),
    });

  it('does nothing when it is imported', async () => {
    const script = `
      const before = { env: JSON.stringify(process.env), listeners: process.eventNames().length, cwd: process.cwd() };
      const module = await import('jwtcheck');
      const after = { env: JSON.stringify(process.env), listeners: process.eventNames().length, cwd: process.cwd() };
      const open = process.getActiveResourcesInfo().filter((name) => !/^(Pipe|TTY|FSReqPromise|CloseReq)/.test(name));
      process.stdout.write(JSON.stringify({ before, after, open, exported: Object.keys(module).sort() }));`;
    const { stdout, stderr } = await node(script);
    const { before, after, open, exported } = JSON.parse(stdout);
    expect(stderr).toBe('');
    expect(after).toEqual(before);
    expect(open).toEqual([]);
    expect(exported).toEqual(['ConfigError', 'JwtcheckError', 'UsageError', 'check', 'render', 'watch']);
  });

  it('leaves a process free to end once it has checked', async () => {
    const script = `
      import { check } from 'jwtcheck';
      const report = await check({ config: ${JSON.stringify(configOf(service.origin))}, env: { ${variable}: ${JSON.stringify(key)} } });
      process.stdout.write(report.verdict);`;
    expect(await node(script)).toEqual({ stdout: 'consistent', stderr: '' });
  });

  it('ships the schema', async () => {
    const script = `import schema from 'jwtcheck/schema.json' with { type: 'json' }; process.stdout.write(schema.type);`;
    expect((await node(script)).stdout).toBe('object');
  });
});

describe('render', () => {
  it('writes a report as --format does', async () => {
    expect(await render(aReport(), 'json')).toBe(json(viewOf(aReport()), plainStyle));
    expect(await render(aReport(), 'pretty', { quiet: true })).toMatch(/^✓ CONSISTENT.*\n$/);
  });

  it('refuses a format that there is not', async () => {
    const name: string = 'xml';
    await expect(Reflect.apply(render, null, [aReport(), name])).rejects.toBeInstanceOf(UsageError);
  });
});
