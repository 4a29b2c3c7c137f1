import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { program } from '../support/requirements.js';

/** A running server in another language. */
export interface Started {
  /** Such as `http://127.0.0.1:1234`; the endpoint of the first service is at `/0`. */
  readonly origin: string;
  /** From now on the first of these keys signs, and all of them verify. */
  hold(...keys: readonly (string | Buffer)[]): void;
  stop(): Promise<void>;
}

export interface Arrangement {
  readonly services: readonly string[];
  readonly keys: readonly (string | Buffer)[];
  readonly token: string;
  readonly instance?: string;
  readonly reveal?: 'fingerprint' | 'proof';
}

const here = import.meta.dirname;
const integrations = resolve(here, '../../../integrations');
const servers = join(here, 'servers');

/** Debian's Python, which is the one that has Debian's packages. */
function python(server: string, folder: string, debianPackages: string) {
  const command = program('python3', debianPackages, '/usr/bin');
  const module = server === 'fastapi_server.py' ? 'fastapi, uvicorn' : 'flask';
  try {
    execFileSync(command, ['-c', `import ${module}`], { stdio: 'ignore' });
  } catch {
    throw new Error(
      `${module} is not on this machine. Install it: apt-get install --no-install-recommends ${debianPackages}`,
    );
  }
  const env = { INTEGRATION: join(integrations, folder), PYTHONDONTWRITEBYTECODE: '1' };
  return { command: [command, join(servers, server)], env };
}

function go(scratch: string) {
  const compiler = program('go', 'golang-go');
  mkdirSync(join(scratch, 'jwtcheck'));
  cpSync(join(integrations, 'go/jwtcheck.go'), join(scratch, 'jwtcheck/jwtcheck.go'));
  cpSync(join(servers, 'server.go'), join(scratch, 'main.go'));
  writeFileSync(join(scratch, 'go.mod'), 'module example\n\ngo 1.18\n');
  const env = { ...process.env, GOPROXY: 'off', GOFLAGS: '-mod=mod' };
  execFileSync(compiler, ['vet', './...'], { cwd: scratch, env, stdio: 'pipe' });
  execFileSync(compiler, ['build', '-o', 'server', '.'], { cwd: scratch, env, stdio: 'pipe' });
  return { command: [join(scratch, 'server')], env: {} };
}

function java(scratch: string) {
  const compiler = program('javac', 'default-jdk-headless');
  const sources = [join(integrations, 'java/JwtFingerprint.java'), join(servers, 'Server.java')];
  execFileSync(compiler, ['-Xlint:all', '-Werror', '-d', scratch, ...sources], { stdio: 'pipe' });
  return {
    command: [program('java', 'default-jdk-headless'), '-Xshare:auto', '-cp', scratch, 'Server'],
    env: {},
  };
}

/** By language: builds it in a scratch folder, and says how it is started. */
export const languages = {
  'Python with FastAPI': () =>
    python('fastapi_server.py', 'python-fastapi', 'python3 python3-fastapi python3-uvicorn'),
  'Python with Flask': () => python('flask_server.py', 'python-flask', 'python3 python3-flask'),
  Go: go,
  Java: java,
} as const satisfies Record<string, (scratch: string) => Built>;

export interface Built {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** A folder that is gone at the end of the process at the latest. */
export function scratchFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'jwtcheck-language-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

const lines = (keys: readonly (string | Buffer)[]): string =>
  keys.map((key) => Buffer.from(key).toString('base64url')).join('\n');

/**
 * Starts a server and waits until it listens.
 * @throws Error with what it wrote to standard error, where it ends before that
 */
export async function start(built: Built, arrangement: Arrangement): Promise<Started> {
  const scratch = scratchFolder();
  const file = join(scratch.path, 'keys');
  writeFileSync(file, lines(arrangement.keys));
  const [command = '', ...args] = built.command;
  const child = spawn(command, args, {
    env: {
      PATH: process.env.PATH,
      ...built.env,
      KEYS: file,
      SERVICES: arrangement.services.map((name) => Buffer.from(name).toString('base64url')).join(','),
      TOKEN: arrangement.token,
      INSTANCE: arrangement.instance ?? 'one',
      REVEAL: arrangement.reveal ?? 'fingerprint',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const ended = once(child, 'close');
  const port = await Promise.race([
    once(createInterface(child.stdout), 'line').then(([line]) => Number(line)),
    ended.then(() => null),
  ]);
  if (port === null) {
    scratch.remove();
    throw new Error(`it does not start: ${said}`);
  }
  return {
    origin: `http://127.0.0.1:${port}`,
    hold: (...keys) => writeFileSync(file, lines(keys)),
    async stop() {
      child.kill('SIGKILL');
      await ended;
      scratch.remove();
    },
  };
}
