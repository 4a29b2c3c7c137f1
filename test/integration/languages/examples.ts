import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { startServer } from '../../support/http-server.js';
import { program } from '../support/requirements.js';

/** How an example service of `integrations/` is started. */
export interface Example {
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
}

/** A running example. */
export interface RunningExample {
  readonly origin: string;
  /** Everything that it wrote so far. */
  said(): string;
  close(): Promise<void>;
}

export const fingerprintToken = 'a-token-that-is-long-enough';
export const mintToken = 'a-token-for-those-who-may-mint';

const integrations = resolve(import.meta.dirname, '../../../integrations');

function python(kit: 'python-fastapi' | 'python-flask', debianPackages: string): Example {
  return {
    command: [program('python3', debianPackages, '/usr/bin'), join(integrations, kit, 'example.py')],
    env: { PYTHONPATH: join(integrations, 'python'), PYTHONDONTWRITEBYTECODE: '1' },
  };
}

/** With golang-jwt of Debian, which is v4: the example uses nothing that differs in v5. */
function go(scratch: string): Example {
  const folder = join(scratch, 'go');
  mkdirSync(join(folder, 'jwtcheck'), { recursive: true });
  for (const name of ['jwtcheck.go', 'keys.go'])
    cpSync(join(integrations, 'go', name), join(folder, 'jwtcheck', name));
  const source = readFileSync(join(integrations, 'go/example/main.go'), 'utf8');
  writeFileSync(join(folder, 'main.go'), source.replaceAll('golang-jwt/jwt/v5', 'golang-jwt/jwt/v4'));
  const module = 'github.com/golang-jwt/jwt/v4';
  writeFileSync(
    join(folder, 'go.mod'),
    `module example\n\ngo 1.18\n\nrequire ${module} v4.4.3\n\nreplace ${module} => /usr/share/gocode/src/github.com/golang-jwt/jwt\n`,
  );
  const env = { ...process.env, GOPROXY: 'off', GOFLAGS: '-mod=mod' };
  const compiler = program('go', 'golang-go golang-github-golang-jwt-jwt-dev');
  execFileSync(compiler, ['build', '-o', 'example', '.'], { cwd: folder, env, stdio: 'pipe' });
  return { command: [join(folder, 'example')], env: {} };
}

function java(scratch: string): Example {
  const classes = join(scratch, 'java');
  const sources = ['JwtFingerprint', 'KeyRing', 'Example'].map((name) =>
    join(integrations, `java/${name}.java`),
  );
  execFileSync(
    program('javac', 'default-jdk-headless'),
    ['-Xlint:all', '-Werror', '-d', classes, ...sources],
    { stdio: 'pipe' },
  );
  return {
    command: [program('java', 'default-jdk-headless'), '-Xshare:auto', '-cp', classes, 'Example'],
    env: {},
  };
}

/** Builds all examples, by the name of the participant. */
export function buildExamples(scratch: string): Readonly<Record<string, Example>> {
  return {
    fastapi: python('python-fastapi', 'python3 python3-fastapi python3-uvicorn python3-jwt'),
    flask: python('python-flask', 'python3 python3-flask python3-jwt'),
    go: go(scratch),
    java: java(scratch),
  };
}

/**
 * Starts an example on a free port, as on a machine of Google whose service account is `name`.
 * @throws Error with what it wrote, if it ends before it listens
 */
export async function startExample(
  name: string,
  { command, env }: Example,
  settings: Readonly<Record<string, string>>,
): Promise<RunningExample> {
  const metadata = await startServer(({ headers, url }, response) => {
    const isAllowed =
      headers['metadata-flavor'] === 'Google' &&
      url === '/computeMetadata/v1/instance/service-accounts/default/token';
    response.writeHead(isAllowed ? 200 : 403, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ access_token: name, expires_in: 3599, token_type: 'Bearer' }));
  });
  const [file, ...args] = command;
  const child = spawn(file, args, {
    env: {
      PATH: process.env.PATH,
      ...env,
      PORT: '0',
      GCE_METADATA_HOST: new URL(metadata.origin).host,
      FINGERPRINT_TOKEN: fingerprintToken,
      MINT_TOKEN: mintToken,
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close');
  let said = '';
  const origin = new Promise<string>((found) => {
    for (const output of [child.stdout, child.stderr])
      output.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        const [place] = /http:\/\/127\.0\.0\.1:\d+/.exec(said) ?? [];
        if (place !== undefined) found(place);
      });
  });
  const close = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
    await metadata.close();
  };
  const place = await Promise.race([origin, ended.then(() => null)]);
  if (place === null) {
    await close();
    throw new Error(`${name} does not start: ${said}`);
  }
  return { origin: place, said: () => said, close };
}
