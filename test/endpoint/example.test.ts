import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { startSecretManager } from '../../src/demo/secret-manager.js';
import { fingerprint } from '../support/service.js';

const page = readFileSync(new URL('../../docs/endpoint.md', import.meta.url), 'utf8');
const id = { project: 'example-staging', secret: 'jwt-secret-staging' };
const token = 'a-token-that-is-long-enough';

/** The program as it is printed, with another address of Secret Manager and a shorter interval. */
function program(port: number): string {
  const [, text = ''] = /```js\n(\/\/ service\.mjs\n[\s\S]*?)```/.exec(page) ?? [];
  const client = `new SecretManagerServiceClient({ fallback: true, protocol: 'http', apiEndpoint: '127.0.0.1',
    port: ${port}, projectId: 'unused', authClient: new PassThroughClient() })`;
  const changed = text
    .replace('new SecretManagerServiceClient()', client)
    .replace("refresh: '30s'", "refresh: '40ms'");
  return `import { PassThroughClient } from 'google-auth-library';\n${changed}`;
}

it('docs/endpoint.md shows a service that follows aliases through a rotation', async () => {
  const manager = await startSecretManager();
  const [first, second] = ['1'.repeat(64), '2'.repeat(64)];
  for (const key of [first, second]) manager.store.add(id, key);
  manager.store.alias(id, 'current', '1');
  const service = spawn(process.execPath, ['--input-type=module', '-e', program(manager.port)], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    env: { PORT: '0', FINGERPRINT_TOKEN: token, PATH: process.env.PATH },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [line] = await once(service.stdout, 'data');
    const url = `http://127.0.0.1:${/port (\d+)/.exec(String(line))?.[1]}`;
    const login = async (): Promise<string> => (await fetch(`${url}/login`)).text();
    const statusOf = async (jwt: string): Promise<number> =>
      (await fetch(`${url}/me`, { headers: { authorization: `Bearer ${jwt}` } })).status;
    const accepts = async (): Promise<unknown> => {
      const headers = { authorization: `Bearer ${token}` };
      const shown = await (await fetch(`${url}/internal/jwt-fingerprint`, { headers })).text();
      return JSON.parse(shown).accepts;
    };
    const shows = (...keys: string[]) => expect.poll(accepts).toEqual(keys.map((key) => fingerprint(key)));

    await shows(first);
    const old = await login();
    manager.store.alias(id, 'next', '2');
    manager.store.alias(id, 'previous', '1');
    await shows(first, second);
    manager.store.alias(id, 'current', '2');
    await shows(second, first);
    const current = await login();
    expect([await statusOf(old), await statusOf(current)]).toEqual([200, 200]);
    manager.store.update(id, { versionAliases: new Map([['current', 2]]) }, null);
    await shows(second);
    expect([await statusOf(old), await statusOf(current), await statusOf('')]).toEqual([401, 200, 401]);
  } finally {
    service.kill();
    await manager.close();
  }
});
