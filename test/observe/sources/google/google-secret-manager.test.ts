import { getEventListeners } from 'node:events';
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type SecretManager, startSecretManager } from '../../../../src/demo/secret-manager.js';
import { googleSecretManager } from '../../../../src/observe/sources/google/google-secret-manager.js';
import { Secret } from '../../../../src/secret/secret.js';
import { type GrpcSecretManager, startGrpcSecretManager } from '../../../support/secret-manager-grpc.js';
import { googleWorld, sourceOf, type TestWorld } from '../google-world.js';

const id = { project: 'netra-staging', secret: 'jwt-secret-staging' };

let manager: SecretManager;
let grpcManager: GrpcSecretManager;
let context: TestWorld;

beforeEach(async () => {
  manager = await startSecretManager();
  grpcManager = await startGrpcSecretManager();
  context = googleWorld();
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await context.end();
  await manager.close();
  grpcManager.close();
});

/** The same behaviour is expected of both transports. */
const transports = ['rest', 'grpc'] as const;

const server = (transport: 'rest' | 'grpc') =>
  transport === 'rest'
    ? { store: manager.store, endpoint: manager.url }
    : { store: grpcManager.store, endpoint: grpcManager.endpoint };

type Extra = Partial<Parameters<typeof sourceOf>[0]>;

const read = (transport: 'rest' | 'grpc', extra: Extra = {}, within: TestWorld = context) =>
  googleSecretManager.read(
    sourceOf({ ...id, transport, endpoint: server(transport).endpoint, ...extra }),
    within,
  );

/** What came of a read, with the secret's bytes replaced by whether they are the expected ones. */
async function error(...args: Parameters<typeof read>) {
  const result = await read(...args);
  if (result.is !== 'error') throw new Error(`unexpectedly ${result.is}`);
  return result.error;
}

async function held(...args: Parameters<typeof read>) {
  const result = await read(...args);
  if (result.is !== 'secret') throw new Error(JSON.stringify(result));
  return result;
}

