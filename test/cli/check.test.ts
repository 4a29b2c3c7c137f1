import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Report } from '../../src/model.js';
import type { Run, RunOptions } from '../support/cli.js';
import { runHere } from '../support/here.js';
import { startTcpServer, type TestServer, unusedPort } from '../support/http-server.js';
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

const key = 'the key that everybody should hold, long enough';
/** Explained by a single change: the search for what explains any other key takes half a second. */
const changed = `${key}\n`;
/** However busy the machine is. */
const patient = { timeout: '1m', deadline: '10m' };
const folder = workspace();
let auth: Service;
let backend: Service;
let other: Service;
let silent: TestServer;
let cwd: string;

beforeAll(async () => {
  auth = await startService(key);
  backend = await startService(key);
  other = await startService(changed);
  silent = await startTcpServer(() => {});
  const gone = { origin: `http://127.0.0.1:${await unusedPort()}` };
  cwd = await folder({
    'fine.json': configOf({ auth: participant(auth), backend: participant(backend) }, patient),
    'wrong.json': configOf({ auth: participant(auth), backend: participant(other) }, patient),
    'gone.json': configOf({ auth: participant(auth), backend: participant(gone) }),
    'silent.json': configOf({ auth: participant(auth), backend: participant(silent) }),
    'two.json': configOf({ auth: participant(auth), wrong: participant(other), gone: participant(gone) }),
  });
});

afterAll(async () => {
  await Promise.all([auth, backend, other, silent].map((server) => server.close()));
});

const check = (name: string, args: readonly string[] = [], options: RunOptions = {}): Promise<Run> =>
  runHere(['-c', `${name}.json`, ...args], { cwd, ...options, env: { [variable]: key, ...options.env } });

/** The JSON report of a run, of which standard output is the whole. */
async function reported(
  name: string,
  args: readonly string[] = [],
  options: RunOptions = {},
): Promise<Report & { run: Run }> {
  const run = await check(name, ['-f', 'json', ...args], options);
  expect(run.stderr).toBe('');
  const report: Report = JSON.parse(run.stdout);
  expect(run.code).toBe(report.exitCode);
  return { ...report, run };
}

const names = (report: Report): string[] => report.participants.map((one) => one.name);
const tokens = (report: Report): string[] => [...new Set(report.attempts.map((one) => one.token))].sort();

