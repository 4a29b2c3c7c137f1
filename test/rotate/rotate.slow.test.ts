import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { overlapParticipant } from '../support/overlap-service.js';
import { firstKey, id, openScene, type Rotated, type Scene } from './scene.js';

let scene: Scene;

beforeEach(async () => {
  scene = await openScene();
});

afterEach(async () => {
  await scene.close();
});

const apply = { apply: true };
const writes =
  /^(AddSecretVersion|UpdateSecret|DisableSecretVersion|EnableSecretVersion|DestroySecretVersion)$/;
const written = (): string[] => scene.manager.calls.filter((call) => writes.test(call));

/** Until every issuer is seen to have moved, and its old tokens have expired. */
async function drain(): Promise<void> {
  const early = await scene.rotate('next', apply);
  expect(early).toMatchObject({ code: 3 });
  expect(early.stdout).toContain('tokens of the other key can be valid until');
  scene.clock.ahead += 61_000;
}

async function staged(): Promise<Rotated> {
  const start = await scene.rotate('start', apply);
  expect(start).toMatchObject({ code: 0 });
  return start;
}

/** A program that appends what it was given to a file, then does something else. */
function hook(then = ''): string[] {
  const names = ['STATE', 'FROM', 'TO'].map((name) => `process.env.JWTCHECK_ROTATION_${name}`);
  const script = `require('fs').appendFileSync('hooks.txt', [${names.join(', ')}].join(' ') + '\\n'); ${then}`;
  return [process.execPath, '-e', script];
}

/** A variable as the configuration names it. */
const variable = (name: string): string => `\${${name}}`;

const hooksRun = async (): Promise<string[]> =>
  (await readFile(join(scene.folder, 'hooks.txt'), 'utf8').catch(() => '')).split('\n').filter(Boolean);

/** Where lines break depends on the path of Node, which reports show. */
const inOneLine = (text: string): string => text.replaceAll(/\s+/g, ' ');