describe.each(transports)('over %s', (transport) => {
  it('yields the exact bytes and the number of the latest version', async () => {
    const { store } = server(transport);
    store.add(id, 'old');
    store.add(id, Buffer.from([0, 255, 10, 13]));
    const { secret, version } = await held(transport);
    expect(secret.equals(new Secret(Buffer.from([0, 255, 10, 13])))).toBe(true);
    expect(version).toBe('2');
  });

  it('yields a version by number and by alias, with its number', async () => {
    const { store } = server(transport);
    store.add(id, 'one');
    store.add(id, 'two');
    store.alias(id, 'live', '1');
    expect((await held(transport, { version: '1' })).secret.equals(new Secret('one'))).toBe(true);
    expect((await held(transport, { version: 2 })).version).toBe('2');
    expect((await held(transport, { version: 'live' })).version).toBe('1');
  });

  it('yields a regional secret', async () => {
    server(transport).store.add({ ...id, location: 'europe-west1' }, 'regional');
    const { secret } = await held(transport, { location: 'europe-west1' });
    expect(secret.equals(new Secret('regional'))).toBe(true);
  });

  it('yields an empty secret', async () => {
    server(transport).store.add(id, '');
    expect((await held(transport)).secret.byteLength).toBe(0);
  });

  it('finds a payload that does not fit its checksum', async () => {
    const { store } = server(transport);
    store.add(id, 'payload');
    store.corrupt(id, '1');
    expect(await error(transport)).toMatchObject({
      code: 'checksum',
      message: expect.stringContaining('version 1'),
    });
  });

  it('says permission denied or not existing alike, with the role that is needed', async () => {
    server(transport).store.add(id, 'x');
    server(transport).store.deny('secretmanager.versions.access');
    const denied = await error(transport);
    expect(denied.code).toBe('permission-denied');
    expect(denied.message).toContain('denied, or the secret does not exist');
    expect(denied.hint).toContain(
      'gcloud secrets add-iam-policy-binding jwt-secret-staging --project=netra-staging --role=roles/secretmanager.secretAccessor',
    );
  });

  it('says which secret or version is missing and how to list them', async () => {
    server(transport).store.add(id, 'x');
    expect(await error(transport, { secret: 'nope' })).toMatchObject({
      code: 'not-found',
      hint: expect.stringContaining('gcloud secrets versions list nope --project=netra-staging'),
    });
    const missing = await error(transport, { version: '9' });
    expect(missing).toMatchObject({ code: 'not-found', message: expect.stringContaining('/versions/9') });
    expect(missing.hint).not.toContain('versionAliases');
  });

  it('says how to see the aliases where a missing version is an alias: a list of versions does not show them', async () => {
    server(transport).store.add(id, 'x');
    expect(await error(transport, { version: 'current' })).toMatchObject({
      code: 'not-found',
      hint: expect.stringContaining(
        'gcloud secrets describe jwt-secret-staging --project=netra-staging --format="yaml(versionAliases)"',
      ),
    });
  });

  it('names the disabled version, and does not fall back to an older one', async () => {
    const { store } = server(transport);
    store.add(id, 'one');
    store.add(id, 'two');
    store.disable(id, '2');
    expect(await error(transport)).toMatchObject({
      code: 'version-disabled',
      message: expect.stringContaining('version 2 is disabled'),
      hint: expect.stringContaining(
        'gcloud secrets versions enable 2 --secret=jwt-secret-staging --project=netra-staging',
      ),
    });
  });

  it('names the destroyed version', async () => {
    const { store } = server(transport);
    store.add({ ...id, location: 'europe-west1' }, 'one');
    store.destroy({ ...id, location: 'europe-west1' }, '1');
    expect(await error(transport, { location: 'europe-west1' })).toMatchObject({
      code: 'version-destroyed',
      message: expect.stringContaining('version 1 is destroyed'),
      hint: expect.stringContaining('--project=netra-staging --location=europe-west1'),
    });
  });

  it('gives up after the timeout of one request', async () => {
    manager.intercept = () => true;
    grpcManager.hang();
    const short = googleWorld({ timeoutMs: 300 });
    await read(transport, {}, short);
    expect((await error(transport, {}, short)).code).toBe('timeout');
    await short.end();
  });

  it('ends at once when the check ends', async () => {
    manager.intercept = () => true;
    grpcManager.hang();
    const reading = error(transport);
    setTimeout(() => void context.end(), 400);
    expect((await reading).code).toBe('timeout');
    if (transport === 'grpc') await expect.poll(() => grpcManager.cancelled()).toBe(1);
  });

  it('reports a refused connection', async () => {
    const { endpoint } = server(transport);
    await manager.close();
    grpcManager.close();
    const refused = await error(transport, { endpoint });
    expect(refused.code).toBe('connection');
    expect(refused.message).toMatch(/ECONNREFUSED|refused/);
    manager = await startSecretManager();
  });

  it('reads the older enabled versions and no newer one than the latest', async () => {
    const { store } = server(transport);
    for (let number = 1; number <= 8; number += 1) store.add(id, `secret ${number}`);
    store.disable(id, '6');
    store.destroy(id, '5');
    const { versions } = await held(transport, { history: 3 });
    const others = (await versions?.(context)) ?? [];
    expect(others.map((other) => other.version)).toEqual(['7', '4', '3']);
    expect(others[0]?.secret.equals(new Secret('secret 7'))).toBe(true);
    expect(others[0]?.createdAt).toMatch(/^20\d\d-\d\d-\d\dT/);
  });

  it('reads newer versions than a pinned one, too', async () => {
    const { store } = server(transport);
    for (let number = 1; number <= 8; number += 1) store.add(id, `secret ${number}`);
    const { versions } = await held(transport, { version: '3', history: 2 });
    const others = (await versions?.(context)) ?? [];
    expect(others.map((other) => other.version)).toEqual(['8', '7', '2', '1']);
  });

  it('counts the numbers down where the role does not allow to list', async () => {
    const { store } = server(transport);
    for (let number = 1; number <= 8; number += 1) store.add(id, `secret ${number}`);
    store.disable(id, '7');
    store.deny('secretmanager.versions.list');
    const latest = await held(transport, { history: 3 });
    expect((await latest.versions?.(context))?.map((other) => other.version)).toEqual(['6', '5', '4']);
    const pinned = await held(transport, { version: '4', history: 2 });
    expect((await pinned.versions?.(context))?.map((other) => other.version)).toEqual(['8', '6', '3', '2']);
  });

  it('reads no history where none is wanted', async () => {
    server(transport).store.add(id, 'x');
    expect((await held(transport, { history: 0 })).versions).toBeUndefined();
  });
});

