import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer, request as relay } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { listen } from '../../src/demo/json-server.js';
import { type SecretManager, startSecretManager } from '../../src/demo/secret-manager.js';
import { certificateFolder, pair, serviceAccountKey } from '../support/certificates.js';
import { runCli } from '../support/cli.js';
import { startProxy, type TestProxy } from '../support/http-server.js';
import { workspace } from '../support/workspace.js';

/** The program as it is bundled, which is not all of Google's libraries, against a Secret Manager that wants to know who asks. */
const host = 'auth.example.test';
const secret = 'what Secret Manager holds, of thirty-two bytes';
const id = { project: 'example', secret: 'jwt' };
const folderOf = workspace();
const closing: (() => unknown)[] = [];
let manager: SecretManager;
let proxy: TestProxy;
let port = 0;
/** What came in `Authorization`. */
let presented: string[] = [];

beforeAll(async () => {
  manager = await startSecretManager({ now: () => new Date() });
  manager.store.add(id, secret);
  const front = createTlsServer(pair('server'), (request, response) => {
    presented.push(request.headers.authorization ?? '');
    relay(new URL(request.url ?? '', manager.url), { method: request.method ?? 'GET' }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    }).end();
  });
  await once(front.listen(0, '127.0.0.1'), 'listening');
  const address = front.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
  proxy = await startProxy();
  closing.push(
    () => manager.close(),
    () => proxy.close(),
    () => front.closeAllConnections(),
    () => front.close(),
  );
});
beforeEach(() => {
  presented = [];
});
afterAll(async () => {
  for (const close of closing) await close();
});

async function run(credentials: object | null, env: Readonly<Record<string, string>> = {}) {
  const source = { kind: 'google-secret-manager', ...id, endpoint: `https://${host}:${port}` };
  const participants = { store: { source }, tests: { source: { kind: 'env', names: ['ONE'] } } };
  const cwd = await folderOf({
    '.jwtcheckrc.json': { environments: { here: { reference: 'store', participants } } },
  });
  const file = join(cwd, 'credentials.json');
  await writeFile(file, JSON.stringify(credentials));
  return runCli(['-f', 'json'], {
    cwd,
    env: {
      ONE: secret,
      HOME: cwd,
      HTTPS_PROXY: proxy.origin,
      NODE_EXTRA_CA_CERTS: join(certificateFolder, 'ca.pem'),
      ...(credentials === null ? {} : { GOOGLE_APPLICATION_CREDENTIALS: file }),
      ...env,
    },
  });
}

async function serve(answer: Parameters<typeof createServer>[1]): Promise<string> {
  const { url, close } = await listen(createServer(answer));
  closing.push(close);
  return url;
}

/** The credential comes with both requests: for the key, and for what the secret says of a rotation. */
const ofBoth = (credential: unknown): unknown[] => [credential, credential];

describe('the bundled client is let in', () => {
  it('with the key of a service account', async () => {
    const ended = await run({
      type: 'service_account',
      project_id: id.project,
      private_key_id: 'k1',
      private_key: serviceAccountKey(),
      client_email: 'jwtcheck@example.iam.gserviceaccount.com',
    });
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(presented).toEqual(ofBoth(expect.stringMatching(/^Bearer ey[\w-]+\.[\w-]+\.[\w-]+$/)));
  });

  it('with a token of the metadata server', async () => {
    const url = await serve((request, response) => {
      response.setHeader('metadata-flavor', 'Google');
      const isToken = request.url?.includes('/service-accounts/default/token');
      response.setHeader('content-type', isToken ? 'application/json' : 'text/plain');
      response.end(
        isToken ? '{"access_token":"of-the-machine","expires_in":3600,"token_type":"Bearer"}' : 'example',
      );
    });
    const ended = await run(null, {
      GCE_METADATA_HOST: new URL(url).host,
      METADATA_SERVER_DETECTION: 'assume-present',
    });
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(presented).toEqual(ofBoth('Bearer of-the-machine'));
  });

  it('with workload identity', async () => {
    const asked: string[] = [];
    const url = await serve(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      asked.push(Buffer.concat(chunks).toString());
      response.setHeader('content-type', 'application/json');
      response.end(
        '{"access_token":"in-exchange","issued_token_type":"urn:ietf:params:oauth:token-type:access_token","token_type":"Bearer","expires_in":3600}',
      );
    });
    const subject = join(await folderOf({}), 'subject-token');
    await writeFile(subject, 'of-the-platform');
    const ended = await run({
      type: 'external_account',
      audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/x',
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      token_url: url,
      credential_source: { file: subject },
    });
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(asked).toEqual([expect.stringContaining('subject_token=of-the-platform')]);
    expect(presented).toEqual(ofBoth('Bearer in-exchange'));
  });

  it.each(['directly', 'for impersonation'])(
    'of a program, which does not run where programs are refused: %s',
    async (how) => {
      const marker = join(await folderOf({}), 'ran');
      const program = {
        type: 'external_account',
        audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/x',
        subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
        token_url: 'https://sts.googleapis.com/v1/token',
        credential_source: { executable: { command: `touch ${marker}` } },
      };
      const impersonated = {
        type: 'impersonated_service_account',
        service_account_impersonation_url:
          'https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/a@b.example:generateAccessToken',
        source_credentials: program,
      };
      const { code, stdout } = await run(how === 'directly' ? program : impersonated, {
        GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES: '1',
        JWTCHECK_NO_COMMANDS: '1',
      });
      expect(code).toBe(3);
      expect(stdout).toContain('run a program, which --no-commands (JWTCHECK_NO_COMMANDS) does not allow');
      expect(existsSync(marker)).toBe(false);
    },
  );
});
