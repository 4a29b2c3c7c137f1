import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { bin } from '../support/cli.js';
import { runHere } from '../support/here.js';
import { startServer, type TestServer } from '../support/http-server.js';
import { expectNoLeak } from '../support/leaks.js';
import { aDriftEvent } from '../support/monitor-records.js';
import { needs } from '../support/needs.js';
import { catches } from '../support/proc.js';
import { configOf, participant, type Service, startService, variable } from '../support/service.js';
import { type Hook, startHook, startWatch, until, type Watching, watchHere } from '../support/watched.js';
import { workspace } from '../support/workspace.js';

const key = 'a sound key of more than thirty-two bytes';
/** A change with a cause that is found at once: no check has to try every transform on it. */
const otherKey = `${key}\n`;
const signingSecret = 'what the webhook is signed with, a secret';

const folderOf = workspace();
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Scene {
  readonly service: Service;
  readonly hook: Hook;
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  watch(...args: string[]): Watching;
  /** The same in a process of its own. */
  process(...args: string[]): Watching;
  write(watchSettings: object, more?: object): Promise<void>;
}

async function scene(settings: object = {}, answer?: () => number): Promise<Scene> {
  const service = await startService(key);
  const hook = await startHook(signingSecret, answer);
  closing.push(
    () => service.close(),
    () => hook.close(),
  );
  const folder = await folderOf();
  const env = {
    [variable]: key,
    HOOK_URL: `${hook.origin}/hook?token=a-token-in-the-url`,
    HOOK_SECRET: signingSecret,
  };
  const write = async (watchSettings: object, more: object = {}): Promise<void> => {
    const watch = {
      interval: '200ms',
      jitter: '0s',
      listen: '127.0.0.1:0',
      notify: [{ kind: 'webhook', url: `\${HOOK_URL}`, signingSecret: `\${HOOK_SECRET}` }],
      ...watchSettings,
    };
    const config = configOf(
      { auth_service: { role: 'issuer', ...participant(service), ...more } },
      { watch },
    );
    await writeFile(join(folder, '.jwtcheckrc.json'), JSON.stringify(config));
  };
  await write(settings);
  return {
    service,
    hook,
    folder,
    env,
    write,
    watch(...args) {
      const watching = watchHere(args, { cwd: folder, env });
      closing.push(() => watching.end('SIGKILL'));
      return watching;
    },
    process(...args) {
      const watching = startWatch(args, { cwd: folder, env });
      closing.push(() => watching.end('SIGKILL'));
      return watching;
    },
  };
}

const types = (hook: Hook): string[] => hook.received.map(({ type }) => type);

it('says at the start who will be told, and when nobody will', async () => {
  const { folder, env, write } = await scene();
  const run = () => runHere(['watch', '--cycles', '1'], { cwd: folder, env });
  expect((await run()).stderr).toContain('notifiers: webhook\n');
  await write({ notify: [] });
  expect((await run()).stderr).toContain('notifiers: none, because watch.notify is empty\n');
});

describe('--cycles', () => {
  it('ends as its last check: 0, 1 or 3', async () => {
    const { service, folder, env } = await scene();
    const run = () => runHere(['watch', '--cycles', '1', '-f', 'ndjson'], { cwd: folder, env });
    expect(await run()).toMatchObject({ code: 0, stdout: '' });
    service.hold(otherKey);
    expect((await run()).code).toBe(1);
    await service.close();
    expect((await run()).code).toBe(3);
  });

  it('never adds more than an interval at random', async () => {
    const { folder, env, write } = await scene();
    await write({ jitter: '1h' });
    const run = await runHere(['watch', '--cycles', '3', '--interval', '100ms'], { cwd: folder, env });
    expect(run.code).toBe(0);
  });

  it('remembers from one run to the next: two runs, one alert', async () => {
    const { service, hook, folder, env } = await scene();
    service.hold(otherKey);
    const run = () => runHere(['watch', '--cycles', '1', '-f', 'ndjson'], { cwd: folder, env });
    expect((await run()).stdout).toBe('');
    expect(hook.received).toEqual([]);
    const second = await run();
    expect(JSON.parse(second.stdout)).toMatchObject({
      type: 'drift-detected',
      level: 'CRITICAL',
      environment: 'staging',
      participants: ['auth_service'],
    });
    expect(types(hook)).toEqual(['drift-detected']);
    expect((await run()).stdout).toBe('');
    expect(types(hook)).toEqual(['drift-detected']);
  });
});

