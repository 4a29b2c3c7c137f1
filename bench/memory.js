import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run, serve } from './measure.js';

const participants = 10_000;
const limitMb = 250;

/**
 * 10,000 participants, each with a fingerprint, a genuine and a forged token: how much memory the check takes, with a
 * report and with observations, and how much the judge of these.
 */
export async function memory(folder) {
  const env = { ...process.env, JWT_SECRET: randomBytes(36).toString('base64') };
  const server = await serve(['bench/fleet-server.js', '100', '0'], env);
  try {
    const ports = JSON.parse(server.line);
    const config = join(folder, 'memory.json');
    const part = join(folder, 'part.json');
    await writeFile(config, JSON.stringify(configOf(ports)));
    const check = ['-c', config, '--concurrency', '64', '--deadline', '5m', '-f'];
    await measured('check', [...check, 'json'], env);
    await measured('check, as observations', [...check, `observations:${part}`], env);
    await measured('judge', ['judge', part, '-f', 'json'], env);
  } finally {
    await server.end();
  }
}

async function measured(what, args, env) {
  const done = await run(process.execPath, ['bench/peak-memory.js', ...args], { env });
  if (done.code !== 0) throw new Error(`jwtcheck exited ${done.code}: ${done.stdout}${done.stderr}`);
  const peak = Number(done.stderr.trim().split(' ').at(-1)) / 1024;
  const within = peak < limitMb ? `under ${limitMb}` : `OVER ${limitMb}`;
  console.log(
    `${participants} participants (consistent), ${what}: ${peak.toFixed(0)} MB resident at most, ${within}; ${done.ms.toFixed(0)} ms`,
  );
  if (peak >= limitMb) process.exitCode = 1;
}

function configOf(ports) {
  const fleet = { tests: { source: { kind: 'env', names: ['JWT_SECRET'] } } };
  for (let i = 0; i < participants - 1; i++) {
    const base = `http://127.0.0.1:${ports[i % ports.length]}/${i}`;
    fleet[`service-${i}`] = {
      source: { kind: 'http', url: `${base}/fingerprint` },
      probes: [{ kind: 'http', url: `${base}/me` }],
    };
  }
  return { controls: ['forged'], environments: { fleet: { reference: 'tests', participants: fleet } } };
}