describe.concurrent('a check from the command line', () => {
  it.for([
    ['fine', 0, /^✓ CONSISTENT {2}staging: /],
    ['wrong', 1, /^✗ INCONSISTENT {2}staging: backend differs from store/],
    ['gone', 3, /^\? INCONCLUSIVE {2}staging: /],
  ] as const)('%s: the report is all of standard output, and exit code %i', async ([name, code, first]) => {
    const run = await check(name);
    expect(run.stdout).toMatch(first);
    expect(run.stdout.endsWith('\n')).toBe(true);
    expect(run.stdout).not.toMatch(/\u001b/);
    expect(run.stderr).toBe('');
    expect(run.code).toBe(code);
  });

  it.for([
    ['fine', 'consistent', 0],
    ['wrong', 'inconsistent', 1],
    ['gone', 'inconclusive', 3],
  ] as const)('%s: one JSON document', async ([name, verdict, exitCode]) => {
    const report = await reported(name);
    expect(report).toMatchObject({ schemaVersion: 1, environment: 'staging', verdict, exitCode });
    expect(report.reference).toEqual({ participant: 'store', fingerprint: fingerprint(key), version: null });
    expect(names(report)).toEqual(['store', 'auth', 'backend']);
    expect(report.run.stdout.endsWith('}\n')).toBe(true);
  });

  it('--only keeps the reference', async () => {
    const report = await reported('two', ['--only', 'auth']);
    expect(names(report)).toEqual(['store', 'auth']);
    expect(report.verdict).toBe('consistent');
    expect(names(await reported('two', ['--only', 'auth', '--only', 'wrong']))).toEqual([
      'store',
      'auth',
      'wrong',
    ]);
  });

  it('--skip leaves participants out, the reference too', async () => {
    const report = await reported('two', ['--skip', 'wrong', '--skip', 'gone']);
    expect(names(report)).toEqual(['store', 'auth']);
    expect((await reported('fine', ['--skip', 'store', '--no-probes'])).reference).toBeNull();
  });

  it('--allow-unreachable forgives silence and nothing else', async () => {
    expect((await reported('gone', ['--allow-unreachable', 'backend'])).verdict).toBe('consistent');
    expect((await reported('two', ['--allow-unreachable', 'gone'])).verdict).toBe('inconsistent');
  });

  it('--no-probes presents no token', async () => {
    const untouched = await startService(key);
    const own = await folder({ 'own.json': configOf({ auth: participant(untouched) }) });
    const report = await reported('own', ['--no-probes'], { cwd: own });
    expect(report.attempts).toEqual([]);
    expect(untouched.requests.map((request) => request.url?.split('?')[0])).toEqual(['/fingerprint']);
    await untouched.close();
  });

  it.for([
    [[], ['forged', 'genuine', 'missing']],
    [['--controls', 'none'], ['genuine']],
    [
      ['--controls', 'expired, tampered'],
      ['expired', 'genuine', 'tampered'],
    ],
    [
      ['--controls', 'all'],
      ['expired', 'forged', 'genuine', 'missing', 'tampered', 'unsigned'],
    ],
  ] as const)('controls: %j', async ([args, expected]) => {
    const report = await reported('fine', args);
    expect(tokens(report)).toEqual(expected);
    expect(report.verdict).toBe('consistent');
  });

  it('--expect says what is right, whatever the reference holds', async () => {
    const right = await reported('fine', ['--expect', `SHA256:${fingerprint(key, 64).toUpperCase()}`]);
    expect(right).toMatchObject({ verdict: 'consistent', reference: { participant: 'expected' } });
    const wrong = await reported('fine', ['--expect', fingerprint(changed)]);
    expect(wrong.verdict).toBe('inconsistent');
    expect(wrong.participants.filter((one) => one.agrees === false)).toHaveLength(3);
  });

  it.for([
    ['weak', [], 0],
    ['weak', ['--fail-on', 'warning'], 1],
    ['weak', ['--fail-on', 'error'], 0],
    ['weak', ['--fail-on', 'critical'], 0],
    ['weak', ['--fail-on', 'never'], 0],
    ['published', [], 1],
    ['published', ['--fail-on', 'error'], 1],
    ['published', ['--fail-on', 'critical'], 1],
    ['published', ['--fail-on', 'never'], 0],
  ] as const)('%s secret that all agree on, %j: exit code %i', async ([kind, args, code]) => {
    const env = { [variable]: kind === 'weak' ? 'zq8-uncommon-vx4-rare' : 'your-256-bit-secret' };
    const own = await folder({
      'own.json': configOf({ twin: { source: { kind: 'env', names: [variable] } } }),
    });
    const report = await reported('own', args, { cwd: own, env });
    expect(report.verdict).toBe('consistent');
    expect(report.exitCode).toBe(code);
    const wanted = kind === 'weak' ? 'weak-secret' : 'published-default';
    expect(report.findings.map((finding) => finding.code)).toContain(wanted);
  });

  it('an inconsistent verdict is exit code 1 whatever --fail-on says', async () => {
    expect((await check('wrong', ['--fail-on', 'never'])).code).toBe(1);
  });

  it('--timeout bounds a request', async () => {
    const report = await reported('silent', ['--timeout', '300ms']);
    expect(report.verdict).toBe('inconclusive');
    expect(report.participants.at(-1)?.error).toMatchObject({
      code: 'timeout',
      message: expect.stringContaining('300'),
    });
  });

  it('--deadline bounds the whole, and still reports what was seen', async () => {
    const report = await reported('silent', ['--timeout', '1m', '--deadline', '5s']);
    expect(report.participants.map((one) => one.error?.code ?? null)).toEqual([null, null, 'timeout']);
  });

  it('--concurrency is how many requests are under way at once', async () => {
    const load: Load = { now: 0, most: 0 };
    const services = await Promise.all([1, 2, 3].map(() => startService(key, { delayMs: 15, load })));
    const config = configOf(
      Object.fromEntries(services.map((one, index) => [`s${index}`, participant(one)])),
    );
    const own = await folder({ 'own.json': config });
    expect((await reported('own', ['--concurrency', '1'], { cwd: own })).verdict).toBe('consistent');
    expect(load.most).toBe(1);
    expect((await reported('own', [], { cwd: own })).verdict).toBe('consistent');
    expect(load.most).toBeGreaterThan(2);
    await Promise.all(services.map((one) => one.close()));
  });

  it('-q tells what is wrong only; -v every attempt', async () => {
    const [quiet, plain, verbose] = await Promise.all([
      check('fine', ['-q']),
      check('fine'),
      check('fine', ['-v']),
    ]);
    expect(quiet.stdout.length).toBeLessThan(plain.stdout.length);
    expect(quiet.stdout).toMatch(/^✓ CONSISTENT/);
    expect(quiet.stdout).not.toContain('auth');
    expect(verbose.stdout.length).toBeGreaterThan(plain.stdout.length);
    expect(verbose.stdout).toContain('401 Unauthorized: invalid_token');
    expect((await check('wrong', ['-q'])).stdout).toContain('trailing-newline');
  });
});

describe.concurrent('--wait', () => {
  it('goes on until consistent', async () => {
    const late = await startService(changed);
    const own = await folder({ 'own.json': configOf({ late: participant(late) }) });
    const run = await check('own', ['-f', 'json', '--wait', '5m', '--interval', '200ms'], {
      cwd: own,
      onOutput: ({ stderr }) => {
        if (stderr.includes('checking again')) late.hold(key);
      },
    });
    expect(run.code).toBe(0);
    const report: Report = JSON.parse(run.stdout);
    expect(report.verdict).toBe('consistent');
    expect(run.stderr).toMatch(/^inconsistent; checking again, for up to \d+ s\n/);
    await late.close();
  });

  it('does not wait where all is well', async () => {
    const run = await check('fine', ['--wait', '1m']);
    expect(run.code).toBe(0);
    expect(run.stderr).toBe('');
  });
});

it('--wait ends with the last report when the time is over', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  try {
    const run = await check('wrong', ['-f', 'json', '--wait', '15s', '--interval', '5s'], {
      // Time passes between checks alone.
      onOutput: ({ stdout }) => {
        if (stdout === '') setImmediate(() => vi.advanceTimersByTime(5000));
      },
    });
    expect(run.code).toBe(1);
    const report: Report = JSON.parse(run.stdout);
    expect(report.verdict).toBe('inconsistent');
    expect(run.stderr.split('\n')).toEqual([
      'inconsistent; checking again, for up to 15 s',
      'inconsistent; checking again, for up to 10 s',
      'inconsistent; checking again, for up to 5 s',
      '',
    ]);
  } finally {
    vi.useRealTimers();
  }
});
