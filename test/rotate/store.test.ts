import crc32c from 'crc-32/crc32c.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ApiError } from '../../src/demo/api-error.js';
import { type CallMoment, type SecretManager, startSecretManager } from '../../src/demo/secret-manager.js';
import type { SecretStore } from '../../src/demo/secret-store.js';
import type { RotationStore } from '../../src/rotate/rotation-store.js';
import { openRotationStore } from '../../src/rotate/store.js';
import { Secret } from '../../src/secret/secret.js';
import { googleWorld, sourceOf, type TestWorld } from '../observe/sources/google-world.js';
import { memoryRotationStore } from '../support/memory-rotation-store.js';
import { type GrpcSecretManager, startGrpcSecretManager } from '../support/secret-manager-grpc.js';

const id = { project: 'example-staging', secret: 'jwt-secret' };
const target = 'projects/example-staging/secrets/jwt-secret';
const key = new Secret('00112233445566778899aabbccddeeff');

let manager: SecretManager;
let grpcManager: GrpcSecretManager;
let world: TestWorld;

beforeEach(async () => {
  manager = await startSecretManager({ now: () => new Date('2026-01-31T12:00:00Z') });
  grpcManager = await startGrpcSecretManager();
  world = googleWorld();
  for (const { store } of [manager, grpcManager]) store.add(id, 'one');
});

afterEach(async () => {
  await world.end();
  await manager.close();
  grpcManager.close();
});

type Transport = 'rest' | 'grpc' | 'memory';

function open(transport: Transport = 'rest', secret = id.secret, within: TestWorld = world): RotationStore {
  if (transport === 'memory') return memoryRotationStore(manager.store, { ...id, secret });
  const endpoint = transport === 'rest' ? manager.url : grpcManager.endpoint;
  return succeeded(openRotationStore(sourceOf({ ...id, secret, transport, endpoint }), within));
}

function succeeded<T>(outcome: { ok: true; value: T } | { ok: false; error: { message: string } }): T {
  if (!outcome.ok) throw new Error(outcome.error.message);
  return outcome.value;
}

function failed<E>(outcome: { ok: true; value: unknown } | { ok: false; error: E }): E {
  if (outcome.ok) throw new Error('it succeeded');
  return outcome.error;
}