describe('an incident', () => {
  it('is told once, and once that it is over, to everybody as the same', async () => {
    const { service, hook, watch } = await scene();
    const watching = watch('-f', 'ndjson');
    await until('the first check', () => watching.stderr().includes('consistent'));
    service.hold(otherKey);
    await until('the alert', () => hook.received.length > 0);
    await until('some checks more', () => service.requests.length > 40);
    expect(types(hook)).toEqual(['drift-detected']);
    service.hold(key);
    await until('the end', () => hook.received.length > 1);
    const ended = await watching.end();
    expect(ended.code).toBe(143);
    const [detected, resolved] = hook.received;
    expect(resolved).toMatchObject({ type: 'drift-resolved', level: 'INFO', incident: detected?.incident });
    expect(resolved?.durationMs).toBeGreaterThan(0);
    expect(watching.events()).toEqual(hook.received);
    expect(hook.unsigned).toEqual([]);
  });

  it('is told of by the page, the metrics and the history', async () => {
    const { service, hook, watch, folder, env } = await scene();
    service.hold(otherKey);
    const watching = watch();
    const url = await watching.url();
    await until('the alert', () => hook.received.length > 0);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toContain('jwtcheck_verdict{environment="staging",verdict="inconsistent"} 1');
    expect(metrics).toContain('jwtcheck_alert_level{environment="staging"} 2');
    expect(metrics).toContain(
      'jwtcheck_events_total{environment="staging",type="drift-detected",level="CRITICAL"} 1',
    );
    await until('the webhook counted', () => hook.received.length === 1);
    expect(await (await fetch(`${url}/report.json`)).json()).toMatchObject({ verdict: 'inconsistent' });
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    expect(await (await fetch(url)).text()).toContain('<html');
    await watching.end();
    const history = await runHere(['history', '-f', 'json'], { cwd: folder, env });
    expect(history.code).toBe(0);
    expect(history.stdout).toContain('"staging"');
    expect(watching.stdout()).toContain('CRITICAL: drift detected');
  });

  it('is told all the same to one that was away for a while', async () => {
    let up = false;
    const { service, hook, watch } = await scene({}, () => (up ? 200 : 503));
    service.hold(otherKey);
    const watching = watch('-f', 'ndjson');
    await until('a try', () => hook.requests.length > 0);
    expect(hook.received).toEqual([]);
    await until('more tries', () => hook.requests.length > 1);
    up = true;
    await until('another try', () => hook.received.length > 0);
    expect(types(hook)).toEqual(['drift-detected']);
    expect(watching.stderr().match(/webhook could not be notified of drift-detected/g)).toHaveLength(1);
    expect(watching.stderr()).toContain('HTTP 503');
  });
});

describe('a signal', () => {
  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('%s ends it, in the middle of a check that hangs: %i', async (signal, code) => {
    const silent: TestServer = await startServer(() => {});
    closing.push(() => silent.close());
    const { watch, write } = await scene();
    await write({}, { source: { kind: 'http', url: `${silent.origin}/fingerprint`, timeout: '1m' } });
    const watching = watch();
    await until('it asks', () => silent.requests.length > 0);
    expect((await watching.end(signal)).code).toBe(code);
  });

  it('SIGTERM tells first what is to be told', async () => {
    const { service, hook, watch } = await scene({ failureThreshold: 1 });
    const watching = watch();
    await until('the first check', () => watching.stderr().includes('consistent'));
    service.hold(otherKey);
    await until('the drift', () => watching.stdout().includes('drift detected'));
    expect((await watching.end()).code).toBe(143);
    expect(types(hook)).toEqual(['drift-detected']);
  });

  it('SIGHUP reads the configuration again; a broken one is refused, and the old one goes on', async () => {
    const { service, watch, write, folder } = await scene({ interval: '1h', jitter: '0s' });
    const watching = watch();
    await until('the first check', () => watching.stderr().includes('consistent'));
    const before = service.requests.length;
    await writeFile(join(folder, '.jwtcheckrc.json'), '{ "environments": { "staging": ');
    watching.child.kill('SIGHUP');
    await until('the refusal', () => watching.stderr().includes('the old one stays in use'));
    expect(service.requests.length).toBe(before);
    await write({ interval: '200ms' });
    watching.child.kill('SIGHUP');
    await until('the new interval', () => service.requests.length > before + 6);
    expect((await watching.end()).code).toBe(143);
  });
});

