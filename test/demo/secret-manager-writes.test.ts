import type { SecretManagerServiceClient } from '@google-cloud/secret-manager';
import crc32c from 'crc-32/crc32c.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startSecretManager } from '../../src/demo/secret-manager.js';
import { projectNumber } from '../../src/demo/secret-resource.js';
import type { SecretStore } from '../../src/demo/secret-store.js';
import { secretManagerClient } from '../support/secret-manager-client.js';
import { startGrpcSecretManager } from '../support/secret-manager-grpc.js';

const id = { project: 'example-staging', secret: 'jwt-secret' };
const number = projectNumber('example-staging');
const name = 'projects/example-staging/secrets/jwt-secret';
const fullName = `projects/${number}/secrets/jwt-secret`;

/** Google's own client does all of it, over both transports. */
describe.each(['rest', 'grpc'] as const)('%s', (transport) => {
  let store: SecretStore;
  let client: SecretManagerServiceClient;
  let end: () => Promise<void>;

  beforeEach(async () => {
    if (transport === 'rest') {
      const manager = await startSecretManager({ now: () => new Date('2026-01-31T12:00:00Z') });
      store = manager.store;
      client = secretManagerClient('rest', { host: '127.0.0.1', port: manager.port });
      end = () => manager.close();
    } else {
      const manager = await startGrpcSecretManager();
      store = manager.store;
      const [host = '', port = ''] = manager.endpoint.split(':');
      client = secretManagerClient('grpc', { host, port: Number(port) });
      end = async () => manager.close();
    }
  });

  afterEach(async () => {
    await client.close();
    await end();
  });

  const addVersion = async (text: string, dataCrc32c: number | null = null) => {
    const payload = { data: Buffer.from(text), dataCrc32c };
    const [version] = await client.addSecretVersion({ parent: name, payload });
    return version;
  };

  /** The status and the message that a call failed with: REST has them in the body, gRPC in the error. */
  const failure = async (call: Promise<unknown>): Promise<string> => {
    try {
      await call;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (transport === 'grpc') return error.message;
      const { status, message } = JSON.parse(error.message).error;
      return `${status}: ${message}`;
    }
    return 'no error';
  };

  const staleEtag =
    /FAILED_PRECONDITION.*The etag provided in the request does not match the resource's current etag\./s;

  it('creates a secret and adds versions, the same payload twice as two', async () => {
    const [secret] = await client.createSecret({
      parent: 'projects/example-staging',
      secretId: 'jwt-secret',
      secret: { replication: { automatic: {} }, annotations: { team: 'auth' }, labels: { stage: 'test' } },
    });
    expect(secret).toMatchObject({
      name: fullName,
      annotations: { team: 'auth' },
      labels: { stage: 'test' },
    });
    const first = await addVersion('123456789', 0xe3069283);
    expect(first).toMatchObject({
      name: `${fullName}/versions/1`,
      state: 'ENABLED',
      clientSpecifiedPayloadChecksum: true,
    });
    expect(String(first.createTime?.seconds)).toBe(String(Date.parse('2026-01-31T12:00:00Z') / 1000));
    expect(first.etag).toMatch(/^"[0-9a-f]{14}"$/);
    const second = await addVersion('123456789');
    expect(second.name).toBe(`${fullName}/versions/2`);
    expect(second.clientSpecifiedPayloadChecksum ?? false).toBe(false);
    const [access] = await client.accessSecretVersion({ name: `${name}/versions/2` });
    expect(String(access.payload?.data)).toBe('123456789');
    expect(String(access.payload?.dataCrc32c)).toBe(String(crc32c.str('123456789') >>> 0));
  });

  it('refuses to create a secret that exists, or whose name cannot be one', async () => {
    store.add(id, 'x');
    const create = (secretId: string) =>
      failure(
        client.createSecret({
          parent: 'projects/example-staging',
          secretId,
          secret: { replication: { automatic: {} } },
        }),
      );
    expect(await create('jwt-secret')).toMatch(/ALREADY_EXISTS.*already exists/s);
    expect(await create('jwt.secret')).toMatch(/INVALID_ARGUMENT/);
  });

  it('adds nothing where the checksum does not fit, or the payload is empty or too long', async () => {
    store.add(id, 'x');
    expect(await failure(addVersion('123456789', 1))).toMatch(/INVALID_ARGUMENT.*checksum/s);
    expect(await failure(addVersion(''))).toMatch(/INVALID_ARGUMENT.*Secret Payload cannot be empty\./s);
    expect(await failure(addVersion('x'.repeat(65_537)))).toMatch(/INVALID_ARGUMENT/);
    const [versions] = await client.listSecretVersions({ parent: name });
    expect(versions).toHaveLength(1);
  });

  it('adds versions only to a secret that is there', async () => {
    store.add({ ...id, secret: 'another' }, 'x');
    expect(await failure(addVersion('x'))).toMatch(
      /NOT_FOUND.*Secret \[.*\/secrets\/jwt-secret\] not found\./s,
    );
  });

  it('disables and enables a version any number of times, each with a new etag', async () => {
    store.add(id, 'x');
    const version = `${name}/versions/1`;
    const [disabled] = await client.disableSecretVersion({ name: version });
    const [again] = await client.disableSecretVersion({ name: version, etag: disabled.etag ?? null });
    expect([disabled.state, again.state]).toEqual(['DISABLED', 'DISABLED']);
    expect(again.etag).not.toBe(disabled.etag);
    expect(await failure(client.enableSecretVersion({ name: version, etag: disabled.etag ?? null }))).toMatch(
      staleEtag,
    );
    const [enabled] = await client.enableSecretVersion({ name: version, etag: again.etag ?? null });
    expect(enabled.state).toBe('ENABLED');
  });

  it('destroys a version for good', async () => {
    store.add(id, 'x');
    const version = `${name}/versions/1`;
    const [destroyed] = await client.destroySecretVersion({ name: version });
    expect(destroyed.state).toBe('DESTROYED');
    expect(destroyed.destroyTime).toBeTruthy();
    for (const call of [
      client.enableSecretVersion({ name: version }),
      client.disableSecretVersion({ name: version }),
      client.destroySecretVersion({ name: version }),
    ]) {
      expect(await failure(call)).toMatch(
        /FAILED_PRECONDITION.*SecretVersion\.state is already DESTROYED\./s,
      );
    }
    expect(await failure(client.accessSecretVersion({ name: version }))).toMatch(/is in DESTROYED state/);
  });

  it('changes the state of a version only by its number', async () => {
    store.add(id, 'x');
    store.alias(id, 'current', '1');
    for (const version of ['latest', 'current']) {
      const call = client.disableSecretVersion({ name: `${name}/versions/${version}` });
      expect(await failure(call)).toMatch(/INVALID_ARGUMENT/);
    }
  });

  it('updates the fields of the mask together, and nothing else', async () => {
    store.add(id, 'one');
    store.add(id, 'two');
    store.update(id, { labels: new Map([['stage', 'test']]) }, null);
    const [before] = await client.getSecret({ name });
    const [after] = await client.updateSecret({
      secret: {
        name,
        etag: before.etag ?? null,
        annotations: { rotation: '{"state":"staged"}' },
        versionAliases: { current: 1, next: 2 },
        labels: { stage: 'ignored' },
      },
      updateMask: { paths: ['annotations', 'version_aliases'] },
    });
    expect(after.etag).not.toBe(before.etag);
    const [read] = await client.getSecret({ name });
    expect(read.etag).toBe(after.etag);
    expect(read.labels).toEqual({ stage: 'test' });
    expect(read.annotations).toEqual({ rotation: '{"state":"staged"}' });
    expect(Object.entries(read.versionAliases ?? {}).map(([alias, held]) => [alias, String(held)])).toEqual([
      ['current', '1'],
      ['next', '2'],
    ]);
    const [access] = await client.accessSecretVersion({ name: `${name}/versions/next` });
    expect(access.name).toBe(`${fullName}/versions/2`);
  });

  it('updates nothing with the etag of an older secret; a new version leaves the etag as it is', async () => {
    store.add(id, 'one');
    const [{ etag = null }] = await client.getSecret({ name });
    await addVersion('two');
    const update = (team: string) =>
      client.updateSecret({
        secret: { name, etag, annotations: { team } },
        updateMask: { paths: ['annotations'] },
      });
    await update('first');
    expect(await failure(update('second'))).toMatch(staleEtag);
    const [read] = await client.getSecret({ name });
    expect(read.annotations).toEqual({ team: 'first' });
  });

  it('empties a field of the mask that is not sent', async () => {
    store.add(id, 'one');
    store.alias(id, 'current', '1');
    await client.updateSecret({ secret: { name }, updateMask: { paths: ['version_aliases'] } });
    const [read] = await client.getSecret({ name });
    expect(read.versionAliases ?? {}).toEqual({});
    expect(await failure(client.getSecretVersion({ name: `${name}/versions/current` }))).toMatch(/NOT_FOUND/);
  });

  it.each([
    ['no mask', { paths: [] }, {}],
    ['an unknown field', { paths: ['annotations', 'colour'] }, {}],
    ['a field that cannot be changed', { paths: ['replication'] }, {}],
    ['an alias of a missing version', { paths: ['version_aliases'] }, { versionAliases: { current: 9 } }],
    ['the alias latest', { paths: ['version_aliases'] }, { versionAliases: { Latest: 1 } }],
    ['the alias new', { paths: ['version_aliases'] }, { versionAliases: { NEW: 1 } }],
    ['an alias that is a number', { paths: ['version_aliases'] }, { versionAliases: { '2': 1 } }],
    [
      '51 aliases',
      { paths: ['version_aliases'] },
      { versionAliases: Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`a${index}`, 1])) },
    ],
    ['a key that ends in a dash', { paths: ['annotations'] }, { annotations: { 'key-': 'x' } }],
    ['a key of 64 characters', { paths: ['annotations'] }, { annotations: { ['k'.repeat(64)]: 'x' } }],
    ['16 KiB of annotations', { paths: ['annotations'] }, { annotations: { k: 'x'.repeat(16 * 1024 - 1) } }],
    ['a label in upper case', { paths: ['labels'] }, { labels: { Stage: 'test' } }],
  ])('refuses an update with %s', async (_what, updateMask, change) => {
    store.add(id, 'one');
    const call = client.updateSecret({ secret: { name, ...change }, updateMask });
    expect(await failure(call)).toMatch(/INVALID_ARGUMENT/);
  });

  it('takes what is just within the limits', async () => {
    store.add(id, 'one');
    const aliases = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`a${index}`, 1]));
    await client.updateSecret({
      secret: {
        name,
        versionAliases: aliases,
        annotations: { ['k'.repeat(63)]: 'x'.repeat(16 * 1024 - 64) },
      },
      updateMask: { paths: ['annotations', 'version_aliases'] },
    });
    const [read] = await client.getSecret({ name });
    expect(Object.keys(read.versionAliases ?? {})).toHaveLength(50);
    await addVersion('x'.repeat(65_536));
  });

  it('tells which permissions a caller has, none for a secret that is not there', async () => {
    store.add(id, 'one');
    store.deny('secretmanager.versions.add');
    const permissions = ['secretmanager.versions.add', 'secretmanager.secrets.update'];
    const test = async (resource: string) => {
      const [answer] = await client.testIamPermissions({ resource, permissions });
      return answer.permissions ?? [];
    };
    expect(await test(name)).toEqual(['secretmanager.secrets.update']);
    expect(await test(`${name}-2`)).toEqual([]);
    store.allow('secretmanager.versions.add');
    expect(await test(name)).toHaveLength(2);
    const unfit = client.testIamPermissions({ resource: name, permissions: ['storage.objects.get'] });
    expect(await failure(unfit)).toMatch(/INVALID_ARGUMENT/);
  });

  it.each([
    [
      'secretmanager.secrets.update',
      () => client.updateSecret({ secret: { name }, updateMask: { paths: ['labels'] } }),
    ],
    ['secretmanager.secrets.get', () => client.getSecret({ name })],
    ['secretmanager.versions.add', () => addVersion('x')],
    ['secretmanager.versions.enable', () => client.enableSecretVersion({ name: `${name}/versions/1` })],
    ['secretmanager.versions.disable', () => client.disableSecretVersion({ name: `${name}/versions/1` })],
    ['secretmanager.versions.destroy', () => client.destroySecretVersion({ name: `${name}/versions/1` })],
    [
      'secretmanager.secrets.create',
      () => client.createSecret({ parent: 'projects/example-staging', secretId: 'another', secret: {} }),
    ],
  ] as const)('does nothing without %s', async (permission, call) => {
    store.add(id, 'one');
    store.deny(permission);
    const before = store.secret(id);
    const [etag, versions] = [before.metadata.written.etag, before.versions.written];
    const message = await failure(call());
    expect(message).toContain('PERMISSION_DENIED');
    expect(message).toContain(`Permission '${permission}' denied for resource 'projects/example-staging`);
    expect(before.metadata.written.etag).toBe(etag);
    expect(before.versions.written).toBe(versions);
  });
});
