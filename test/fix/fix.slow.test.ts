import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rotationAnnotation } from '../../src/rotation/rotation-record.js';
import { aRecorder } from '../support/outputs.js';
import {
  type FixScene,
  id,
  newKey,
  oldKey,
  openFixScene,
  type RestartedService,
  restarted,
  restarting,
} from './fix-scene.js';

let scene: FixScene;

beforeEach(async () => {
  scene = await openFixScene();
});

afterEach(async () => {
  await scene.close();
});

const entry = { source: { kind: 'file', path: '.env', key: 'JWT_SECRET' } };
const writeEnv = (value: string): Promise<void> =>
  writeFile(join(scene.folder, '.env'), `A=1\nJWT_SECRET="${value}" # the key\n`);

/** Two services with the old version. */
async function twoStale(): Promise<[RestartedService, RestartedService]> {
  const [auth, backend] = [await scene.serve(oldKey), await scene.serve(oldKey, newKey)];
  scene.participants = {
    auth_service: restarted(auth, { role: 'issuer' }),
    backend_service: restarted(backend),
  };
  return [auth, backend];
}

/** What the actions of a run came to. */
const results = ({ json }: { json: Record<string, unknown> }): unknown =>
  Array.isArray(json.actions) ? json.actions.map(({ result }: { result: unknown }) => result) : null;

describe('jwtcheck fix', () => {
  it('shows the progress of a check on a terminal', async () => {
    await twoStale();
    const terminal = aRecorder({ isTTY: true, columns: 80 });
    await scene.fix({}, { stderr: terminal });
    expect(terminal.text()).toMatch(/\d of \d/);
    const quiet = aRecorder({ isTTY: true, columns: 80 });
    const style = { color: false, columns: 80, verbose: false, quiet: true };
    await scene.fix({ style }, { stderr: quiet });
    expect(quiet.text()).toBe('');
  });

  it('plans and writes nothing; then carries out the safe actions alone where nobody consents, then the others', async () => {
    const [auth, backend] = await twoStale();
    await writeEnv(oldKey);
    scene.participants.tests = entry;
    const plan = await scene.fix();
    expect(plan).toMatchObject({ code: 0, stderr: '' });
    expect(plan.stdout).toContain(
      '✓ READY  staging: 3 actions would fix 2 of 2 findings; nothing was written (dry run)',
    );
    const [, hash = ''] = /jwtcheck fix --apply (\w+)/.exec(plan.stdout) ?? [];
    expect(auth.restarts).toBe(0);
    expect(await scene.file('.env')).toContain(oldKey);
    expect(scene.versions()).toEqual(['1 ENABLED', '2 ENABLED']);
    const first = await scene.fix({ apply: hash.slice(0, 8), format: 'json' });
    expect(first.code).toBe(1);
    expect(results(first)).toEqual(['fixed', 'not-allowed', 'fixed']);
    expect([auth.keys, backend.keys]).toEqual([[newKey], [newKey, newKey]]);
    expect(await scene.file('.env')).toContain(oldKey);
    const second = await scene.fix({ apply: await scene.hash(), allow: ['file'] });
    expect(second.code).toBe(0);
    expect(second.stdout).toContain('✓ DONE  staging: 1 of 1 action carried out; the check is consistent');
    expect(await scene.file('.env')).toBe(`A=1\nJWT_SECRET=${newKey} # the key\n`);
    const [, backup = ''] = (await readdir(scene.folder)).filter((name) => name.startsWith('.env'));
    expect(await scene.file(backup)).toBe(`A=1\nJWT_SECRET="${oldKey}" # the key\n`);
    expect([auth.restarts, backend.restarts]).toEqual([1, 1]);
  });

  it('refuses a plan where the world has changed since, and says what', async () => {
    const [auth] = await twoStale();
    const hash = await scene.hash();
    scene.manager.store.add(id, `${newKey}-3`);
    const refused = await scene.fix({ apply: hash });
    expect(refused.code).toBe(1);
    // A few digits of each part show which parts changed, and may be the same by chance; test/fix/plan-fix.test.ts has the words.
    expect(refused.stdout).toMatch(/✗ REFUSED {2}staging: .*(?:changed since|another one now)/);
    expect(auth.restarts).toBe(0);
  });

  it('ends a program on an interruption, and says that it was interrupted', async () => {
    const [auth, backend] = await twoStale();
    const controller = new AbortController();
    for (const one of [auth, backend]) one.onRestart = () => controller.abort('SIGTERM');
    const run = ({ port, number }: RestartedService) => ({ run: restarting(port, number, 'sleep 1000') });
    scene.participants = {
      auth_service: restarted(auth, { rollout: run(auth) }),
      backend_service: restarted(backend, { rollout: run(backend) }),
    };
    const hash = await scene.hash();
    const done = await scene.fix({ apply: hash, format: 'json' }, { signal: controller.signal });
    expect(done.code).toBe(130);
    expect(results(done)).toEqual(['interrupted', 'not-begun']);
  });

  it('runs no program with --no-commands', async () => {
    const [auth] = await twoStale();
    const plan = await scene.fix({ format: 'json' }, { env: { JWTCHECK_NO_COMMANDS: '1' } });
    expect(plan).toMatchObject({ code: 1, json: { hash: null, actions: [] } });
    expect(auth.restarts).toBe(0);
  });

  it('plans nothing while a rotation is open, or may be', async () => {
    await twoStale();
    scene.manager.store.update(id, { annotations: new Map([[rotationAnnotation, '{}']]) }, null);
    expect(await scene.fix({ format: 'json' })).toMatchObject({
      code: 3,
      json: { hash: null, refused: 'rotation-unknown', next: 'jwtcheck rotate status' },
    });
  });

  it('plans nothing where something required cannot be read', async () => {
    await twoStale();
    scene.participants = { away: { source: { kind: 'http', url: 'http://127.0.0.1:1/' } } };
    expect(await scene.fix({ format: 'json' })).toMatchObject({
      code: 3,
      json: { hash: null, refused: 'inconclusive', next: 'jwtcheck check' },
    });
  });
});