describe('over rest', () => {
  /** Answers every request so. */
  const answer = (status: number, body: string, headers: Record<string, string> = {}) => {
    manager.intercept = (_request, response: ServerResponse) => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(body);
      return true;
    };
  };
  const googles = (status: number, name: string, reason: string) =>
    answer(
      status,
      JSON.stringify({
        error: {
          code: status,
          status: name,
          message: 'words with https://secret.example/?key=abc',
          details: [
            { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason },
            { '@type': 'type.googleapis.com/google.rpc.Help' },
          ],
        },
      }),
    );

  it('asks a resource name once per version, through one client', async () => {
    manager.store.add(id, 'x');
    await Promise.all([read('rest'), read('rest'), read('rest')]);
    expect(manager.requests).toHaveLength(3);
    expect(manager.requests[0]).toMatch(
      /^\/v1\/projects\/netra-staging\/secrets\/jwt-secret-staging\/versions\/latest:access/,
    );
  });

  it('follows SECRET_MANAGER_EMULATOR_HOST', async () => {
    manager.store.add(id, 'x');
    for (const host of [manager.url, `127.0.0.1:${manager.port}`, `localhost:${manager.port}`]) {
      const there = googleWorld({ env: { SECRET_MANAGER_EMULATOR_HOST: host } });
      const result = await googleSecretManager.read(sourceOf(id), there);
      expect(result.is).toBe('secret');
      await there.end();
    }
  });

  it('refuses plain HTTP to another host from the environment', async () => {
    const there = googleWorld({ env: { SECRET_MANAGER_EMULATOR_HOST: 'http://secrets.example.com' } });
    expect(await googleSecretManager.read(sourceOf(id), there)).toMatchObject({
      is: 'error',
      error: { message: expect.stringMatching(/^SECRET_MANAGER_EMULATOR_HOST: plain HTTP/) },
    });
    await there.end();
  });

  it('maps the reasons that Google gives, and shows none of its words', async () => {
    manager.store.add(id, 'x');
    googles(403, 'PERMISSION_DENIED', 'SERVICE_DISABLED');
    expect((await error('rest')).hint).toContain('gcloud services enable secretmanager.googleapis.com');
    googles(403, 'PERMISSION_DENIED', 'CONSUMER_INVALID');
    expect((await error('rest')).hint).toContain('set-quota-project netra-staging');
    googles(403, 'PERMISSION_DENIED', 'SECURITY_POLICY_VIOLATED');
    expect((await error('rest')).message).toContain('VPC Service Controls');
    googles(401, 'UNAUTHENTICATED', 'ACCESS_TOKEN_EXPIRED');
    expect(await error('rest')).toMatchObject({
      code: 'unauthenticated',
      hint: expect.stringContaining('gcloud auth application-default login'),
    });
    googles(429, 'RESOURCE_EXHAUSTED', 'RATE_LIMIT_EXCEEDED');
    const busy = await error('rest');
    expect(busy).toMatchObject({
      code: 'http-status',
      message: expect.stringContaining('RATE_LIMIT_EXCEEDED'),
    });
    expect(JSON.stringify(busy)).not.toContain('example');
  });

  it('asks again where the API is unavailable for a moment', async () => {
    manager.store.add(id, 'x');
    let refusals = 1;
    manager.intercept = (_request, response) => {
      if (refusals === 0) return false;
      refusals -= 1;
      response.writeHead(503, { 'content-type': 'application/json' });
      response.end('{"error":{"code":503,"status":"UNAVAILABLE","message":"later"}}');
      return true;
    };
    expect((await read('rest')).is).toBe('secret');
    expect(manager.requests).toHaveLength(2);
  });

  it.each([
    ['HTML', 404, '<html>not here</html>', 'http-status'],
    ['an empty error', 500, '', 'http-status'],
    ['no content', 204, '', 'invalid-response'],
    ['a redirect', 302, '', 'redirect'],
    ['JSON of another shape', 200, '{"hello":1}', 'invalid-response'],
    ['a list', 200, '[]', 'invalid-response'],
    ['no JSON', 200, 'hello', 'invalid-response'],
    ['nothing', 200, '', 'invalid-response'],
    [
      'a payload that is a number',
      200,
      '{"name":"projects/1/secrets/s/versions/1","payload":5}',
      'invalid-response',
    ],
    [
      'a version that no number holds',
      200,
      `{"name":"projects/1/secrets/s/versions/${'9'.repeat(40)}","payload":{"data":"c2VjcmV0"}}`,
      'invalid-response',
    ],
  ])('understands %s as no answer of Secret Manager', async (_what, status, body, code) => {
    answer(status, body, status === 302 ? { location: 'http://127.0.0.1:1/elsewhere' } : {});
    expect((await error('rest')).code).toBe(code);
  });

  it('words its errors as configured, not as expanded', async () => {
    manager.store.add(id, 'x');
    manager.store.deny('secretmanager.versions.access');
    const masked: TestWorld = { ...context, label: (text) => (text === id.project ? 'THE_PROJECT' : text) };
    const denied = await error('rest', {}, masked);
    expect(denied.hint).toContain('--project=THE_PROJECT');
    expect(JSON.stringify(denied)).not.toContain(id.project);
  });

  it('writes nothing to standard error, whatever Google libraries are configured to log', async () => {
    manager.store.add(id, 'a-very-secret-value');
    vi.stubEnv('GOOGLE_SDK_NODE_LOGGING', '*');
    const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    expect((await read('rest')).is).toBe('secret');
    expect(written).not.toHaveBeenCalled();
    written.mockRestore();
  });
});

it('many failures within one check add no listeners to its signal, of which Node would warn', async () => {
  manager.store.add(id, 'x');
  manager.intercept = (_request, response) => {
    response.writeHead(500).end();
    return true;
  };
  const listeners = async () => {
    await read('rest');
    return getEventListeners(context.signal, 'abort').length;
  };
  const first = await listeners();
  for (let count = 0; count < 3; count += 1) expect(await listeners()).toBe(first);
});
