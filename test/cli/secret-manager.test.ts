import { expect, it } from 'vitest';
import { startSecretManager } from '../../src/demo/secret-manager.js';
import { runHere } from '../support/here.js';
import { startGrpcSecretManager } from '../support/secret-manager-grpc.js';
import { workspace } from '../support/workspace.js';

const secret = 'what Secret Manager holds, of thirty-two bytes';
const id = { project: 'example', secret: 'jwt' };
const folderOf = workspace();

/** The program as it is bundled, which is not all of Google's libraries. */
async function run(transport: 'rest' | 'grpc', endpoint: string, name = id.secret) {
  const source = { kind: 'google-secret-manager', ...id, secret: name, transport, endpoint };
  const participants = { store: { source }, tests: { source: { kind: 'env', names: ['ONE'] } } };
  const folder = await folderOf({
    '.jwtcheckrc.json': { environments: { here: { reference: 'store', participants } } },
  });
  return runHere(['-f', 'json'], { cwd: folder, env: { ONE: secret } });
}

it('the bundled client reads over REST', async () => {
  const manager = await startSecretManager({ now: () => new Date() });
  manager.store.add(id, secret);
  const good = await run('rest', manager.url);
  expect(good.code).toBe(0);
  expect(JSON.parse(good.stdout).reference.version).toBe('1');
  const missing = await run('rest', manager.url, 'nothing');
  expect(JSON.parse(missing.stdout).participants[0].error.code).toBe('not-found');
  await manager.close();
});

it('the bundled client reads over gRPC', async () => {
  const manager = await startGrpcSecretManager();
  manager.store.add(id, secret);
  const good = await run('grpc', `http://${manager.endpoint}`);
  expect(good.code).toBe(0);
  expect(JSON.parse(good.stdout).reference.version).toBe('1');
  const missing = await run('grpc', `http://${manager.endpoint}`, 'nothing');
  expect(JSON.parse(missing.stdout).participants[0].error.code).toBe('not-found');
  manager.close();
});