describe('a new version without the fault of the reference', () => {
  beforeEach(async () => {
    const [auth, backend] = [await scene.serve(newKey), await scene.serve(newKey)];
    scene.participants = { auth_service: restarted(auth), backend_service: restarted(backend) };
    scene.manager.store.add(id, `${newKey}\n`);
  });

  it('is added with consent only; the old one stays enabled, and the way back is shown', async () => {
    const hash = await scene.hash();
    expect(results(await scene.fix({ apply: hash, format: 'json' }))).toEqual(['not-allowed']);
    expect(scene.versions()).toHaveLength(3);
    const done = await scene.fix({ apply: hash, allow: ['new-version'] });
    expect(done.code).toBe(0);
    expect(scene.versions()).toEqual(['1 ENABLED', '2 ENABLED', '3 ENABLED', '4 ENABLED']);
    expect(scene.newest()).toBe(newKey);
    expect(done.stdout).toContain(
      'gcloud secrets versions access 3 --secret=jwt-secret --project=example-staging | gcloud secrets versions add jwt-secret --project=example-staging --data-file=-',
    );
  });

  it('is found where the older version cannot be read, too', async () => {
    scene.reference = { history: 0 };
    const done = await scene.fix({ apply: await scene.hash(), yes: true });
    expect(done.code).toBe(0);
    expect(scene.newest()).toBe(newKey);
  });

  it('is added once by two runs at the same time', async () => {
    const hash = await scene.hash();
    const both = await Promise.all([1, 2].map(() => scene.fix({ apply: hash, yes: true })));
    expect(scene.versions()).toHaveLength(4);
    expect(both.map(({ code }) => code).sort()).toEqual([0, 1]);
  });

  it('is asked for on a terminal', async () => {
    const hash = await scene.hash();
    const { PassThrough } = await import('node:stream');
    const answering = (answer: string) => {
      const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => {} });
      return {
        stdin,
        stderr: {
          isTTY: true,
          columns: 80,
          write: async (text: string) => {
            if (text.includes('[y/N]')) setImmediate(() => stdin.write(`${answer}\n`));
          },
        },
      };
    };
    expect(results(await scene.fix({ apply: hash, format: 'json' }, answering('')))).toEqual(['not-allowed']);
    expect(results(await scene.fix({ apply: hash, format: 'json' }, answering('y')))).toEqual(['fixed']);
  });
});
