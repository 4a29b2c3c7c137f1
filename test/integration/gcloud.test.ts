import { execFile } from 'node:child_process';
import { accessSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it, type TestContext } from 'vitest';
import { type SecretManager, startSecretManager } from '../../src/demo/secret-manager.js';
import { workspace } from '../support/workspace.js';

const id = { project: 'example-staging', secret: 'jwt-secret' };
const folderOf = workspace();
let manager: SecretManager;

beforeEach(async () => {
  manager = await startSecretManager();
  manager.store.add(id, 'one');
});

afterEach(() => manager.close());

/** Skips a test where gcloud is not installed: no package of Debian has it. */
function needsGcloud({ skip }: TestContext): void {
  const place = (process.env.PATH ?? '').split(delimiter).find((folder) => {
    try {
      accessSync(join(folder, 'gcloud'));
      return true;
    } catch {
      return false;
    }
  });
  skip(place === undefined, 'gcloud is not installed; see https://cloud.google.com/sdk/docs/install');
}

/** Runs gcloud on the embedded Secret Manager, with no configuration of this machine; both outputs. */
async function gcloud(...args: string[]): Promise<string> {
  const home = await folderOf({ 'new-secret': 'two' });
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: home,
    CLOUDSDK_CONFIG: home,
    CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER: `${manager.url}/`,
    CLOUDSDK_AUTH_ACCESS_TOKEN: 'any',
    CLOUDSDK_CORE_PROJECT: id.project,
    CLOUDSDK_CORE_DISABLE_PROMPTS: '1',
    CLOUDSDK_CORE_DISABLE_USAGE_REPORTING: '1',
    CLOUDSDK_CORE_CHECK_GCE_METADATA: 'false',
    CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK: '1',
  };
  const run = promisify(execFile)('gcloud', ['secrets', ...args], { cwd: home, env });
  const { stdout, stderr } = await run.catch((error: { stdout: string; stderr: string }) => error);
  return stdout + stderr;
}

const states = (): string[] =>
  manager.store.secret(id).versions.written.map(({ number, state }) => `${number} ${state}`);

it('gcloud adds, lists, disables and enables versions', async (context) => {
  needsGcloud(context);
  expect(await gcloud('versions', 'add', 'jwt-secret', '--data-file=new-secret')).toContain(
    'Created version [2] of the secret [jwt-secret].',
  );
  expect(await gcloud('versions', 'access', 'latest', '--secret=jwt-secret')).toBe('two');
  expect(await gcloud('versions', 'disable', '1', '--secret=jwt-secret')).toContain('Disabled version [1]');
  expect(states()).toEqual(['1 DISABLED', '2 ENABLED']);
  const listed = JSON.parse(await gcloud('versions', 'list', 'jwt-secret', '--format=json(name,state)'));
  expect(
    listed.map((one: { name: string; state: string }) => `${one.name.split('/').at(-1)} ${one.state}`),
  ).toEqual(['2 ENABLED', '1 DISABLED']);
  expect(await gcloud('versions', 'enable', '1', '--secret=jwt-secret')).toContain('Enabled version [1]');
  expect(states()).toEqual(['1 ENABLED', '2 ENABLED']);
});

it('gcloud moves aliases, and is told why an alias cannot be read', async (context) => {
  needsGcloud(context);
  manager.store.add(id, 'two');
  expect(await gcloud('update', 'jwt-secret', '--update-version-aliases=current=1,next=2')).toContain(
    'Updated secret [jwt-secret].',
  );
  expect(Object.fromEntries(manager.store.secret(id).metadata.written.versionAliases)).toEqual({
    current: 1,
    next: 2,
  });
  expect(await gcloud('versions', 'access', 'next', '--secret=jwt-secret')).toBe('two');
  manager.store.disable(id, '2');
  expect(await gcloud('versions', 'access', 'next', '--secret=jwt-secret')).toMatch(
    /FAILED_PRECONDITION: Secret Version \[projects\/\d+\/secrets\/jwt-secret\/versions\/2\] is in DISABLED state\./,
  );
  await gcloud('update', 'jwt-secret', '--remove-version-aliases=next');
  expect([...manager.store.secret(id).metadata.written.versionAliases.keys()]).toEqual(['current']);
});

it('gcloud is told of a stale etag, and of a missing permission', async (context) => {
  needsGcloud(context);
  expect(await gcloud('versions', 'disable', '1', '--secret=jwt-secret', '--etag="0"')).toContain(
    "FAILED_PRECONDITION: The etag provided in the request does not match the resource's current etag.",
  );
  manager.store.deny('secretmanager.versions.disable');
  expect(await gcloud('versions', 'disable', '1', '--secret=jwt-secret')).toContain(
    "PERMISSION_DENIED: Permission 'secretmanager.versions.disable' denied",
  );
  expect(states()).toEqual(['1 ENABLED']);
});
