import { execFileSync } from 'node:child_process';
import { chmod, lchown, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findConfig } from '../../src/config/discover.js';
import { loadConfig } from '../../src/config/load.js';
import { ConfigError } from '../../src/errors.js';
import { needs } from '../support/needs.js';
import { configOf, variable } from '../support/service.js';
import { workspace } from '../support/workspace.js';

const folder = workspace();
const me = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
const another = { uid: 4242, gid: 4242 };

const problems = async (work: Promise<unknown>): Promise<{ path: string; message: string }[]> => {
  const error = await work.then(
    () => null,
    (e: unknown) => e,
  );
  if (error === null) return [];
  if (!(error instanceof ConfigError)) throw error;
  return [...error.problems];
};

describe('a configuration that was found above the checkout', () => {
  /** A configuration at the top, and below it a folder with or without a repository. */
  async function tree(repository: 'top' | 'below' | 'none') {
    const top = await folder({ '.jwtcheckrc.json': '{}', 'app/src/main.js': '' });
    if (repository !== 'none') await mkdir(join(top, repository === 'top' ? '.git' : 'app/.git'));
    return { top, cwd: join(top, 'app/src') };
  }

  it.each([
    ['another user owns it', another, 0o644, 'another user owns it'],
    ['every user may write it', me, 0o666, 'other users can write it'],
    ['no other user may write it', me, 0o600, null],
  ] as const)('is taken only where it is of this user: %s', async (_, user, mode, why) => {
    for (const repository of ['below', 'none'] as const) {
      const { top, cwd } = await tree(repository);
      await chmod(join(top, '.jwtcheckrc.json'), mode);
      // Root may own what is above, too, and tests may be run by root.
      const isRoot = me.uid === 0 && user === another;
      const found = await problems(findConfig({ path: undefined, cwd, env: {}, user }));
      if (isRoot) continue;
      expect(found.map(({ message }) => message)).toEqual(
        why === null ? [] : [`was found above the working directory, and ${why}: it is not used`],
      );
    }
  });

  it('is refused where other users may put files into its folder', async () => {
    const { top, cwd } = await tree('none');
    await chmod(top, 0o1777);
    expect(await problems(findConfig({ path: undefined, cwd, env: {}, user: me }))).toMatchObject([
      { message: expect.stringContaining('other users can write its folder') },
    ]);
  });

  it('is refused beside a repository that another user put into a shared folder', async (context) => {
    needs.root(context);
    for (const plant of [
      (path: string) => mkdir(path),
      (path: string) => writeFile(path, 'gitdir: /nowhere'),
      (path: string) => symlink('/', path),
    ]) {
      const { top, cwd } = await tree('none');
      await plant(join(top, '.git'));
      await lchown(join(top, '.git'), another.uid, another.gid);
      await lchown(join(top, '.jwtcheckrc.json'), another.uid, another.gid);
      expect(await problems(findConfig({ path: undefined, cwd, env: {}, user: me }))).toMatchObject([
        { message: expect.stringContaining('another user owns it') },
      ]);
      // In a container: the checkout, or the folder in which work goes on, is of the user that cloned it.
      for (const owned of [top, cwd]) {
        await lchown(owned, another.uid, another.gid);
        expect(await findConfig({ path: undefined, cwd, env: {}, user: me })).toMatchObject({ tree: {} });
        await lchown(owned, me.uid, me.gid);
      }
    }
  });

  it('is trusted in the checkout of any owner, and where it is named', async () => {
    const { top, cwd } = await tree('top');
    await chmod(join(top, '.jwtcheckrc.json'), 0o666);
    const file = join(top, '.jwtcheckrc.json');
    expect(await findConfig({ path: undefined, cwd, env: {}, user: another })).toMatchObject({ file });
    const above = await tree('none');
    await chmod(join(above.top, '.jwtcheckrc.json'), 0o666);
    const named = { path: join(above.top, '.jwtcheckrc.json'), cwd: above.cwd, env: {}, user: another };
    expect(await findConfig(named)).toMatchObject({ file: named.path });
  });
});

