import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { byTurns, report, run } from './measure.js';

/** The four participants of the demo, beside a shell script that does the same with gcloud, curl and openssl, but for the WebSocket. */
export async function byHand() {
  if ((await run('sh', ['-c', 'command -v gcloud'])).code !== 0) {
    console.log('the demo, by hand: left out, for gcloud is not installed');
    return;
  }
  const demo = await startDemo();
  try {
    const { config, env } = demo;
    const { participants } = config.environments.staging;
    const origin = (participant) => new URL(participant.source.url).origin;
    const scriptEnv = {
      ...env,
      SM: participants.secret_manager.source.endpoint,
      AUTH: origin(participants.auth_service),
      BACKEND: origin(participants.backend_service),
      ISSUER: config.token.issuer,
      AUDIENCE: config.token.audience,
      SERVICE_ID: participants.auth_service.probes[0].headers['x-service-id'],
    };
    const finished = async (command, args, environment) => {
      const done = await run(command, args, { env: { ...process.env, ...environment } });
      if (done.code !== 0) throw new Error(`${command} exited ${done.code}: ${done.stdout}${done.stderr}`);
      return done.ms;
    };
    const result = await byTurns(
      9,
      () => finished(process.execPath, ['bin/jwtcheck.js', '--allow-emulator', '-c', demo.path, '-q'], env),
      () => finished('bench/by-hand.sh', [], scriptEnv),
    );
    report('the demo, checked; gcloud, curl and openssl by hand', result, 0.5);
  } finally {
    await demo.end();
  }
}

async function startDemo() {
  const child = spawn(process.execPath, ['bin/jwtcheck.js', 'demo', '--keep'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let written = '';
  const found = new Promise((resolve) => {
    const look = (chunk) => {
      written += chunk;
      const match = /\. (\S+env); set \+a; node \S+ check .*-c ([^\s)]+)/.exec(written);
      if (match) resolve({ envFile: match[1], path: match[2] });
    };
    child.stdout.on('data', look);
    child.stderr.on('data', look);
  });
  const { envFile, path } = await found;
  const lines = (await readFile(envFile, 'utf8')).split('\n').filter((line) => /^\w+=/.test(line));
  const env = Object.fromEntries(
    lines.map((line) => {
      const [, name, value] = /^(\w+)='?(.*?)'?$/.exec(line);
      return [name, value];
    }),
  );
  return {
    path,
    env,
    config: JSON.parse(await readFile(path, 'utf8')),
    async end() {
      child.kill('SIGINT');
      await once(child, 'exit');
    },
  };
}
