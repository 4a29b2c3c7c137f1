import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SecretManager, startSecretManager } from '../../src/demo/secret-manager.js';
import { projectNumber } from '../../src/demo/secret-resource.js';

const id = { project: 'example-staging', secret: 'jwt-secret' };
const number = projectNumber('example-staging');
const secretName = `projects/${number}/secrets/jwt-secret`;

let manager: SecretManager;

beforeEach(async () => {
  manager = await startSecretManager({ now: () => new Date('2026-01-31T12:00:00Z') });
});

afterEach(() => manager.close());

const get = async (path: string, headers: Record<string, string> = {}) => {
  const response = await fetch(`${manager.url}/v1/${path}`, { headers });
  return { status: response.status, body: await response.json() };
};

const versionsOf = `projects/example-staging/secrets/jwt-secret/versions`;

describe('access', () => {
  it('gives payload and checksum under the name with the project number', async () => {
    manager.store.add(id, 'old');
    manager.store.add(id, '123456789');
    expect(await get(`${versionsOf}/latest:access`)).toEqual({
      status: 200,
      // 0xE3069283 is the check value of CRC-32C (RFC 3720).
      body: {
        name: `${secretName}/versions/2`,
        payload: { data: 'MTIzNDU2Nzg5', dataCrc32c: String(0xe3069283) },
      },
    });
    expect((await get(`projects/${number}/secrets/jwt-secret/versions/1:access`)).body).toMatchObject({
      payload: { data: 'b2xk' },
    });
  });

  it('takes an alias', async () => {
    manager.store.add(id, 'old');
    manager.store.add(id, 'new');
    manager.store.alias(id, 'live', '1');
    expect((await get(`${versionsOf}/live:access`)).body).toMatchObject({ name: `${secretName}/versions/1` });
  });

  it('keeps regional secrets apart', async () => {
    manager.store.add({ ...id, location: 'europe-west1' }, 'there');
    const regional =
      'projects/example-staging/locations/europe-west1/secrets/jwt-secret/versions/latest:access';
    expect((await get(regional)).body).toMatchObject({
      name: `projects/${number}/locations/europe-west1/secrets/jwt-secret/versions/1`,
    });
    expect((await get(`${versionsOf}/latest:access`)).status).toBe(404);
  });

  it.each([
    ['disable', 'DISABLED'],
    ['destroy', 'DESTROYED'],
  ] as const)('after %s says so, and does not fall back', async (change, state) => {
    manager.store.add(id, 'old');
    manager.store.add(id, 'new');
    manager.store[change](id, '2');
    expect(await get(`${versionsOf}/latest:access`)).toEqual({
      status: 400,
      body: {
        error: {
          code: 400,
          message: `Secret Version [${secretName}/versions/2] is in ${state} state.`,
          status: 'FAILED_PRECONDITION',
        },
      },
    });
  });

  it('can be enabled again, unless destroyed', async () => {
    manager.store.add(id, 'x');
    manager.store.disable(id, '1');
    manager.store.enable(id, '1');
    expect((await get(`${versionsOf}/1:access`)).status).toBe(200);
    manager.store.destroy(id, '1');
    expect(() => manager.store.enable(id, '1')).toThrow(/DESTROYED/);
  });
});

