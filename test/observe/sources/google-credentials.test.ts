import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { listen } from '../../../src/demo/json-server.js';
import { googleSecretManager } from '../../../src/observe/sources/google/google-secret-manager.js';
import { serviceAccountKey } from '../../support/certificates.js';
import { googleWorld, sourceOf, type TestWorld } from './google-world.js';

const id = { project: 'netra-staging', secret: 'jwt-secret-staging' };

let folder: string;
let context: TestWorld;
const closing: (() => Promise<void>)[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jwtcheck-adc-'));
  context = googleWorld();
  vi.stubEnv('HOME', folder);
  vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', '');
  vi.stubEnv('METADATA_SERVER_DETECTION', 'none');
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await context.end();
  for (const close of closing.splice(0)) await close();
  await rm(folder, { recursive: true });
});

async function serve(server: Server): Promise<string> {
  const { url, close } = await listen(server);
  closing.push(close);
  return url;
}

/** Application Default Credentials out of a file with this text. */
async function credentials(text: string): Promise<void> {
  const path = join(folder, 'credentials.json');
  await writeFile(path, text);
  vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', path);
}

/** A service account; its tokens are signed here, without asking anybody. */
const serviceAccount = (): Promise<void> =>
  credentials(
    JSON.stringify({
      type: 'service_account',
      project_id: id.project,
      private_key_id: 'k1',
      private_key: serviceAccountKey(),
      client_email: 'jwtcheck@netra-staging.iam.gserviceaccount.com',
    }),
  );

/** Workload identity whose tokens come from this address. */
async function workloadIdentity(tokenUrl: string): Promise<void> {
  const subject = join(folder, 'subject-token');
  await writeFile(subject, 'subject-token-that-nobody-may-see');
  await credentials(
    JSON.stringify({
      type: 'external_account',
      audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/x',
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      token_url: tokenUrl,
      credential_source: { file: subject },
    }),
  );
}

async function error(settings: Partial<Parameters<typeof sourceOf>[0]> = {}, within = context) {
  const result = await googleSecretManager.read(sourceOf({ ...id, ...settings }), within);
  if (result.is !== 'error') throw new Error(`unexpectedly ${result.is}`);
  return result.error;
}

it('explains missing credentials where the metadata server takes too long to tell', async () => {
  vi.stubEnv('METADATA_SERVER_DETECTION', 'ping-only');
  const hanging = await serve(createServer(() => {}));
  vi.stubEnv('GCE_METADATA_HOST', new URL(hanging).host);
  const short = googleWorld({ timeoutMs: 300 });
  expect(await error({}, short)).toMatchObject({
    code: 'unauthenticated',
    message: 'no Application Default Credentials were found',
  });
  await short.end();
});

it.each(['rest', 'grpc'] as const)(
  'tells over %s how to get credentials where there are none',
  async (transport) => {
    expect(await error({ transport })).toEqual({
      code: 'unauthenticated',
      message: 'no Application Default Credentials were found',
      hint: expect.stringContaining('`gcloud auth application-default login`'),
      steps: expect.arrayContaining([{ command: 'gcloud auth application-default login' }]),
    });
  },
);

it('names a credentials file that does not exist as such', async () => {
  vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', join(folder, 'nowhere.json'));
  expect(await error()).toMatchObject({
    code: 'unauthenticated',
    message: expect.stringContaining('GOOGLE_APPLICATION_CREDENTIALS names does not exist'),
  });
});

it('shows nothing of a credentials file that cannot be read', async () => {
  await credentials('-----BEGIN PRIVATE KEY----- abcdefghijkl');
  const broken = await error();
  expect(broken.code).toBe('unauthenticated');
  expect(broken.message).toContain('not JSON');
  expect(JSON.stringify(broken)).not.toMatch(/BEGIN|abcdef/);
});

it('reports that credentials were rejected', async () => {
  const tokens = await serve(
    createServer((_request, response) => {
      response.writeHead(400, { 'content-type': 'application/json' });
      response.end('{"error":"invalid_grant","error_description":"words of the server"}');
    }),
  );
  await workloadIdentity(`${tokens}/token`);
  const refused = await error();
  expect(refused).toMatchObject({
    code: 'unauthenticated',
    message: expect.stringContaining('rejected (status 400)'),
  });
  expect(JSON.stringify(refused)).not.toMatch(/words of|subject-token/);
});

it('reports that the server which issues tokens is down', async () => {
  const { url, close } = await listen(createServer());
  await close();
  await workloadIdentity(`${url}/token`);
  expect(await error()).toMatchObject({
    code: 'connection',
    message: expect.stringContaining('ECONNREFUSED'),
  });
});

it('gives up where the server which gives out tokens does not answer', async () => {
  await workloadIdentity(await serve(createServer(() => {})));
  const short = googleWorld({ timeoutMs: 300 });
  expect(await error({}, short)).toMatchObject({
    code: 'timeout',
    message: expect.stringMatching(/^signing in to Google Cloud/),
  });
  await short.end();
});

it('reports a name that does not resolve', async () => {
  await serviceAccount();
  expect(await error({ endpoint: 'https://secrets.invalid' })).toMatchObject({
    code: 'dns',
    message: expect.stringContaining('https://secrets.invalid'),
  });
  expect((await error({ endpoint: 'https://secrets.invalid', transport: 'grpc' })).code).toBe('dns');
});

it.each(['rest', 'grpc'] as const)('tells over %s that the server does not speak TLS', async (transport) => {
  await serviceAccount();
  const endpoint = (await serve(createServer())).replace('http:', 'https:');
  expect((await error({ endpoint, transport })).code).toBe('tls');
});

it('asks Google through the proxy of the environment', async () => {
  await serviceAccount();
  const asked: string[] = [];
  const proxy = createServer();
  proxy.on('connect', (request, socket) => {
    asked.push(request.url ?? '');
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  });
  const behind = googleWorld({ env: { HTTPS_PROXY: await serve(proxy) } });
  expect(await error({}, behind)).toMatchObject({
    code: 'connection',
    message: expect.stringContaining('proxy'),
  });
  expect(new Set(asked)).toEqual(new Set(['secretmanager.googleapis.com:443']));
  await behind.end();
});
