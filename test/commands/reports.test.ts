import { lstat, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { prepare } from '../../src/commands/targets.js';
import { workspace } from '../support/workspace.js';

const folder = workspace();

describe('files of reports', () => {
  it('are first written under a name that nobody can guess, and never through a link', async () => {
    const cwd = await folder({ 'victim.txt': 'mine' });
    await mkdir(join(cwd, 'out'));
    for (const name of ['report.json', `.report.json.${process.pid}.part`]) {
      if (name.startsWith('.')) await symlink(join(cwd, 'victim.txt'), join(cwd, 'out', name));
    }
    const io = { cwd, env: {} };
    const names = new Set<string>();
    for (let time = 0; time < 3; time += 1) {
      const [target] = await prepareIn(io, [{ format: 'json', path: 'out/report.json' }]);
      expect(target?.partial).toMatch(/\.report\.json\.[\w-]{12}\.part$/);
      names.add(target?.partial ?? '');
      expect((await lstat(target?.partial ?? '')).isFile()).toBe(true);
    }
    expect(names.size).toBe(3);
    expect(await readFile(join(cwd, 'victim.txt'), 'utf8')).toBe('mine');
    expect(await readdir(join(cwd, 'out'))).toHaveLength(4);
    await writeFile(join(cwd, 'done'), '');
  });
});

async function prepareIn(io: { cwd: string }, deliveries: Parameters<typeof prepare>[0]) {
  return prepare(deliveries, io);
}