it('SIGHUP while it starts does not end it', async (context) => {
  needs.linux(context);
  const { process, service } = await scene();
  const watching = process();
  const { pid = 0 } = watching.child;
  // As soon as Node itself has started, long before the configuration is read.
  await until('it catches the signal', () => catches(pid, 'SIGHUP'));
  expect(watching.stderr()).toBe('');
  const hangUps = setInterval(() => watching.child.kill('SIGHUP'), 5);
  closing.push(async () => clearInterval(hangUps));
  await until('it checks', () => service.requests.length > 0 || watching.child.signalCode !== null);
  clearInterval(hangUps);
  expect(watching.child.signalCode).toBeNull();
  await watching.end();
  expect(watching.stderr()).toContain('the configuration was read again');
});

it('a history that takes nothing holds up no alert and no end, and is said and counted', async () => {
  const { service, hook, process, folder } = await scene();
  const watching = process('-v');
  const url = await watching.url();
  await until('the first check', () => watching.stderr().includes('consistent'));
  const file = join(folder, '.jwtcheck/history.ndjson');
  // A pipe that is full and that no one reads.
  execFileSync('mkfifo', [`${file}.fifo`]);
  const pipe = openSync(`${file}.fifo`, constants.O_RDWR | constants.O_NONBLOCK);
  closing.push(async () => closeSync(pipe));
  const chunk = Buffer.alloc(4096, 'x');
  expect(() => {
    for (;;) writeSync(pipe, chunk);
  }).toThrow('EAGAIN');
  await rename(`${file}.fifo`, file);
  service.hold(otherKey);
  await until('the alert', () => hook.received.length > 0);
  await until('it says so', () => watching.stderr().includes('the history does not answer'));
  const before = service.requests.length;
  await until('it still checks', () => service.requests.length > before + 10);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  expect(await (await fetch(`${url}/metrics`)).text()).toMatch(
    /jwtcheck_writes_skipped_total\{target="history"\} [1-9]/,
  );
  // An exit waits for the write that never ends; so it ends by the signal, which a shell calls 143 as well.
  await watching.end();
  expect(watching.child.signalCode).toBe('SIGTERM');
  expect(types(hook)).toEqual(['drift-detected']);
});

it('--log-format json says everything on standard error as one JSON object a line', async () => {
  const { folder, env, write } = await scene();
  await write({
    silence: [{ reason: 'a rotation', from: '2020-01-01T00:00:00Z', until: '2999-01-01T00:00:00Z' }],
  });
  const run = await runHere(['watch', '--cycles', '2', '-v', '--log-format', 'json', '--color', 'always'], {
    cwd: folder,
    env,
  });
  const lines = run.stderr
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
  expect(lines.length).toBeGreaterThan(2);
  for (const line of lines)
    expect(line).toMatchObject({ time: expect.any(String), level: 'info', message: expect.any(String) });
  expect(lines.at(-1)).toMatchObject({ environment: 'staging', verdict: 'consistent', alertLevel: 'INFO' });
  expect(run.stderr).not.toContain('\u001b');
});

it('a heartbeat is sent after a check that could tell', async () => {
  const beats: string[] = [];
  const server = await startServer((request, response) => {
    beats.push(`${request.method} ${request.url}`);
    response.writeHead(200).end();
  });
  closing.push(() => server.close());
  const { folder, env, write } = await scene();
  await write({ heartbeat: { url: `${server.origin}/a-beat-of-its-own` } });
  await runHere(['watch', '--cycles', '2'], { cwd: folder, env });
  expect(beats).toEqual(['GET /a-beat-of-its-own']);
});