describe('a configuration that runs programs', () => {
  const config = configOf({
    a: { source: { kind: 'command', run: ['printf', '%s', 'x'] } },
    b: { source: { kind: 'token', command: ['printf', '%s', 'x'] } },
    c: { source: { kind: 'env', names: ['C'] } },
  });
  const load = (env: Record<string, string>) =>
    loadConfig({ config: JSON.parse(JSON.stringify(config)), cwd: '/', env });

  it('is refused where no commands are wanted, with every place', async () => {
    expect(await problems(load({}))).toEqual([]);
    expect((await problems(load({ JWTCHECK_NO_COMMANDS: '1' }))).map(({ path }) => path)).toEqual([
      'environments.staging.participants.a.source.run',
      'environments.staging.participants.b.source.command',
    ]);
  });

  it('is warned about arguments that hold a variable, and not of variables of the program', async () => {
    const command = {
      kind: 'command',
      run: ['vault', '-t', '$' + '{TOKEN}'],
      env: { VAULT_TOKEN: '$' + '{TOKEN}' },
    };
    const loaded = await loadConfig({
      config: JSON.parse(JSON.stringify(configOf({ a: { source: command } }))),
      cwd: '/',
      env: { TOKEN: 'the-token-of-the-vault' },
    });
    expect(loaded.warnings).toEqual([
      expect.stringMatching(
        /^environments\.staging\.participants\.a\.source\.run\[2\]: other users .* `env`/,
      ),
    ]);
  });
});

describe('an emulator of Secret Manager', () => {
  const source = { kind: 'google-secret-manager', project: 'netra-staging', secret: 'jwt' };
  const load = (env: Record<string, string>, endpoint?: string) =>
    loadConfig({
      config: JSON.parse(JSON.stringify(configOf({ sm: { source: { ...source, endpoint } } }))),
      cwd: '/',
      env: { ...env, [variable]: 'x' },
    });

  it('has to be wanted in CI', async () => {
    const emulator = { SECRET_MANAGER_EMULATOR_HOST: '127.0.0.1:9000' };
    expect(await problems(load(emulator))).toEqual([]);
    expect(await problems(load({ ...emulator, CI: 'false' }))).toEqual([]);
    expect(await problems(load({ CI: 'true' }))).toEqual([]);
    for (const found of [
      await problems(load({ ...emulator, CI: 'true' })),
      await problems(load({ CI: '1' }, 'http://127.0.0.1:9000')),
    ]) {
      expect(found).toMatchObject([{ message: expect.stringContaining('pass --allow-emulator') }]);
    }
    expect(await problems(load({ ...emulator, CI: 'true', JWTCHECK_ALLOW_EMULATOR: '1' }))).toEqual([]);
  });
});

describe('a named pipe as a configuration', () => {
  it('is read as a file is, once a process writes to it', async () => {
    const top = await folder();
    const pipe = join(top, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const finding = findConfig({ path: pipe, cwd: top, env: {} });
    await writeFile(pipe, '{"here": true}');
    expect(await finding).toMatchObject({ tree: { here: true } });
  });

  it('is no package.json', async () => {
    const top = await folder({ 'app/x': '' });
    const pipe = join(top, 'package.json');
    execFileSync('mkfifo', [pipe]);
    const writing = writeFile(pipe, '{"jwtcheck": {"from": "the pipe"}}');
    expect(await problems(findConfig({ path: undefined, cwd: join(top, 'app'), env: {} }))).toMatchObject([
      { message: expect.stringContaining('no configuration found') },
    ]);
    await Promise.all([writing, readFile(pipe)]);
  });

  it('that no process writes to is given up', async () => {
    const top = await folder();
    const pipe = join(top, 'pipe');
    execFileSync('mkfifo', [pipe]);
    expect(await problems(findConfig({ path: pipe, cwd: top, env: {} }))).toMatchObject([
      { message: 'is a pipe that was not closed within 10 s' },
    ]);
  });
});

describe('a link', () => {
  it('to the configuration of the checkout is taken', async () => {
    const top = await folder({ 'real.json': '{}' });
    await symlink(join(top, 'real.json'), join(top, '.jwtcheckrc.json'));
    expect(await findConfig({ path: undefined, cwd: top, env: {} })).toMatchObject({ tree: {} });
  });
});
