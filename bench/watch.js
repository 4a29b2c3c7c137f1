import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { median, report, serve } from './measure.js';

const participants = 1000;

/** `jwtcheck watch` over 1,000 participants: what it costs, whether it grows, how soon it tells. */
export async function watch(folder) {
  const env = { ...process.env, JWT_SECRET: randomBytes(36).toString('base64') };
  const server = await serve(['bench/fleet-server.js', '4', '0'], env);
  const fleet = { ports: JSON.parse(server.line), env, folder };
  try {
    await cost(fleet);
    await delay(fleet);
    await growth(fleet);
  } finally {
    await server.end();
  }
}

/** The share of one core, over three intervals of ten seconds. */
async function cost(fleet) {
  const monitor = await start(fleet, 'cost', { interval: '10s' });
  await monitor.cycles(1);
  await sleep(5000);
  const [from, began] = [await cpuMs(monitor.pid), performance.now()];
  await sleep(30_000);
  const [used, passed] = [(await cpuMs(monitor.pid)) - from, performance.now() - began];
  await monitor.end();
  report('watching 1,000 participants every 10 s, CPU; of one core', { ours: used, theirs: passed }, 0.25);
}

/** From a service that changes its key to the alert, beside an interval for every bad check that it takes. */
async function delay(fleet) {
  const [interval, failureThreshold] = [2000, 2];
  const inbox = createServer((request, response) => {
    request.resume().once('end', () => response.end());
    inbox.emit('alert');
  }).listen(0, '127.0.0.1');
  await once(inbox, 'listening');
  const url = `http://127.0.0.1:${inbox.address().port}/`;
  const notify = [{ kind: 'webhook', url }];
  const settings = { interval: `${interval}ms`, failureThreshold, successThreshold: 1, notify };
  const monitor = await start(fleet, 'delay', settings);
  const times = [];
  for (let n = 0; n < 5; n++) {
    await monitor.cycles(1);
    // Somewhere within an interval, as in life.
    await sleep(Math.random() * interval);
    const changed = performance.now();
    await show(fleet, '00000000');
    await once(inbox, 'alert');
    times.push(performance.now() - changed);
    await show(fleet, '');
    await once(inbox, 'alert');
  }
  await monitor.end();
  inbox.close();
  const limit = interval * failureThreshold + 1000;
  report(
    'from a changed secret to the alert, the slowest of 5; the limit',
    { ours: Math.max(...times), theirs: limit },
    1,
  );
}

/** Resident memory around the 1,000th check, beside that around the 50th. */
async function growth(fleet) {
  const monitor = await start(fleet, 'growth', { interval: '100ms' });
  await monitor.cycles(50);
  const early = await memoryOver(monitor, 50);
  await monitor.cycles(850);
  const late = await memoryOver(monitor, 50);
  await monitor.end();
  report('resident memory, 1,000th check; 50th check', { ours: late, theirs: early }, 1.05, 'MB');
}

async function memoryOver(monitor, cycles) {
  const sizes = [];
  for (let n = 0; n < cycles; n++) {
    await monitor.cycles(1);
    const status = await readFile(`/proc/${monitor.pid}/status`, 'utf8');
    sizes.push(Number(/VmRSS:\s+(\d+)/.exec(status)[1]) / 1024);
  }
  return median(sizes);
}

async function start({ ports, env, folder }, name, settings) {
  const fleet = { tests: { source: { kind: 'env', names: ['JWT_SECRET'] } } };
  for (let i = 0; i < participants - 1; i++) {
    const url = `http://127.0.0.1:${ports[i % ports.length]}/${i}/fingerprint`;
    fleet[`service-${i}`] = { source: { kind: 'http', url } };
  }
  const config = join(folder, `${name}.json`);
  const files = { state: `${name}-state.json`, history: `${name}-history.ndjson` };
  await writeFile(
    config,
    JSON.stringify({
      watch: { jitter: '0s', listen: '127.0.0.1:0', ...files, ...settings },
      environments: { fleet: { reference: 'tests', participants: fleet } },
    }),
  );
  const child = spawn(process.execPath, ['bin/jwtcheck.js', 'watch', '-v', '-c', config], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env,
  });
  // With `-v` there is a line about every check.
  let checks = 0;
  const lines = createInterface({ input: child.stderr });
  lines.on('line', (line) => {
    if (/\b(consistent|inconsistent|inconclusive)\b/i.test(line)) checks += 1;
  });
  child.once('exit', (code) => {
    if (code !== 143) throw new Error(`jwtcheck watch ended with ${code}`);
  });
  return {
    pid: child.pid,
    /** Resolves after this many further checks. */
    async cycles(count) {
      for (const until = checks + count; checks < until; ) await once(lines, 'line');
    },
    async end() {
      child.kill();
      await once(child, 'exit');
    },
  };
}

/** What one of the services shows from now on; nothing: the truth. */
async function show({ ports }, fingerprint) {
  const url = `http://127.0.0.1:${ports[0]}/0/fingerprint`;
  await fetch(url, { method: 'PUT', body: fingerprint });
}

/** User and system time of a process, in milliseconds: fields 14 and 15 of proc_pid_stat(5), in ticks of 10 ms. */
async function cpuMs(pid) {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13);
  return (Number(user) + Number(system)) * 10;
}
