import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { byTurns, report, run, serve } from './measure.js';

const services = 1000;

/** 1,000 services: a fingerprint, a genuine and a forged token each; curl makes the same 3,000 requests. */
export async function fleet(folder) {
  await compare(folder, 0, 64, 4);
  await compare(folder, 50, 256, 1.5);
}

async function compare(folder, latency, concurrency, limit) {
  const secret = randomBytes(36).toString('base64');
  const env = { JWT_SECRET: secret };
  const server = await serve(['bench/fleet-server.js', String(services), String(latency)], env);
  try {
    const ports = JSON.parse(server.line);
    const config = join(folder, 'fleet.json');
    const requests = join(folder, 'fleet.curl');
    await writeFile(config, JSON.stringify(configOf(ports)));
    await writeFile(requests, curlOf(ports, secret));
    const ours = async () => {
      const args = [
        'bin/jwtcheck.js',
        '-c',
        config,
        '--concurrency',
        String(concurrency),
        '--deadline',
        '60s',
        '-q',
      ];
      const done = await run(process.execPath, args, { env: { ...process.env, ...env } });
      if (done.code !== 0) throw new Error(`jwtcheck exited ${done.code}: ${done.stdout}${done.stderr}`);
      return done.ms;
    };
    const theirs = async () => {
      const args = ['--silent', '--parallel', '--parallel-max', String(concurrency), '--config', requests];
      return (await run('curl', args)).ms;
    };
    const result = await byTurns(9, ours, theirs);
    report(`3,000 requests, ${latency} ms latency, ${concurrency} at once; curl --parallel`, result, limit);
  } finally {
    await server.end();
  }
}

function configOf(ports) {
  const participants = { tests: { source: { kind: 'env', names: ['JWT_SECRET'] } } };
  for (const port of ports) {
    participants[`service-${port}`] = {
      source: { kind: 'http', url: `http://127.0.0.1:${port}/fingerprint` },
      probes: [{ kind: 'http', url: `http://127.0.0.1:${port}/me` }],
    };
  }
  return { controls: ['forged'], environments: { fleet: { reference: 'tests', participants } } };
}

function curlOf(ports, secret) {
  const entries = ports.flatMap((port) => [
    `url = "http://127.0.0.1:${port}/fingerprint"\noutput = "/dev/null"`,
    ...[secret, randomBytes(32)].map(
      (key) =>
        `url = "http://127.0.0.1:${port}/me"\noutput = "/dev/null"\nheader = "Authorization: Bearer ${token(key)}"`,
    ),
  ]);
  return entries.join('\nnext\nsilent\n');
}

function token(key) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const iat = Math.floor(Date.now() / 1000);
  const text = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub: 'bench', jti: randomUUID(), iat, exp: iat + 600 })}`;
  return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`;
}