describe('a configuration that is read again', () => {
  it('whose place for the page cannot be had: it stays where it was', async () => {
    const taken = await startServer(() => {});
    closing.push(() => taken.close());
    const { watch, write, service } = await scene();
    const watching = watch();
    const url = await watching.url();
    const { host } = new URL(url);
    await write({ listen: host });
    watching.child.kill('SIGHUP');
    await until('it was read again', () => watching.stderr().includes('was read again'));
    await write({ listen: `127.0.0.1:${taken.port}` });
    watching.child.kill('SIGHUP');
    await until('it tells', () => watching.stderr().includes('stays where it was'));
    const before = service.requests.length;
    await until('it still checks', () => service.requests.length > before + 6);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect((await watching.end()).code).toBe(143);
  });
});

it('a disk that cannot be written to is told of once, and alerts leave all the same', async () => {
  const { service, hook, watch, folder } = await scene();
  const watching = watch('-v');
  await until('the first check', () => watching.stderr().includes('consistent'));
  await rename(join(folder, '.jwtcheck'), join(folder, 'away'));
  service.hold(otherKey);
  await until('the alert', () => hook.received.length > 0);
  service.hold(key);
  await until('the end', () => hook.received.length > 1);
  await rename(join(folder, 'away'), join(folder, '.jwtcheck'));
  await until('both are well', () =>
    ['the state is saved again', 'the history is written again'].every((text) =>
      watching.stderr().includes(text),
    ),
  );
  await watching.end();
  expect(types(hook)).toEqual(['drift-detected', 'drift-resolved']);
  expect(watching.stderr()).toContain('a folder on its path is not there');
  expect(watching.stderr().match(/the state could not be saved/g)).toHaveLength(1);
  expect(watching.stderr().match(/history\.ndjson could not be written/g)).toHaveLength(1);
});

it.each([
  ['staging', 1],
  ['production', 0],
])(
  'an incident of %s that was open is repeated to Alertmanager when staging is watched: %i',
  async (environment, times) => {
    const asked: string[] = [];
    const alertmanager = await startServer(async (request, response) => {
      for await (const chunk of request) asked.push(String(chunk));
      response.writeHead(200).end();
    });
    closing.push(() => alertmanager.close());
    const { folder, env, write } = await scene();
    await write({ notify: [{ kind: 'alertmanager', url: alertmanager.origin }] });
    const open = aDriftEvent({ environment, incident: `${environment}/2026-01-31T12:00:00.000Z` });
    await mkdir(join(folder, '.jwtcheck'));
    await writeFile(
      join(folder, '.jwtcheck/state.json'),
      JSON.stringify({ schemaVersion: 1, environments: {}, unsent: [], open: [open] }),
    );
    const run = await runHere(['watch', '--cycles', '1', '--listen', 'none'], { cwd: folder, env });
    expect(run.code).toBe(0);
    expect(asked).toHaveLength(times);
    // Whoever watches that environment again goes on with it.
    const state = JSON.parse(await readFile(join(folder, '.jwtcheck/state.json'), 'utf8'));
    expect(state.open).toHaveLength(1);
  },
);

it('goes on and tells everybody else where standard output cannot be written', async (context) => {
  needs.linux(context);
  const { service, hook, folder, env } = await scene();
  const full = openSync('/dev/full', 'w');
  closing.push(async () => closeSync(full));
  service.hold(otherKey);
  const child = spawn(process.execPath, [bin, 'watch'], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', full, 'pipe'],
  });
  closing.push(async () => void child.kill('SIGKILL'));
  let said = '';
  child.stderr?.on('data', (text) => {
    said += String(text);
  });
  await until('it says so', () => said.includes('standard output cannot be written to'));
  service.hold(key);
  await until('the end of the drift', () => hook.received.length > 1);
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  expect(await ended).toEqual([143, null]);
  expect(types(hook)).toEqual(['drift-detected', 'drift-resolved']);
});

it('says that Alertmanager cannot be told that an incident is still open', async () => {
  const alertmanager = await startServer((_, response) => void response.writeHead(500).end());
  closing.push(() => alertmanager.close());
  const { folder, env, write } = await scene();
  await write({ notify: [{ kind: 'alertmanager', url: alertmanager.origin }] });
  await mkdir(join(folder, '.jwtcheck'));
  await writeFile(
    join(folder, '.jwtcheck/state.json'),
    JSON.stringify({ schemaVersion: 1, environments: {}, unsent: [], open: [aDriftEvent()] }),
  );
  const run = await runHere(['watch', '--cycles', '1', '--listen', 'none'], { cwd: folder, env });
  expect(run.code).toBe(0);
  expect(run.stderr).toMatch(/alertmanager could not be notified that staging.* is still open: .*HTTP 500/);
});