/** The store in memory that tests of the rotation use has to be no different. */
describe.each(['rest', 'grpc', 'memory'] as const)('%s', (transport) => {
  let store: RotationStore;
  let remote: SecretStore;

  beforeEach(() => {
    store = open(transport);
    remote = (transport === 'grpc' ? grpcManager : manager).store;
  });

  it('reads annotations, aliases, etag and versions, newest first', async () => {
    remote.add(id, 'two');
    remote.add(id, 'three');
    remote.disable(id, '1');
    remote.destroy(id, '2');
    const change = { annotations: new Map([['team', 'auth']]), versionAliases: new Map([['current', 3]]) };
    const { etag } = remote.update(id, change, null).metadata.written;
    const secret = succeeded(await store.readRotationSecret());
    expect(secret).toMatchObject({ ...change, etag });
    const createTime = '2026-01-31T12:00:00.000Z';
    expect(secret.versions.map(({ etag: _, ...version }) => version)).toEqual([
      { number: 3, state: 'ENABLED', createTime },
      { number: 2, state: 'DESTROYED', createTime },
      { number: 1, state: 'DISABLED', createTime },
    ]);
    expect(secret.versions.map((version) => version.etag)).toEqual(
      [...remote.secret(id).versions.written].reverse().map((version) => version.etag),
    );
  });

  it('reads more versions than a page has', async () => {
    for (let number = 2; number <= 201; number += 1) remote.add(id, `secret ${number}`);
    const { versions } = succeeded(await store.readRotationSecret());
    expect(versions.map(({ number }) => number)).toEqual(
      Array.from({ length: 201 }, (_, index) => 201 - index),
    );
  });

  it('adds a version with its checksum, and reads it back by number', async () => {
    const added = succeeded(await store.addVersion(key));
    expect(added).toMatchObject({ number: 2, state: 'ENABLED' });
    const [, stored] = remote.secret(id).versions.written;
    expect(stored).toMatchObject({ hasClientChecksum: true, etag: added.etag });
    expect(succeeded(await store.accessByNumber(2)).equals(key)).toBe(true);
  });

  it('keeps every byte', async () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
    succeeded(await store.addVersion(new Secret(bytes)));
    expect(remote.access(id, '2').payload.equals(bytes)).toBe(true);
  });

  it('updates annotations and aliases in one write, and removes those that are not given', async () => {
    remote.add(id, 'two');
    remote.alias(id, 'old', '1');
    remote.update(id, { labels: new Map([['stage', 'test']]) }, null);
    const { etag } = succeeded(await store.readRotationSecret());
    const change = {
      annotations: new Map([['jwtcheck-rotation', '{"state":"staged"}']]),
      versionAliases: new Map([
        ['current', 1],
        ['next', 2],
      ]),
    };
    const updated = succeeded(await store.update(change, etag));
    const { metadata } = remote.secret(id);
    expect(metadata.written).toEqual({ ...change, labels: new Map([['stage', 'test']]), etag: updated.etag });
    const none = { annotations: new Map<string, string>(), versionAliases: new Map<string, number>() };
    succeeded(await store.update(none, updated.etag));
    expect(metadata.written).toMatchObject(none);
  });

  it('writes nothing with an etag that is no longer current', async () => {
    const { etag, versions } = succeeded(await store.readRotationSecret());
    const change = { annotations: new Map([['team', 'other']]), versionAliases: new Map() };
    remote.alias(id, 'current', '1');
    remote.enable(id, '1');
    const [version] = versions;
    for (const outcome of [
      await store.update(change, etag),
      await store.disable(1, version?.etag ?? 'no version'),
    ]) {
      const error = failed(outcome);
      expect(error.reason).toBe('stale');
      expect(error.message).toContain('another process changed it since it was read; nothing was written');
    }
    expect(remote.secret(id).metadata.written.annotations.size).toBe(0);
    expect(remote.version(id, '1').state).toBe('ENABLED');
  });

  it('lets one of two updates win that were made from the same state', async () => {
    const { etag } = succeeded(await store.readRotationSecret());
    const update = (team: string) =>
      store.update({ annotations: new Map([['team', team]]), versionAliases: new Map() }, etag);
    const outcomes = await Promise.all([update('one'), update('other')]);
    expect(outcomes.map((outcome) => (outcome.ok ? 'written' : outcome.error.reason)).sort()).toEqual([
      'stale',
      'written',
    ]);
    const winner = outcomes[0].ok ? 'one' : 'other';
    expect(remote.secret(id).metadata.written.annotations.get('team')).toBe(winner);
  });

  it('disables a version and enables it again', async () => {
    const [version] = succeeded(await store.readRotationSecret()).versions;
    const disabled = succeeded(await store.disable(1, version?.etag ?? ''));
    expect(disabled).toMatchObject({ number: 1, state: 'DISABLED' });
    expect(failed(await store.accessByNumber(1)).code).toBe('version-disabled');
    expect(succeeded(await store.enable(1)).state).toBe('ENABLED');
    expect(succeeded(await store.enable(1)).state).toBe('ENABLED');
  });

  it('says that a destroyed version cannot be enabled or disabled', async () => {
    remote.destroy(id, '1');
    const { etag } = remote.version(id, '1');
    for (const outcome of [await store.enable(1), await store.disable(1, etag)]) {
      const error = failed(outcome);
      expect([error.code, error.reason]).toEqual(['version-destroyed', 'rejected']);
      expect(error.message).toBe(`${target}: version 1 is destroyed`);
    }
  });

  it('knows which permissions are missing', async () => {
    remote.deny('secretmanager.versions.add');
    remote.deny('secretmanager.secrets.update');
    expect(
      succeeded(
        await store.missingPermissions([
          'secretmanager.versions.add',
          'secretmanager.versions.enable',
          'secretmanager.secrets.update',
        ]),
      ),
    ).toEqual(['secretmanager.versions.add', 'secretmanager.secrets.update']);
  });

  it.each([
    ['secretmanager.secrets.get', 'roles/secretmanager.viewer', () => store.readRotationSecret()],
    ['secretmanager.versions.list', 'roles/secretmanager.viewer', () => store.readRotationSecret()],
    ['secretmanager.versions.add', 'roles/secretmanager.secretVersionAdder', () => store.addVersion(key)],
    ['secretmanager.versions.enable', 'roles/secretmanager.secretVersionManager', () => store.enable(1)],
    [
      'secretmanager.versions.disable',
      'roles/secretmanager.secretVersionManager',
      () => store.disable(1, '"0"'),
    ],
    [
      'secretmanager.secrets.update',
      'roles/secretmanager.admin',
      () => store.update({ annotations: new Map(), versionAliases: new Map() }, '"0"'),
    ],
    ['secretmanager.versions.access', 'roles/secretmanager.secretAccessor', () => store.accessByNumber(1)],
  ] as const)('names the permission %s where it is missing, and %s', async (permission, role, attempt) => {
    remote.deny(permission);
    const outcome: { ok: true; value: unknown } | { ok: false; error: { code: string; message: string } } =
      await attempt();
    const error = failed(outcome);
    expect(error).toMatchObject({
      code: 'permission-denied',
      message: expect.stringContaining(`permission ${permission} was denied`),
      hint: expect.stringContaining(`--role=${role} `),
    });
    if ('reason' in error) expect(error.reason).toBe('rejected');
  });

  it('says that there is no such secret', async () => {
    const elsewhere = open(transport, 'other');
    const error = failed(await elsewhere.readRotationSecret());
    expect(error).toMatchObject({
      code: 'not-found',
      message: 'projects/example-staging/secrets/other: the secret does not exist',
    });
    expect(failed(await elsewhere.addVersion(key))).toMatchObject({ code: 'not-found', reason: 'rejected' });
  });

  it('says what the API does not accept, without what was sent', async () => {
    const { etag } = succeeded(await store.readRotationSecret());
    const change = { annotations: new Map([['key-', 'a value']]), versionAliases: new Map() };
    const error = failed(await store.update(change, etag));
    expect(error.reason).toBe('rejected');
    expect(error.message).toBe(`${target}: Secret Manager answered INVALID_ARGUMENT`);
  });
});

