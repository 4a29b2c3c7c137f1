import { execFileSync } from 'node:child_process';
import { link, lstat, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fill, prepare } from '../../src/cli/commands/check/targets.js';
import { workspace } from '../support/workspace.js';

const folder = workspace();

describe('files of reports', () => {
  it('are first written under a name that cannot be guessed, and never through a link', async () => {
    const cwd = await folder({ 'victim.txt': 'mine' });
    await mkdir(join(cwd, 'out'));
    for (const name of ['report.json', `.report.json.${process.pid}.part`]) {
      if (name.startsWith('.')) await symlink(join(cwd, 'victim.txt'), join(cwd, 'out', name));
    }
    const io = { cwd, env: {} };
    const names = new Set<string>();
    for (let time = 0; time < 3; time += 1) {
      const [target] = await prepareIn(io, [{ format: 'json', path: 'out/report.json' }]);
      expect(target?.file?.path).toMatch(/\.report\.json\.[\w-]{12}\.part$/);
      names.add(target?.file?.path ?? '');
      expect((await lstat(target?.file?.path ?? '')).isFile()).toBe(true);
    }
    expect(names.size).toBe(3);
    expect(await readFile(join(cwd, 'victim.txt'), 'utf8')).toBe('mine');
    expect(await readdir(join(cwd, 'out'))).toHaveLength(4);
    await writeFile(join(cwd, 'done'), '');
  });
});

describe('links', () => {
  const json = (path: string) => [{ format: 'json' as const, path }];

  /** A checkout beside a folder of the user. */
  async function places() {
    const top = await folder({ 'home/.profile': 'mine', 'checkout/real.json': 'old', 'beside/x': '' });
    const cwd = join(top, 'checkout');
    await symlink(join(top, 'home/.profile'), join(cwd, 'out.json'));
    await symlink(join(top, 'home'), join(cwd, 'folder'));
    await symlink('real.json', join(cwd, 'inside.json'));
    await symlink(join(top, 'home/.profile'), join(top, 'beside/out.json'));
    return { top, cwd };
  }

  it.each(['out.json', 'folder/.profile', 'folder/new.json', 'folder/new/new.json', '../beside/out.json'])(
    'to another folder are not followed: %s',
    async (path) => {
      const { top, cwd } = await places();
      await expect(prepareIn({ cwd }, json(path))).rejects.toThrow('a link that leads out of the folder');
      expect(await readdir(join(top, 'home'))).toEqual(['.profile']);
      expect(await readFile(join(top, 'home/.profile'), 'utf8')).toBe('mine');
    },
  );

  it.each(['/dev/null', '../home/pipe'])('to a device or a pipe are not followed: %s', async (to) => {
    const { top, cwd } = await places();
    execFileSync('mkfifo', [join(top, 'home/pipe')]);
    await symlink(to, join(cwd, 'device.json'));
    await expect(prepareIn({ cwd }, json('device.json'))).rejects.toThrow(
      'a link that leads out of the folder',
    );
  });

  it.each(['link', 'file'])(
    'and files that take the place of a pipe are not written to: a %s',
    async (by) => {
      const { top, cwd } = await places();
      const pipe = join(cwd, 'pipe');
      execFileSync('mkfifo', [pipe]);
      const [target] = await prepareIn({ cwd }, json('pipe'));
      if (target === undefined || target.path === null) throw new Error('no target');
      await rm(pipe);
      if (by === 'link') await symlink(join(top, 'home/.profile'), pipe);
      else await link(join(top, 'home/.profile'), pipe);
      await expect(fill({ ...target, path: target.path }, 'new')).rejects.toThrow('cannot write');
      expect(await readFile(join(top, 'home/.profile'), 'utf8')).toBe('mine');
    },
  );

  it('within the folder stay, and so may a report lie anywhere that is named', async () => {
    const { top, cwd } = await places();
    for (const [path, real] of [
      ['inside.json', join(cwd, 'real.json')],
      ['../home/report.json', join(top, 'home/report.json')],
      [join(top, 'new/report.json'), join(top, 'new/report.json')],
    ] as const) {
      const [target] = await prepareIn({ cwd }, json(path));
      if (target === undefined || target.path === null) throw new Error('no target');
      await fill({ ...target, path: target.path }, 'new');
      expect(await readFile(real, 'utf8')).toBe('new');
    }
    expect((await lstat(join(cwd, 'inside.json'))).isSymbolicLink()).toBe(true);
  });

  it('that take the place of a file on its way are not written through', async () => {
    const { top, cwd } = await places();
    const [target] = await prepareIn({ cwd }, json('report.json'));
    if (target === undefined || target.path === null || target.file === null) throw new Error('no target');
    await rm(target.file.path);
    await symlink(join(top, 'home/.profile'), target.file.path);
    await expect(fill({ ...target, path: target.path }, 'new')).rejects.toThrow('cannot write');
    expect(await readFile(join(top, 'home/.profile'), 'utf8')).toBe('mine');
  });
});

async function prepareIn(io: { cwd: string }, deliveries: Parameters<typeof prepare>[0]) {
  return prepare(deliveries, io);
}