describe('errors', () => {
  it('words what is missing as the API does', async () => {
    manager.store.add(id, 'x');
    expect((await get('projects/example-staging/secrets/nope/versions/latest:access')).body).toMatchObject({
      error: {
        code: 404,
        message: `Secret [projects/${number}/secrets/nope] not found or has no versions.`,
        status: 'NOT_FOUND',
      },
    });
    expect((await get(`${versionsOf}/7:access`)).body).toMatchObject({
      error: { message: `Secret Version [${secretName}/versions/7] not found.` },
    });
    expect((await get('projects/example-staging/secrets/nope')).status).toBe(404);
  });

  it('does not tell a missing permission from a missing project', async () => {
    manager.store.add(id, 'x');
    manager.store.deny('secretmanager.versions.access');
    const resource = `${versionsOf}/latest`;
    expect(await get(`${resource}:access`)).toMatchObject({
      status: 403,
      body: {
        error: {
          status: 'PERMISSION_DENIED',
          message: `Permission 'secretmanager.versions.access' denied for resource '${resource}' (or it may not exist).`,
          details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'IAM_PERMISSION_DENIED' }],
        },
      },
    });
    expect((await get('projects/other/secrets/x/versions/latest:access')).status).toBe(403);
    expect((await get(versionsOf)).status).toBe(200);
  });

  it('wants the bearer token where one is set', async () => {
    manager.store.add(id, 'x');
    manager.token = 'right';
    const reason = async (headers: Record<string, string>) => {
      const { status, body } = await get(`${versionsOf}/1:access`, headers);
      return [status, /"reason":"(\w+)"/.exec(JSON.stringify(body))?.[1]];
    };
    expect(await reason({})).toEqual([401, 'CREDENTIALS_MISSING']);
    expect(await reason({ authorization: 'Bearer wrong' })).toEqual([401, 'ACCESS_TOKEN_TYPE_UNSUPPORTED']);
    expect((await reason({ authorization: 'Bearer right' }))[0]).toBe(200);
  });

  it.each(['secrets', 'projects/p', 'projects/p/secrets/s:nothing/versions', 'projects/%E0%A4%A', ''])(
    'survives the path %s',
    async (path) => {
      expect((await get(path)).status).toBeGreaterThanOrEqual(400);
    },
  );
});

describe('lists', () => {
  beforeEach(() => {
    for (const payload of ['1', '2', '3', '4', '5']) manager.store.add(id, payload);
    manager.store.disable(id, '4');
  });

  const names = (body: unknown): string[] =>
    [...JSON.stringify(body).matchAll(/"name":"[^"]*\/versions\/(\d+)"/g)].map((match) => match[1] ?? '');

  it('versions newest first, page by page', async () => {
    const first = await get(`${versionsOf}?pageSize=2`);
    expect(names(first.body)).toEqual(['5', '4']);
    expect(first.body).toMatchObject({ nextPageToken: '2', totalSize: 5 });
    const last = await get(`${versionsOf}?pageSize=2&pageToken=4`);
    expect(names(last.body)).toEqual(['1']);
    expect(last.body).not.toHaveProperty('nextPageToken');
    expect((await get(`${versionsOf}?pageSize=two`)).status).toBe(400);
  });

  it('enabled versions only', async () => {
    for (const filter of ['state:ENABLED', 'state=enabled']) {
      expect(names((await get(`${versionsOf}?filter=${filter}`)).body)).toEqual(['5', '3', '2', '1']);
    }
    expect((await get(`${versionsOf}?filter=nonsense`)).status).toBe(400);
  });

  it('states as words, and as numbers for client libraries', async () => {
    expect((await get(`${versionsOf}/4`)).body).toMatchObject({
      state: 'DISABLED',
      createTime: '2026-01-31T12:00:00.000Z',
    });
    expect((await get(`${versionsOf}/4?$alt=json%3Benum-encoding=int`)).body).toMatchObject({ state: 2 });
  });

  it('secrets of a project, and one of them', async () => {
    manager.store.add({ ...id, secret: 'another' }, 'x');
    const { body } = await get('projects/example-staging/secrets');
    expect(body).toMatchObject({
      totalSize: 2,
      secrets: [{ name: `projects/${number}/secrets/another` }, { name: secretName }],
    });
    manager.store.alias(id, 'live', '3');
    expect((await get('projects/example-staging/secrets/jwt-secret')).body).toMatchObject({
      name: secretName,
      versionAliases: { live: '3' },
      replication: { automatic: {} },
    });
  });
});

it('answers late where a delay is set, and not at all where the request is intercepted', async () => {
  manager.store.add(id, 'x');
  manager.delayMs = 150;
  let moment = false;
  setTimeout(() => {
    moment = true;
  }, 140);
  await get(`${versionsOf}/1:access`);
  expect(moment).toBe(true);
  manager.intercept = () => true;
  await expect(
    fetch(`${manager.url}/v1/${versionsOf}/1:access`, { signal: AbortSignal.timeout(200) }),
  ).rejects.toThrow();
  expect(manager.requests).toHaveLength(2);
});