describe('a store that is late', () => {
  it('knows a version that the list does not have yet', async () => {
    const store = open();
    manager.store.lag.versions = { reads: 100 };
    manager.store.add(id, 'two');
    manager.store.add(id, 'three');
    const { versions } = succeeded(await store.readRotationSecret());
    expect(versions.map(({ number }) => number)).toEqual([3, 2, 1]);
  });

  it('makes do with the list where versions cannot be read one by one', async () => {
    manager.store.deny('secretmanager.versions.get');
    const { versions } = succeeded(await open().readRotationSecret());
    expect(versions.map(({ number }) => number)).toEqual([1]);
  });

  it('cannot write with the etag of older metadata', async () => {
    const store = open();
    manager.store.lag.metadata = { reads: 1 };
    manager.store.alias(id, 'current', '1');
    const stale = succeeded(await store.readRotationSecret());
    expect(stale.versionAliases.size).toBe(0);
    expect(failed(await store.update(stale, stale.etag)).reason).toBe('stale');
    expect(manager.store.secret(id).metadata.written.versionAliases.get('current')).toBe(1);
  });
});

describe('interrupted calls', () => {
  const writes = {
    AddSecretVersion: (store: RotationStore) => store.addVersion(key),
    DisableSecretVersion: (store: RotationStore) => store.disable(1, manager.store.version(id, '1').etag),
    UpdateSecret: (store: RotationStore) =>
      store.update(
        { annotations: new Map([['team', 'auth']]), versionAliases: new Map() },
        manager.store.secret(id).metadata.written.etag,
      ),
  };
  type Name = keyof typeof writes;
  const isDone: Record<Name, () => boolean> = {
    AddSecretVersion: () => manager.store.secret(id).versions.written.length === 2,
    DisableSecretVersion: () => manager.store.version(id, '1').state === 'DISABLED',
    UpdateSecret: () => manager.store.secret(id).metadata.written.annotations.size === 1,
  };
  const names: readonly Name[] = ['AddSecretVersion', 'DisableSecretVersion', 'UpdateSecret'];

  describe.each(names)('%s', (name) => {
    it.each(['before', 'after'] as const)('is sent once where the connection breaks %s it', async (at) => {
      manager.interfere = (moment: CallMoment) => (moment.at === at ? 'drop' : 'continue');
      const outcome: Awaited<ReturnType<(typeof writes)[Name]>> = await writes[name](open());
      const error = failed<{ code: string; reason: string; message: string }>(outcome);
      expect([error.code, error.reason]).toEqual(['connection', 'unknown']);
      expect(error.message).toMatch(/; the change may have been made all the same$/);
      expect(manager.calls).toEqual([name]);
      expect(isDone[name]()).toBe(at === 'after');
    });

    it('is sent once where the API is unavailable', async () => {
      manager.interfere = () => new ApiError('UNAVAILABLE', 'The service is currently unavailable.');
      const outcome: Awaited<ReturnType<(typeof writes)[Name]>> = await writes[name](open());
      expect(failed<{ reason: string }>(outcome).reason).toBe('unknown');
      expect(manager.calls).toEqual([name]);
    });
  });

  it.each(['before', 'after'] as const)(
    'break in memory %s the call as they do on the network',
    async (at) => {
      const broken = memoryRotationStore(manager.store, id, (moment) =>
        moment.at === at ? 'drop' : 'continue',
      );
      const error = failed(await broken.addVersion(key));
      expect([error.code, error.reason]).toEqual(['connection', 'unknown']);
      expect(isDone.AddSecretVersion()).toBe(at === 'after');
    },
  );

  it('may have been carried out where no answer comes in time', async () => {
    manager.interfere = ({ at }) => (at === 'after' ? new Promise(() => {}) : 'continue');
    const impatient = googleWorld({ timeoutMs: 300 });
    const error = failed(await open('rest', id.secret, impatient).addVersion(key));
    expect([error.code, error.reason]).toEqual(['timeout', 'unknown']);
    expect(isDone.AddSecretVersion()).toBe(true);
    await impatient.end();
  });

  it('are repeated where that does no harm', async () => {
    const unavailable = new ApiError('UNAVAILABLE', 'The service is currently unavailable.');
    manager.interfere = ({ at, call }) => (at === 'after' && call === 1 ? unavailable : 'continue');
    expect(succeeded(await open().enable(1)).state).toBe('ENABLED');
    expect(manager.calls).toEqual(['EnableSecretVersion', 'EnableSecretVersion']);
  });
});

