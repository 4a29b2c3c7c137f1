import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ApiError } from '../../src/demo/api-error.js';
import {
  type CallMoment,
  type Interference,
  type SecretManager,
  startSecretManager,
} from '../../src/demo/secret-manager.js';

const id = { project: 'example-staging', secret: 'jwt-secret' };
const secretPath = 'projects/example-staging/secrets/jwt-secret';

let manager: SecretManager;
let now: number;

beforeEach(async () => {
  now = Date.parse('2026-01-31T12:00:00Z');
  manager = await startSecretManager({ now: () => new Date(now) });
  manager.store.add(id, 'one');
});

afterEach(() => manager.close());

const send = async (method: string, path: string, body?: unknown) => {
  const response = await fetch(`${manager.url}/v1/${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { status: response.status, body: JSON.parse(await response.text()) };
};

const addVersion = () => send('POST', `${secretPath}:addVersion`, { payload: { data: 'dHdv' } });

/** The number of the version that a name stands for at this moment; `null` where there is none. */
const resolve = async (version: string): Promise<string | null> => {
  const { body } = await send('GET', `${secretPath}/versions/${version}`);
  return /\/versions\/(\d+)$/.exec(body.name ?? '')?.[1] ?? null;
};

const moveAlias = (number: string) =>
  send('PATCH', `${secretPath}?updateMask=versionAliases`, { versionAliases: { current: number } });

describe('eventual consistency', () => {
  it('answers the old target of latest for as many reads as set, and a number at once', async () => {
    manager.store.lag.pointers = { reads: 2 };
    await addVersion();
    expect(await resolve('2')).toBe('2');
    expect([await resolve('latest'), await resolve('latest'), await resolve('latest')]).toEqual([
      '1',
      '1',
      '2',
    ]);
  });

  it('answers the old target of an alias for as long as set, and none where there was none', async () => {
    manager.store.lag.pointers = { ms: 60_000 };
    await addVersion();
    await moveAlias('1');
    expect(await resolve('current')).toBeNull();
    now += 60_000;
    expect(await resolve('current')).toBe('1');
    await moveAlias('2');
    now += 59_999;
    expect(await resolve('current')).toBe('1');
    now += 1;
    expect(await resolve('current')).toBe('2');
  });

  it('answers the value from before both of two writes that follow each other', async () => {
    await addVersion();
    await addVersion();
    await moveAlias('1');
    manager.store.lag.pointers = { ms: 1_000 };
    await moveAlias('2');
    now += 999;
    await moveAlias('3');
    now += 999;
    expect(await resolve('current')).toBe('1');
    now += 1;
    expect(await resolve('current')).toBe('3');
  });

  it('answers an old secret, whose etag no longer allows a write', async () => {
    manager.store.lag.metadata = { reads: 1 };
    const patch = `${secretPath}?updateMask=annotations`;
    const first = await send('PATCH', patch, { annotations: { team: 'auth' } });
    const stale = await send('GET', secretPath);
    expect(stale.body).not.toHaveProperty('annotations');
    const refused = await send('PATCH', patch, { annotations: { team: 'other' }, etag: stale.body.etag });
    expect(refused.body.error.status).toBe('FAILED_PRECONDITION');
    const fresh = await send('GET', secretPath);
    expect(fresh.body).toMatchObject({ annotations: { team: 'auth' }, etag: first.body.etag });
  });

  it('lists the old versions, while a read by number knows the new one', async () => {
    manager.store.lag.versions = { reads: 1 };
    await addVersion();
    const count = async () => (await send('GET', `${secretPath}/versions`)).body.versions.length;
    expect([await resolve('2'), await count(), await count()]).toEqual(['2', 1, 2]);
  });
});

describe('interference', () => {
  const versions = () => manager.store.secret(id).versions.written.length;

  it('loses the request where the connection is dropped before the call', async () => {
    manager.interfere = () => 'drop';
    await expect(addVersion()).rejects.toThrow();
    expect(versions()).toBe(1);
  });

  it('loses only the answer where the connection is dropped after the call', async () => {
    manager.interfere = ({ at }) => (at === 'after' ? 'drop' : 'continue');
    await expect(addVersion()).rejects.toThrow();
    expect(versions()).toBe(2);
  });

  it('answers an error before or after the call', async () => {
    const unavailable = new ApiError('UNAVAILABLE', 'The service is currently unavailable.');
    manager.interfere = ({ at }) => (at === 'before' ? unavailable : 'continue');
    expect((await addVersion()).status).toBe(503);
    expect(versions()).toBe(1);
    manager.interfere = ({ at }) => (at === 'after' ? unavailable : 'continue');
    expect((await addVersion()).status).toBe(503);
    expect(versions()).toBe(2);
  });

  it('names the method and the moment, and waits', async () => {
    const moments: CallMoment[] = [];
    manager.interfere = async (moment): Promise<Interference> => {
      await Promise.resolve();
      moments.push(moment);
      return 'continue';
    };
    await addVersion();
    await send('POST', `${secretPath}/versions/1:disable`);
    expect(moments.map(({ method, at, call }) => `${call} ${at} ${method}`)).toEqual([
      '1 before AddSecretVersion',
      '1 after AddSecretVersion',
      '2 before DisableSecretVersion',
      '2 after DisableSecretVersion',
    ]);
    expect(manager.calls).toEqual(['AddSecretVersion', 'DisableSecretVersion']);
  });
});

describe('requests over REST', () => {
  it('names an unknown field as the API does', async () => {
    const { status, body } = await send('POST', `${secretPath}:addVersion`, { payload: { date: 'eA==' } });
    expect(status).toBe(400);
    expect(body.error).toMatchObject({
      code: 400,
      status: 'INVALID_ARGUMENT',
      message: `Invalid JSON payload received. Unknown name "date" at 'payload': Cannot find field.`,
      details: [
        { '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: [{ field: 'payload' }] },
      ],
    });
  });

  it('reads the names of fields in snake case, and a checksum that is a number', async () => {
    const payload = { data: 'MTIzNDU2Nzg5', data_crc32c: 0xe3069283 };
    const { body } = await send('POST', `${secretPath}:addVersion`, { payload });
    expect(body).toMatchObject({ clientSpecifiedPayloadChecksum: true });
    await send('PATCH', `${secretPath}?update_mask=version_aliases`, { version_aliases: { current: 2 } });
    expect(await resolve('current')).toBe('2');
  });

  it.each([
    ['POST', `${secretPath}:addVersion`, '{}', 'Field [payload] is required.'],
    ['POST', `${secretPath}:addVersion`, '{', 'Invalid JSON payload received. Parsing error.'],
    ['POST', `${secretPath}:addVersion`, { payload: { data: '*' } }, "Invalid value at 'payload.data'"],
    ['PATCH', secretPath, '{}', 'Field [update_mask] is required.'],
    [
      'POST',
      'projects/example-staging/secrets?secretId=new',
      '{}',
      'Field [secret.replication] is required.',
    ],
    ['POST', `${secretPath}:addVersion`, 'x'.repeat(300_000), 'Request payload size exceeds the limit.'],
  ])('answers %s %s with %j: 400', async (method, path, sent, message) => {
    const { status, body } = await send(method, path, sent);
    expect([status, body.error.message]).toEqual([400, message]);
  });

  it.each([
    ['DELETE', secretPath],
    ['PUT', secretPath],
    ['POST', secretPath],
    ['GET', `${secretPath}:addVersion`],
    ['POST', `${secretPath}/versions/1:access`],
  ])('serves no %s %s', async (method, path) => {
    expect((await send(method, path)).status).toBe(404);
  });

  it('leaves the total out where a filter is set', async () => {
    await addVersion();
    await send('POST', `${secretPath}/versions/1:disable`);
    const { body } = await send('GET', `${secretPath}/versions?filter=state:ENABLED`);
    expect(body).not.toHaveProperty('totalSize');
    expect(body.versions).toHaveLength(1);
  });
});