describe('a rotation', () => {
  it('goes from state to state, and runs its hooks', async () => {
    scene.rotation = {
      ...scene.rotation,
      hooks: { staged: [hook()], promoted: [hook(), hook()], revoked: [], finished: [hook()] },
    };
    const plan = await scene.rotate('plan');
    expect(plan).toMatchObject({ code: 0 });
    expect(plan.stdout).toContain('32 random bytes as 64 hexadecimal characters');
    expect(plan.stdout).toContain('Undo afterwards: jwtcheck rotate rollback --apply');
    expect(await scene.rotate('start', apply)).toMatchObject({ code: 0 });
    expect(scene.aliases()).toMatchObject({ current: 1, next: 2 });
    expect(await scene.rotate('next', apply)).toMatchObject({ code: 0 });
    expect(scene.aliases()).toMatchObject({ current: 2, previous: 1 });
    await drain();
    expect(await scene.rotate('next', apply)).toMatchObject({ code: 0 });
    expect(scene.aliases()).toEqual({ current: 2 });
    const finished = await scene.rotate('next', apply);
    expect(finished).toMatchObject({ code: 0 });
    expect(finished.stdout).toContain(
      'Undo: gcloud secrets versions enable 1 --secret=jwt-secret --project=example-staging',
    );
    expect(scene.versions()).toEqual(['1 DISABLED', '2 ENABLED']);
    expect(await hooksRun()).toEqual(['staged 1 2', 'promoted 1 2', 'promoted 1 2', 'finished 1 2']);
    const again = await scene.rotate('next', apply);
    expect(again).toMatchObject({ code: 0 });
    expect(again.stdout).toContain('nothing is left to do');
  });

  it('adds a key of hexadecimal text that no output and no annotation holds', async () => {
    await staged();
    const secret = scene.manager.store.secret(id);
    const key = secret.versions.written[1]?.payload.toString() ?? '';
    expect(key).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.stringify([...secret.metadata.written.annotations])).not.toContain(key.slice(0, 8));
  });

  it('is never written to by a dry run', async () => {
    for (const command of ['plan', 'start', 'status', 'next', 'rollback', 'emergency'] as const)
      await scene.rotate(command);
    expect(written()).toEqual([]);
    await staged();
    const before = written().length;
    for (const command of ['plan', 'start', 'status', 'next', 'rollback', 'emergency'] as const)
      await scene.rotate(command);
    expect(written()).toHaveLength(before);
  });

  it('shows in a dry run what the later steps run, and nothing of an expanded variable', async () => {
    scene.rotation = {
      ...scene.rotation,
      hooks: { promoted: [['kubectl', 'rollout', variable('TARGET')]] },
    };
    const plan = await scene.rotate('plan', {}, { env: { TARGET: 'hidden-deployment-name' } });
    expect(plan.stdout).toContain('kubectl rollout');
    expect(`${plan.stdout}${plan.stderr}`).not.toContain('hidden-deployment-name');
  });

  it('begins without any alias, with the version that the reference shows', async () => {
    scene.manager.store.update(id, { versionAliases: new Map() }, null);
    const single = await scene.serve({ replicas: [() => ({ sign: firstKey })], mints: true });
    scene.participants = {
      auth: overlapParticipant(single, { role: 'issuer', mint: { url: `${single.origin}/mint` } }),
    };
    await staged();
    expect(scene.aliases()).toEqual({ current: 1, next: 2, previous: 1 });
    expect(await scene.rotate('rollback', apply)).toMatchObject({ code: 0 });
    // The reference follows `latest`, which is the new version by now.
    expect(await scene.rotate('plan')).toMatchObject({ code: 0 });
  });

  it('names commands with the environment, the configuration and the trust that were given', async () => {
    const config = join(scene.folder, '.jwtcheckrc.json');
    const flags = { environment: 'staging', config, trusts: ['auth'] };
    const plan = await scene.rotate('plan', { ...flags, format: 'json' });
    expect(JSON.parse(plan.stdout)).toMatchObject({
      next: `jwtcheck rotate start --apply --trust auth -c ${config} -e staging`,
      undo: `jwtcheck rotate rollback --apply -c ${config} -e staging`,
    });
    const emulated = await scene.rotate('plan', { allowEmulator: true, format: 'json' });
    expect(JSON.parse(emulated.stdout)).toMatchObject({
      next: 'jwtcheck rotate start --apply --allow-emulator',
    });
    const env = { JWTCHECK_ENVIRONMENT: 'staging' };
    const byVariable = await scene.rotate('plan', { format: 'json' }, { env });
    expect(JSON.parse(byVariable.stdout)).toMatchObject({ next: 'jwtcheck rotate start --apply -e staging' });
  });

  it('is undone a step at a time, and the version is used again', async () => {
    await staged();
    expect(await scene.rotate('next', apply)).toMatchObject({ code: 0 });
    expect(await scene.rotate('rollback', apply)).toMatchObject({ code: 0 });
    expect(scene.aliases()).toMatchObject({ current: 1, next: 2 });
    // Tokens of the new key are out there: they are waited for like those of an old one.
    const early = await scene.rotate('rollback', apply);
    expect(early).toMatchObject({ code: 3 });
    expect(inOneLine(early.stdout)).toContain(
      'It asks that every issuer signs with version 1 again, every verifier accepts it, and the last token of version 2 has expired.',
    );
    scene.clock.ahead += 61_000;
    expect(await scene.rotate('rollback', apply)).toMatchObject({ code: 0 });
    expect(scene.aliases()).toEqual({ current: 1 });
    await staged();
    expect(scene.versions()).toEqual(['1 ENABLED', '2 ENABLED']);
  });

  it('waits with --wait until a replica has caught up', async () => {
    const start = Date.now();
    const late = await scene.serve({
      replicas: [scene.followed, () => (Date.now() - start < 3000 ? { sign: firstKey } : scene.followed())],
    });
    scene.participants = { ...scene.participants, late: overlapParticipant(late) };
    await staged();
    const next = await scene.rotate('next', { ...apply, waitMs: 60_000 });
    expect(next).toMatchObject({ code: 0 });
    expect(next.stderr).toContain('late (probe me) rejects tokens of version 2');
  });

  it.each([
    [
      'names a wait that is long enough for the drain',
      '5h',
      /^Next: jwtcheck rotate next --apply --wait [56]h /,
    ],
    [
      'says when a step is possible that comes later than any wait',
      '30d',
      /^Next: jwtcheck rotate next --apply is possible in 30d/,
    ],
  ])('%s', async (_, access, next) => {
    scene.rotation = { ...scene.rotation, drain: { access } };
    await staged();
    await scene.rotate('next', apply);
    const { stdout } = await scene.rotate('next', apply);
    expect(inOneLine(stdout.slice(stdout.indexOf('Next: ')))).toMatch(next);
  });

  it('says in the status how a drain begins once every issuer has moved', async () => {
    await staged();
    expect(await scene.rotate('next', apply)).toMatchObject({ code: 0 });
    const { stdout } = await scene.rotate('status');
    expect(inOneLine(stdout)).toContain('jwtcheck rotate next --apply makes them, and remembers when');
  });

  it('names in every report who is trusted without proof', async () => {
    const dark = await scene.serve();
    const { source } = overlapParticipant(dark);
    scene.participants = { ...scene.participants, dark: { source } };
    const plan = await scene.rotate('plan');
    expect(plan).toMatchObject({ code: 3 });
    expect(plan.stdout).toContain('dark has no probe');
    const trusting = await scene.rotate('start', { ...apply, trusts: ['dark'] });
    expect(trusting).toMatchObject({ code: 0 });
    expect(trusting.stdout).toContain('Trusted without proof (--trust): dark');
    const next = await scene.rotate('next', apply);
    expect(next.stdout).toContain('Trusted without proof (--trust): dark');
    expect(await scene.rotate('plan', { trusts: ['darkk'] })).toMatchObject({ code: 2 });
  });

  it('replaces a key that has leaked at once, and says who signs in again', async () => {
    const dry = await scene.rotate('emergency');
    expect(dry).toMatchObject({ code: 0 });
    expect(dry.stdout).toContain('Users who hold tokens of the old key (access) have to sign in again.');
    expect(inOneLine(dry.stdout)).toContain('There is no way back: version 1 has leaked');
    expect(await scene.rotate('emergency', apply)).toMatchObject({ code: 0 });
    expect(scene.aliases()).toEqual({ current: 2 });
    expect(await scene.rotate('rollback', apply)).toMatchObject({ code: 1 });
    expect(await scene.rotate('next', apply)).toMatchObject({ code: 0 });
    expect(scene.versions()).toEqual(['1 DISABLED', '2 ENABLED']);
  });

  it('names the services that still use a leaked key, and what ends that: waiting alone may not', async () => {
    const stuck = await scene.serve({ replicas: [() => ({ sign: firstKey })] });
    scene.participants = { ...scene.participants, stuck: overlapParticipant(stuck) };
    expect(await scene.rotate('emergency', apply)).toMatchObject({ code: 0 });
    const { stdout } = await scene.rotate('status');
    expect(inOneLine(stdout)).toContain(
      'Restart or redeploy these, unless they read version 2 by themselves: stuck.',
    );
  });

  it('fits into a narrow terminal, and into few words', async () => {
    await staged();
    const style = { color: false, columns: 50, verbose: true, quiet: false };
    const { stdout } = await scene.rotate('status', { style });
    for (const line of stdout.split('\n')) expect([...line].length).toBeLessThanOrEqual(50);
    const quiet = await scene.rotate('status', { style: { ...style, columns: 100, quiet: true } });
    expect(quiet.stdout.trimEnd().split('\n')).toHaveLength(3);
  });

  it('is one JSON document with -f json', async () => {
    await staged();
    const document = JSON.parse((await scene.rotate('status', { format: 'json' })).stdout);
    expect(document).toMatchObject({
      schemaVersion: 1,
      command: 'status',
      exitCode: 3,
      state: 'staged',
      secret: 'projects/example-staging/secrets/jwt-secret',
      rotation: { mode: 'overlap', from: 1, to: 2 },
      gate: { holds: false, refuted: false, waitingFor: [{ condition: 'twice', is: 'not-yet' }] },
      foreseen: [{ do: 'update', why: 'state', state: 'promoted' }],
      next: 'jwtcheck rotate next --apply --wait 1h',
    });
    expect(document.gate.evidence).toContainEqual(
      expect.objectContaining({ participant: 'backend', probe: 'socket', key: 2, did: 'accepted' }),
    );
  });
});