describe('the checksum of a new version', () => {
  /** Answers AddSecretVersion as an emulator that ignores checksums. */
  const forgetChecksum = (corrupt: boolean): void => {
    manager.interfere = ({ method, at }) => {
      if (method !== 'AddSecretVersion' || at !== 'before') return 'continue';
      const append = manager.store.addVersion.bind(manager.store);
      manager.store.addVersion = (where, payload) =>
        append(where, corrupt ? Buffer.from('something else') : payload, null);
      return 'continue';
    };
  };

  it('is taken from what is stored, where the answer does not confirm it', async () => {
    forgetChecksum(false);
    expect(succeeded(await open().addVersion(key)).number).toBe(2);
    expect(manager.calls).toContain('AccessSecretVersion');
  });

  it('fails where other bytes are stored', async () => {
    forgetChecksum(true);
    const error = failed(await open().addVersion(key));
    expect(error).toMatchObject({
      code: 'checksum',
      reason: 'unknown',
      hint: expect.stringContaining('Disable version 2'),
    });
    expect(JSON.stringify(error)).not.toContain(key.reveal().toString());
  });

  it('is the one of the API', async () => {
    succeeded(await open().addVersion(new Secret('123456789')));
    expect(crc32c.str('123456789') >>> 0).toBe(0xe3069283);
    expect(manager.store.version(id, '2').hasClientChecksum).toBe(true);
  });
});

it('cannot be opened at an endpoint that is no emulator and has no TLS', () => {
  const source = { ...sourceOf(id), endpoint: 'http://secretmanager.example.com' };
  expect(failed(openRotationStore(source, world)).message).toContain(
    'plain HTTP is allowed only for this machine',
  );
});
