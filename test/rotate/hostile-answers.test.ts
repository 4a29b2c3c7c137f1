import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type SecretManager, startSecretManager } from '../../src/demo/secret-manager.js';
import { checksum } from '../../src/demo/secret-rules.js';
import type { Outcome } from '../../src/observe/network/network.js';
import type { RotationStore } from '../../src/rotate/rotation-store.js';
import { openRotationStore } from '../../src/rotate/store.js';
import { Secret } from '../../src/secret/secret.js';
import { googleWorld, sourceOf } from '../observe/sources/google-world.js';
import { runs } from '../support/random.js';

const id = { project: 'example-staging', secret: 'jwt-secret' };
const text = '7f1d0c52e96ab8346f01ce7d2b95a8e3';
const key = new Secret(text);
const spellings = [text, Buffer.from(text).toString('base64'), Buffer.from(text).toString('hex')];

let manager: SecretManager;

beforeEach(async () => {
  manager = await startSecretManager();
});

afterEach(() => manager.close());

/** Does something with a store of its own. */
async function withStore<T>(run: (store: RotationStore) => Promise<T>): Promise<T> {
  const world = googleWorld();
  const opened = openRotationStore(sourceOf({ ...id, endpoint: manager.url }), world);
  if (!opened.ok) throw new Error(opened.error.message);
  try {
    return await run(opened.value);
  } finally {
    await world.end();
  }
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

const echo = fc.constantFrom(...spellings, 'x', '');
const names = fc.constantFrom(
  'projects/1/secrets/jwt-secret/versions/1',
  'projects/1/secrets/jwt-secret/versions/2',
  'projects/1/secrets/jwt-secret/versions/latest',
  'projects/1/secrets/jwt-secret/versions/9999999999999999',
  text,
  7,
);
const payload = Buffer.from('another key');
const resources: fc.Arbitrary<Answer> = fc
  .record(
    {
      name: names,
      etag: fc.oneof(echo, fc.integer()),
      state: fc.constantFrom('ENABLED', 'DISABLED', 'DESTROYED', 'STATE_UNSPECIFIED', 1, 2, 3, 4, 'x', null),
      clientSpecifiedPayloadChecksum: fc.constantFrom(true, false, 'true'),
      annotations: fc.oneof(fc.dictionary(fc.string(), echo), echo),
      versionAliases: fc.oneof(fc.dictionary(fc.string(), fc.constantFrom('1', 2, 'x')), echo),
      versions: fc.oneof(fc.array(fc.record({ name: names, state: fc.constantFrom('ENABLED', 2) })), echo),
      nextPageToken: fc.constantFrom('', 'next', 3),
      permissions: fc.oneof(fc.array(fc.string()), echo),
      payload: fc.record({
        data: fc.constantFrom(payload.toString('base64'), '', '*', spellings[1]),
        dataCrc32c: fc.constantFrom(checksum(payload), '1', 'x'),
      }),
    },
    { requiredKeys: [] },
  )
  .map((body) => ({ status: 200, body: JSON.stringify(body) }));
const errors: fc.Arbitrary<Answer> = fc
  .record({
    status: fc.constantFrom('FAILED_PRECONDITION', 'ABORTED', 'PERMISSION_DENIED', 'INTERNAL', text),
    message: fc.oneof(echo, fc.constant(`Secret Version [${text}/versions/1] is in DISABLED state.`)),
    details: fc.array(fc.record({ reason: echo })),
  })
  .chain((error) =>
    fc.constantFrom(400, 403, 409, 500).map((status) => ({ status, body: JSON.stringify({ error }) })),
  );
const others: fc.Arbitrary<Answer> = fc.record({
  status: fc.constantFrom(200, 204, 302, 404, 502),
  body: fc.oneof(fc.json(), echo),
});

const calls: Readonly<Record<string, (store: RotationStore) => Promise<Outcome<unknown>>>> = {
  readRotationSecret: (store) => store.readRotationSecret(),
  addVersion: (store) => store.addVersion(key),
  enable: (store) => store.enable(1),
  disable: (store) => store.disable(1, '"0"'),
  update: (store) => store.update({ annotations: new Map([['a', text]]), versionAliases: new Map() }, '"0"'),
  accessByNumber: (store) => store.accessByNumber(1),
  missingPermissions: (store) => store.missingPermissions(['secretmanager.versions.add']),
};

it('whatever answers, every call comes to an outcome, and no error shows what was sent', async () => {
  const anyAnswer = fc.oneof(resources, errors, others);
  const anyCall = fc.constantFrom(...Object.values(calls));
  await fc.assert(
    fc.asyncProperty(anyCall, fc.array(anyAnswer, { minLength: 1, maxLength: 4 }), async (call, answers) => {
      let asked = 0;
      manager.intercept = (request, response) => {
        const answer = answers[Math.min(asked++, answers.length - 1)];
        request.resume();
        response.writeHead(answer?.status ?? 500, { 'content-type': 'application/json' });
        response.end(answer?.body);
        return true;
      };
      const outcome = await withStore(call);
      if (outcome.ok) {
        const { value } = outcome;
        // A version may hold no bytes at all.
        if (value instanceof Secret)
          expect(['', text, payload.toString()]).toContain(value.reveal().toString());
        return;
      }
      const shown = JSON.stringify(outcome.error);
      for (const spelling of spellings) expect(shown).not.toContain(spelling);
    }),
    { numRuns: runs(600, 60) },
  );
});

it('does not take the answer about one version for another', async () => {
  manager.store.add(id, 'one');
  manager.store.add(id, 'two');
  manager.intercept = (request) => {
    // The request is answered by the server itself, for another version.
    request.url = (request.url ?? '').replace('/versions/1', '/versions/2');
    return false;
  };
  const accessed = await withStore((store) => store.accessByNumber(1));
  expect(accessed).toMatchObject({
    ok: false,
    error: { code: 'invalid-response', message: expect.stringContaining('version 2 instead of 1') },
  });
  const enabled = await withStore((store) => store.enable(1));
  expect(enabled).toMatchObject({ ok: false, error: { code: 'invalid-response', reason: 'unknown' } });
});