describe('what does not hold', () => {
  it('is a verifier that lacks the new key, named with its probe', async () => {
    const single = await scene.serve({ replicas: [() => ({ sign: firstKey })], lists: false });
    scene.participants = { ...scene.participants, single: overlapParticipant(single) };
    const plan = await scene.rotate('plan');
    expect(plan.stdout).toContain('single lists no accepted keys');
    await staged();
    const next = await scene.rotate('next', apply);
    expect(next).toMatchObject({ code: 3 });
    expect(next.stdout).toContain('single (probe me) rejects tokens of version 2');
    scene.clock.ahead += 16 * 60_000;
    const late = await scene.rotate('next', apply);
    expect(late).toMatchObject({ code: 1 });
    expect(late.stdout).toContain('no order without downtime');
    expect(scene.aliases()).toMatchObject({ current: 1 });
    expect(await scene.rotate('rollback', apply)).toMatchObject({ code: 0 });
  });

  it('is an issuer that follows latest', async () => {
    const eager = await scene.serve({ replicas: [() => ({ sign: firstKey, version: 'latest' })] });
    scene.participants = { ...scene.participants, eager: overlapParticipant(eager, { role: 'issuer' }) };
    const start = await scene.rotate('start', apply);
    expect(start).toMatchObject({ code: 1 });
    expect(start.stdout).toContain('eager follows `latest`');
    expect(written()).toEqual([]);
  });

  it('is a service that still accepts the old key, and one that backdating opens', async () => {
    await staged();
    await scene.rotate('next', apply);
    const legacy = await scene.serve({
      legacy: { key: firstKey, before: (Date.now() + scene.clock.ahead) / 1000 - 30 },
    });
    scene.participants = { ...scene.participants, legacy: overlapParticipant(legacy) };
    await drain();
    expect(await scene.rotate('next', apply)).toMatchObject({ code: 0 });
    const next = await scene.rotate('next', apply);
    expect(next.stdout).toContain('legacy (probe me) accepts backdated tokens of version 1');
    expect(next.code).toBe(3);
    expect(scene.versions()).toEqual(['1 ENABLED', '2 ENABLED']);
  });

  it('is an environment in which services disagree', async () => {
    const other = await scene.serve({ replicas: [() => ({ sign: 'f'.repeat(64) })] });
    scene.participants = { ...scene.participants, other: overlapParticipant(other) };
    const start = await scene.rotate('start', apply);
    expect(start).toMatchObject({ code: 1 });
    expect(start.stdout).toContain('the check is inconsistent');
    expect(start.stdout).toContain('jwtcheck check');
    expect(written()).toEqual([]);
  });

  it('is a version that another program added', async () => {
    await staged();
    scene.manager.store.add(id, 'e'.repeat(64));
    const next = await scene.rotate('next', apply);
    expect(next).toMatchObject({ code: 1 });
    expect(next.stdout).toContain('Version 3 is newer');
    expect((await scene.rotate('status')).stdout).toContain('Version 3 is newer');
    expect(scene.aliases()).toMatchObject({ current: 1 });
  });
});

