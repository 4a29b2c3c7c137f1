import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SecretManager, startSecretManager } from '../../src/demo/secret-manager.js';
import { formatNames } from '../../src/report/format-names.js';
import { runHere } from '../support/here.js';
import { startServer, type TestServer } from '../support/http-server.js';
import { complaintAbout } from '../support/jwt-verifier.js';
import { expectNoLeak } from '../support/leaks.js';
import { workspace } from '../support/workspace.js';

const folder = workspace();
const id = { project: 'example-staging', secret: 'jwt-secret' };
const old = 'Vz7wQ0pXv4LbN9sTd2RkY6mHc1FgJ8uE';
const fresh = 'q3Jx5ZtB8nCy0MfW7oKa2LvPe9RhUi4D';

let manager: SecretManager;
/** Accepts both keys, and repeats the old one, whatever it is asked. */
let server: TestServer;
let cwd: string;

const tokenOf = (header: string | undefined): string => /^Bearer (.+)$/.exec(header ?? '')?.[1] ?? '';

beforeAll(async () => {
  manager = await startSecretManager();
  for (const key of [old, fresh]) manager.store.add(id, key);
  server = await startServer(({ headers }, response) => {
    const token = tokenOf(headers.authorization);
    const complaint = complaintAbout(token, { keys: [fresh, old], now: Date.now() });
    response
      .writeHead(complaint === null ? 200 : 401, { 'content-type': 'application/json' })
      .end(JSON.stringify({ error: complaint ?? undefined, key: old, token }));
  });
  const sm = { source: { kind: 'google-secret-manager', ...id, endpoint: manager.url } };
  const api = { probes: [{ kind: 'http', name: 'me', url: `${server.origin}/me` }] };
  const environments = {
    staging: { reference: 'sm', participants: { sm, api } },
    local: {
      reference: 'env',
      participants: { env: { source: { kind: 'env', names: ['JWT_SECRET'] } }, api },
    },
    loose: { participants: { sm, api } },
  };
  cwd = await folder({
    '.jwtcheckrc.json': { environments },
    'named.json': { controls: ['missing', 'retired:1'], environments },
  });
});
afterAll(async () => {
  await manager.close();
  await server.close();
});

const run = (...args: string[]) => runHere(args, { cwd, env: { JWT_SECRET: fresh } });

describe('--controls retired', () => {
  it('presents tokens of the previous key, and reports one that is accepted', async () => {
    const { code, stdout } = await run('-e', 'staging', '--controls', 'retired');
    expect(code).toBe(1);
    expect(stdout).toContain('staging: api accepts retired-key tokens');
    expect(stdout).toMatch(/accepts-retired-key/);
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      'api accepts tokens of version 1, which version 2 replaced',
    );
  });

  it('takes the version from the configuration, too', async () => {
    const { code, stdout } = await run('-c', 'named.json', '-e', 'staging', '-f', 'json');
    expect(code).toBe(1);
    const { attempts }: { attempts: { token: string; version?: string; backdated?: boolean }[] } =
      JSON.parse(stdout);
    expect(attempts.map(({ token, version, backdated }) => [token, version, backdated])).toEqual([
      ['genuine', undefined, undefined],
      ['forged', undefined, undefined],
      ['missing', undefined, undefined],
      ['retired', '1', false],
      ['retired', '1', true],
    ]);
  });

  it.each([
    [['-e', 'local'], /env is read from env, which keeps none/],
    [['-e', 'loose'], /the environment has no reference/],
    [['-e', 'staging', '--skip', 'sm'], /--skip excludes sm/],
    [['-e', 'staging', '--expect', '0123456789abcdef'], /--expect replaces the reference/],
  ])('%j is a usage error', async (args, message) => {
    const before = server.requests.length;
    const { code, stdout, stderr } = await run(...args, '--controls', 'retired');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).toContain('--controls forged,missing');
    expect(server.requests).toHaveLength(before);
  });

  it('is listed by a dry run, which reads nothing', async () => {
    const before = { api: server.requests.length, manager: manager.requests.length };
    const args = ['-e', 'staging', '--dry-run', '--controls'];
    const { code, stdout } = await run(...args, 'retired');
    expect(code).toBe(0);
    expect(stdout).toContain(
      'for the control retired: lists the versions, and reads the newest enabled version before it',
    );
    expect(stdout).toContain('3 invalid tokens: forged and retired (backdated, too)');
    expect((await run(...args, 'retired:1')).stdout).toContain('and reads version 1');
    expect((await run(...args, 'all')).stdout).not.toContain('retired');
    expect({ api: server.requests.length, manager: manager.requests.length }).toEqual(before);
  });

  it('shows neither the key nor a token of it, in any format', async () => {
    const before = server.requests.length;
    const files = formatNames.flatMap((name) => ['-f', `${name}:out.${name}`]);
    const runs = [
      await run('-e', 'staging', '--controls', 'retired', '-v', ...files),
      await run('-e', 'staging', '--controls', 'retired', '-v'),
    ];
    const texts: Record<string, string> = {};
    for (const [index, { stdout, stderr }] of runs.entries()) texts[`run ${index}`] = stdout + stderr;
    for (const name of formatNames) texts[name] = await readFile(join(cwd, `out.${name}`), 'utf8');
    const heard = server.requests.slice(before).map(({ headers }) => tokenOf(headers.authorization));
    const ofOld = heard.filter((token) => complaintAbout(token, { keys: [old], now: Date.now() }) === null);
    expect(ofOld.length).toBeGreaterThanOrEqual(4);
    expectNoLeak(texts, [old, fresh, ...heard], [old, fresh]);
  });
});
