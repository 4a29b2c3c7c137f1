import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningVerifier, StartVerifier, VerifierSettings } from '../../field/verifiers/verifier.js';
import { program } from '../support/requirements.js';

const servers = join(import.meta.dirname, 'servers');

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** Starts a program that listens on `PORT`, and waits until it does. */
async function started(
  command: readonly [string, ...string[]],
  settings: VerifierSettings,
  port: number,
  ended: () => unknown = () => {},
): Promise<RunningVerifier> {
  const [name, ...args] = command;
  const { key, algorithm, issuer, audience } = settings;
  const child: ChildProcess = spawn(name, args, {
    env: {
      PATH: process.env.PATH,
      HOME: tmpdir(),
      KEY: key,
      ALG: algorithm,
      ISS: issuer,
      AUD: audience,
      PORT: String(port),
      PYTHONDONTWRITEBYTECODE: '1',
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const close = once(child, 'close');
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error(`${name} ended: ${said}`);
    await sleep(50);
  }
  return {
    host: `127.0.0.1:${port}`,
    async close() {
      child.kill('SIGKILL');
      await close;
      await ended();
    },
  };
}

const python =
  (file: string, packages: string): StartVerifier =>
  async (settings) => {
    const command = program('python3', packages, '/usr/bin');
    return started([command, join(servers, file)], settings, await freePort());
  };

let goServer: string | null = null;
const scratch = mkdtempSync(join(tmpdir(), 'jwtcheck-verifiers-'));
process.once('exit', () => rmSync(scratch, { recursive: true, force: true }));

const golang: StartVerifier = async (settings) => {
  if (goServer === null) {
    goServer = join(scratch, 'server');
    // Debian's packages are found below GOPATH, without modules and without a network.
    const env = {
      ...process.env,
      GO111MODULE: 'off',
      GOPATH: '/usr/share/gocode',
    };
    execFileSync(program('go', 'golang-go'), ['build', '-o', goServer, join(servers, 'server.go')], {
      env,
      stdio: 'pipe',
    });
  }
  return started([goServer], settings, await freePort());
};

const ruby: StartVerifier = async (settings) => {
  const port = await freePort();
  const puma = program('puma', 'puma ruby-jwt');
  return started([puma, '-q', '-b', `tcp://127.0.0.1:${port}`, join(servers, 'server.ru')], settings, port);
};

const haproxy: StartVerifier = async (settings) =>
  started([program('haproxy', 'haproxy'), '-f', join(servers, 'haproxy.cfg')], settings, await freePort());

const nginx: StartVerifier = async (settings) => {
  const service = await fastapi(settings);
  const port = await freePort();
  const folder = mkdtempSync(join(scratch, 'nginx-'));
  const conf = readFileSync(join(servers, 'nginx.conf'), 'utf8')
    .replaceAll('SCRATCH', folder)
    .replaceAll('PORT', String(port))
    .replaceAll('FASTAPI', service.host);
  const path = join(folder, 'nginx.conf');
  writeFileSync(path, conf);
  return started([program('nginx', 'nginx-core'), '-p', folder, '-c', path], settings, port, () =>
    service.close(),
  );
};

const fastapi = python('fastapi_server.py', 'python3-fastapi python3-uvicorn python3-jwt');

/** By the name of the block in docs/probes.md. */
export const debianVerifiers: Readonly<Record<string, StartVerifier>> = {
  fastapi,
  'flask-jwt-extended': python('flask_server.py', 'python3-python-flask-jwt-extended'),
  'django-simplejwt': python('django_server.py', 'python3-djangorestframework-simplejwt'),
  'golang-jwt': golang,
  'ruby-jwt': ruby,
  haproxy,
  'nginx-auth-request': nginx,
};