describe('what is wrong from the start', () => {
  it('a port that is in use', async () => {
    const taken = await startServer(() => {});
    closing.push(() => taken.close());
    const { folder, env } = await scene();
    const run = await runHere(['watch', '--listen', `127.0.0.1:${taken.port}`], { cwd: folder, env });
    expect(run.code).toBe(2);
    expect(run.stderr).toContain('in use');
    expect(run.stdout).toBe('');
  });

  it.each([
    [['--listen', 'nowhere'], '--listen takes'],
    [['--interval', 'often'], '--interval takes'],
    [['--cycles', '0'], '--cycles takes'],
    [['-f', 'junit'], 'pretty or ndjson'],
    [['--log-format', 'xml'], '--log-format takes text or json'],
    [['--consecutive', '2'], '--consecutive'],
    [['--wait', '2m'], '--wait'],
    [['--only', 'nobody'], '--only: unknown participant'],
    [['--expect', 'abc'], '--expect takes'],
  ])('%j', async (args, words) => {
    const { folder, env } = await scene();
    const run = await runHere(['watch', ...args], { cwd: folder, env });
    expect(run.code).toBe(2);
    expect(run.stderr).toContain(words);
  });

  it('a variable of a notifier that is not set', async () => {
    const { folder } = await scene();
    const run = await runHere(['watch'], { cwd: folder, env: { [variable]: key } });
    expect(run.code).toBe(2);
    expect(run.stderr).toContain('watch.notify');
    expect(run.stderr).toContain('HOOK_URL');
  });

  it('a state that is torn is set aside, and the watch goes on', async () => {
    const { folder, env } = await scene();
    const { writeFile: write, mkdir, readdir } = await import('node:fs/promises');
    await mkdir(join(folder, '.jwtcheck'));
    await write(join(folder, '.jwtcheck/state.json'), '{"schemaVersion":1,"envir');
    const run = await runHere(['watch', '--cycles', '1'], { cwd: folder, env });
    expect(run.code).toBe(0);
    expect(run.stderr).toContain('set aside');
    const files = await readdir(join(folder, '.jwtcheck'));
    expect(files.filter((name) => name.includes('set-aside'))).toHaveLength(1);
  });
});

it('no secret appears in what it prints, serves, remembers or tells', async () => {
  const unrelatedKey = 'another key, just as long as the first one';
  const { service, hook, watch, folder } = await scene({ failureThreshold: 1, successThreshold: 1 });
  service.hold(unrelatedKey);
  const watching = watch('-v');
  const url = await watching.url();
  await until('the alert', () => hook.received.length > 0);
  const paths = ['/', '/metrics', '/report.json', '/history.json', '/healthz', '/readyz'];
  const served = await Promise.all(
    paths.map(async (path) => [path, await (await fetch(url + path)).text()] as const),
  );
  service.hold(key);
  await until('the end', () => hook.received.length > 1);
  await watching.end();
  const texts = {
    ...Object.fromEntries(served),
    stdout: watching.stdout(),
    stderr: watching.stderr(),
    told: JSON.stringify(hook.received),
    state: await readFile(join(folder, '.jwtcheck/state.json'), 'utf8'),
    history: await readFile(join(folder, '.jwtcheck/history.ndjson'), 'utf8'),
  };
  const tokens = service.requests.flatMap(
    ({ headers }) => headers.authorization?.replace('Bearer ', '') ?? [],
  );
  expect(tokens.length).toBeGreaterThan(1);
  expectNoLeak(texts, [key, unrelatedKey, signingSecret, 'a-token-in-the-url', ...tokens]);
});

it('--test-notify sends a test, and nothing else', async () => {
  const { hook, service, folder, env } = await scene();
  const run = await runHere(['watch', '--test-notify'], { cwd: folder, env });
  expect(run.code).toBe(0);
  expect(run.stdout).toContain('webhook');
  expect(hook.received.map(({ environment }) => environment)).toEqual(['jwtcheck-test', 'jwtcheck-test']);
  expect(service.requests).toHaveLength(0);
});