describe('wrong turns', () => {
  it('finds a missing right before anything is written, and names a role that grants it', async () => {
    scene.manager.store.deny('secretmanager.versions.add');
    const start = await scene.rotate('start', apply);
    expect(start).toMatchObject({ code: 3 });
    expect(start.stdout).toContain('missing permission secretmanager.versions.add');
    expect(start.stdout).toContain('roles/secretmanager.secretVersionAdder');
    expect(written()).toEqual([]);
  });

  it('writes nothing more once another process has written', async () => {
    scene.manager.interfere = ({ method, at }) => {
      if (method === 'UpdateSecret' && at === 'before') {
        scene.manager.interfere = null;
        scene.manager.store.update(id, { labels: new Map([['by', 'another']]) }, null);
      }
      return 'continue';
    };
    const start = await scene.rotate('start', apply);
    expect(start).toMatchObject({ code: 3 });
    expect(start.stdout).toContain('another process may be rotating it');
    expect(scene.versions()).toEqual(['1 ENABLED']);
  });

  it('lets one of two runs at once win, and the other write nothing', async () => {
    const runs = await Promise.all([scene.rotate('start', apply), scene.rotate('start', apply)]);
    const codes = runs.map(({ code }) => code).sort();
    expect(codes[0]).toBe(0);
    expect([1, 3]).toContain(codes[1]);
    expect(scene.versions()).toEqual(['1 ENABLED', '2 ENABLED']);
  });

  it('stops at a hook that fails, and runs it again and what is left of the step', async () => {
    scene.rotation = {
      ...scene.rotation,
      hooks: { staged: [hook(), hook('process.exit(3)'), hook()] },
    };
    const start = await scene.rotate('start', apply);
    expect(start).toMatchObject({ code: 3 });
    expect(inOneLine(start.stdout)).toContain('ended with exit status 3');
    expect(start.stdout).toContain('jwtcheck rotate next --apply');
    expect(await hooksRun()).toHaveLength(2);
    scene.rotation = { ...scene.rotation, hooks: { staged: [hook(), hook(), hook()] } };
    expect(await scene.rotate('next', apply)).toMatchObject({ code: 0 });
    expect(await hooksRun()).toHaveLength(4);
    expect(scene.aliases()).toMatchObject({ current: 1, next: 2 });
  });

  it('does not show what a hook that fails prints of a key', async () => {
    const words = 'harbour-velvet-lantern-copper-meadow';
    scene.manager.store.add(id, words);
    scene.manager.store.alias(id, 'current', '2');
    const [part, upper] = ['elvet-lantern', words.toUpperCase()];
    scene.rotation = {
      ...scene.rotation,
      hooks: { staged: [['/bin/sh', '-c', 'cat said >&2; exit 3']] },
    };
    await writeFile(join(scene.folder, 'said'), `bad ${part}, ${upper}\n`);
    const start = await scene.rotate('start', apply);
    expect(start).toMatchObject({ code: 3 });
    expect(inOneLine(start.stdout)).toContain('ended with exit status 3: bad [secret], [secret]');
  });

  it('says in the status that a hook is left to run, and which command runs it', async () => {
    scene.rotation = { ...scene.rotation, hooks: { staged: [hook('process.exit(3)')] } };
    expect((await scene.rotate('start', apply)).stdout).toContain('runs what is left of this step');
    const status = await scene.rotate('status');
    expect(status).toMatchObject({ code: 3 });
    expect(status.stdout).toContain('NOT YET  staging: The step to staged is not finished');
    expect(status.stdout).toContain(
      'Next: jwtcheck rotate next --apply\n      runs what is left of this step',
    );
    expect(status.stdout).not.toContain('the next step may be taken');
  });

  it('says that the clock is behind the times of the rotation', async () => {
    await staged();
    scene.clock.ahead -= 7_200_000;
    const next = await scene.rotate('next', apply);
    expect(next).toMatchObject({ code: 3 });
    expect(next.stdout).toContain('the clock of this machine is behind');
  });

  it('does not call an emergency done while an alias was moved back to the leaked key', async () => {
    expect(await scene.rotate('emergency', apply)).toMatchObject({ code: 0 });
    scene.manager.store.alias(id, 'current', '1');
    const again = await scene.rotate('emergency', apply);
    expect(again).toMatchObject({ code: 1 });
    expect(again.stdout).toMatch(/current stands for version 1 instead\s+of version 2/);
    const status = await scene.rotate('status');
    expect(status.stdout).toMatch(/current stands for version 1 instead\s+of\s+version 2/);
  });

  it('does not claim that services use a wrong key where a version could not be read', async () => {
    await staged();
    await scene.rotate('next', apply);
    await drain();
    await scene.rotate('next', apply);
    scene.manager.store.deny('secretmanager.versions.access');
    const status = await scene.rotate('status');
    expect(status).toMatchObject({ code: 3 });
    expect(status.stdout).toContain('Version 2 could not be read');
    expect(status.stdout).toContain('could not be compared');
    expect(status.stdout).not.toContain('REFUTED');
    expect(status.stdout).not.toContain('does not list version');
  });

  it('does not name a state where the secret cannot be read', async () => {
    await staged();
    scene.manager.store.deny('secretmanager.secrets.get');
    const status = await scene.rotate('status');
    expect(status).toMatchObject({ code: 3 });
    expect(status.stdout).not.toContain('idle');
    expect(status.stdout).not.toContain('no rotation was ever started');
    const json = await scene.rotate('status', { format: 'json' });
    expect(JSON.parse(json.stdout)).toMatchObject({ state: null, rotation: null });
  });

  it('names a replica that lacks the new key once, however often it was asked', async () => {
    const single = await scene.serve({ replicas: [() => ({ sign: firstKey })] });
    scene.participants = { ...scene.participants, single: overlapParticipant(single) };
    await staged();
    const { stdout } = await scene.rotate('status');
    expect(stdout.split('single (replica replica-0) does not list version 2')).toHaveLength(2);
  });

  it('shows commands on one line, however narrow the terminal is, so that they can be pasted', async () => {
    const style = { color: false, columns: 30, verbose: false, quiet: false };
    await staged();
    const { stdout } = await scene.rotate('status', { style });
    expect(stdout).toMatch(/^Undo: jwtcheck rotate rollback --apply$/m);
    expect(stdout).toMatch(/^Next: jwtcheck rotate next --apply --wait 1h$/m);
  });

  it('asks for no other check where only the configuration lacks something, which a check does not say', async () => {
    scene.rotation = { ...scene.rotation, drain: {} };
    const { code, stdout } = await scene.rotate('plan', { isCutover: true });
    expect(code).toBe(3);
    expect(stdout).toContain('set rotation.drain.access');
    expect(stdout).toMatch(/^Next: jwtcheck rotate plan --cutover/m);
    expect(stdout).not.toContain('jwtcheck check');
  });

  it('shows no undo where a right is missing, since nothing was written', async () => {
    scene.manager.store.deny('secretmanager.versions.add');
    expect((await scene.rotate('start', apply)).stdout).not.toContain('Undo:');
  });

  it('does not name a rollback as the undo of a rollback, nor the step forward as what comes next', async () => {
    await staged();
    await scene.rotate('next', apply);
    expect((await scene.rotate('rollback')).stdout).not.toContain('Undo:');
    const back = await scene.rotate('rollback', apply);
    expect(back).toMatchObject({ code: 0 });
    expect(back.stdout).not.toContain('Undo:');
    expect(back.stdout).toContain('Next: jwtcheck rotate status');
  });

  it('stops at a hook that hangs', async () => {
    scene.rotation = {
      ...scene.rotation,
      hookTimeout: '300ms',
      hooks: { staged: [[process.execPath, '-e', 'setInterval(() => {}, 1000)']] },
    };
    const start = await scene.rotate('start', apply);
    expect(start).toMatchObject({ code: 3 });
    expect(inOneLine(start.stdout)).toContain('did not end within 300ms');
    expect(inOneLine(start.stdout)).toContain('`rotation.hookTimeout`');
  });

  it('can be interrupted in a hook, and says how to continue', async () => {
    const interruption = new AbortController();
    scene.rotation = {
      ...scene.rotation,
      hooks: { staged: [hook('setInterval(() => {}, 1000)'), hook()] },
    };
    const begun = setInterval(() => {
      void hooksRun().then((lines) => {
        if (lines.length > 0) interruption.abort('SIGINT');
      });
    }, 20);
    const start = await scene.rotate('start', apply, { signal: interruption.signal });
    clearInterval(begun);
    expect(start).toMatchObject({ code: 130 });
    expect(start.stdout).toContain(
      'Next: jwtcheck rotate next --apply\n      runs what is left of this step',
    );
    scene.rotation = { ...scene.rotation, hooks: { staged: [hook(), hook()] } };
    expect(await scene.rotate('next', apply)).toMatchObject({ code: 0 });
    expect(await hooksRun()).toHaveLength(3);
  });

  it('works with a store that returns older states for a while, and says so', async () => {
    Object.assign(scene.manager.store.lag, { metadata: { ms: 60_000 }, versions: { ms: 60_000 } });
    await staged();
    const early = await scene.rotate('next', apply);
    expect(early.code).not.toBe(0);
    expect(early.stdout).toContain('Secret Manager may still return the older state');
    const again = await scene.rotate('start', apply);
    expect(again.code).not.toBe(0);
    scene.clock.ahead += 61_000;
    expect(await scene.rotate('next', apply)).toMatchObject({ code: 0 });
    expect(scene.versions()).toEqual(['1 ENABLED', '2 ENABLED']);
    expect(scene.aliases()).toMatchObject({ current: 2, previous: 1 });
  });

  it('refuses a reference of another kind', async () => {
    scene.participants = { ...scene.participants, store: { source: { kind: 'env', names: ['JWT_SECRET'] } } };
    const plan = await scene.rotate('plan', {}, { env: { JWT_SECRET: firstKey } });
    expect(plan).toMatchObject({ code: 2 });
    expect(plan.stderr).toContain('Only a google-secret-manager reference can rotate');
  });

  it('asks no emulator where CI is set', async () => {
    expect(await scene.rotate('plan', {}, { env: { CI: 'true' } })).toMatchObject({ code: 2 });
    const allowed = { CI: 'true', JWTCHECK_ALLOW_EMULATOR: '1' };
    expect(await scene.rotate('plan', {}, { env: allowed })).toMatchObject({ code: 0 });
  });

  it('runs no program where those are not wanted', async () => {
    scene.rotation = { ...scene.rotation, hooks: { staged: [hook()] } };
    const plan = await scene.rotate('plan', {}, { env: { JWTCHECK_NO_COMMANDS: '1' } });
    expect(plan).toMatchObject({ code: 2 });
    expect(plan.stderr).toContain('--no-commands');
  });

  it('says that it cannot tell where the secret cannot be read', async () => {
    scene.manager.store.deny('secretmanager.secrets.get');
    const status = await scene.rotate('status');
    expect(status).toMatchObject({ code: 3 });
    expect(status.stdout).toContain('secretmanager.secrets.get');
  });

  it('does not trust a record that was changed by hand', async () => {
    const annotations = new Map([['jwtcheck-rotation', '{"format":1,"state":"promoted"}']]);
    scene.manager.store.update(id, { annotations }, null);
    const next = await scene.rotate('next', apply);
    expect(next).toMatchObject({ code: 3 });
    expect(next.stdout).toContain('is not a rotation record');
    expect(written()).toEqual([]);
  });
});
