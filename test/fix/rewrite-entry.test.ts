import { spawnSync } from 'node:child_process';
import { chmod, link, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { examineEntry, rewriteEntry } from '../../src/fix/rewrite-entry.js';
import { Secret } from '../../src/secret/secret.js';
import { workspace } from '../support/workspace.js';

const folderWith = workspace();
const secret = new Secret('new-secret');
const now = new Date('2026-01-31T12:00:00Z');
const place = (folder: string, path = '.env') => ({ path, folder, key: 'KEY', raw: false });

async function rewritten(folder: string, path = '.env') {
  const { identity } = await examineEntry(place(folder, path), secret);
  return rewriteEntry(place(folder, path), secret, { expected: identity ?? '', now });
}

describe('rewriting an entry', () => {
  it('keeps the mode, and the old file beside it', async () => {
    const folder = await folderWith({ '.env': 'A=1\nKEY=old\n' });
    await chmod(join(folder, '.env'), 0o664);
    expect(await rewritten(folder)).toEqual({ ok: true, backup: '.env.backup-2026-01-31T12-00-00Z' });
    expect(await readFile(join(folder, '.env'), 'utf8')).toBe('A=1\nKEY=new-secret\n');
    const backup = join(folder, '.env.backup-2026-01-31T12-00-00Z');
    expect(await readFile(backup, 'utf8')).toBe('A=1\nKEY=old\n');
    for (const path of [join(folder, '.env'), backup]) expect((await stat(path)).mode & 0o777).toBe(0o664);
    expect(await readdir(folder)).toHaveLength(2);
  });

  it('removes what a run left that was killed, and nothing else', async () => {
    const { pid } = spawnSync('true');
    const stamp = '2026-01-30T12-00-00Z';
    const folder = await folderWith({
      '.env': 'KEY=old\n',
      [`..env.${pid}.abcdefghijkl.tmp`]: 'KEY=new-secret\n',
      [`..env.backup-${stamp}.${pid}.abcdefghijkl.tmp`]: 'KEY=old\n',
      [`.env.backup-${stamp}`]: 'KEY=older\n',
      [`..env.local.${pid}.abcdefghijkl.tmp`]: 'mine',
    });
    expect(await rewritten(folder)).toMatchObject({ ok: true });
    expect((await readdir(folder)).sort()).toEqual([
      `..env.local.${pid}.abcdefghijkl.tmp`,
      '.env',
      `.env.backup-${stamp}`,
      '.env.backup-2026-01-31T12-00-00Z',
    ]);
  });

  it('follows a link within the folder, and none out of it', async () => {
    const folder = await folderWith({ 'config/env': 'KEY=old\n' });
    await symlink('config/env', join(folder, '.env'));
    expect(await rewritten(folder)).toMatchObject({ ok: true });
    expect(await readFile(join(folder, 'config/env'), 'utf8')).toBe('KEY=new-secret\n');
    const elsewhere = await folderWith({ env: 'KEY=old\n' });
    await symlink(join(elsewhere, 'env'), join(folder, 'out'));
    expect(await rewritten(folder, 'out')).toEqual({ ok: false, problem: 'a link leads to another folder' });
    expect(await readFile(join(elsewhere, 'env'), 'utf8')).toBe('KEY=old\n');
  });

  it('leaves a file alone that was changed meanwhile', async () => {
    const folder = await folderWith({ '.env': 'KEY=old\n' });
    const { identity } = await examineEntry(place(folder), secret);
    await writeFile(join(folder, '.env'), 'KEY=older\n');
    const result = await rewriteEntry(place(folder), secret, { expected: identity ?? '', now });
    expect(result).toEqual({ ok: false, problem: 'it was changed meanwhile' });
    expect(await readFile(join(folder, '.env'), 'utf8')).toBe('KEY=older\n');
    expect(await readdir(folder)).toEqual(['.env']);
  });

  it('leaves a read-only file, one with other names, and one with a backup alone', async () => {
    const folder = await folderWith({ '.env': 'KEY=old\n', linked: 'KEY=old\n', twice: 'KEY=old\n' });
    await chmod(join(folder, '.env'), 0o444);
    expect(await rewritten(folder)).toEqual({ ok: false, problem: 'it is read-only' });
    await link(join(folder, 'linked'), join(folder, 'other'));
    expect(await rewritten(folder, 'linked')).toMatchObject({ ok: false });
    await writeFile(join(folder, 'twice.backup-2026-01-31T12-00-00Z'), 'mine');
    expect(await rewritten(folder, 'twice')).toMatchObject({ ok: false });
    expect(await readFile(join(folder, 'twice'), 'utf8')).toBe('KEY=old\n');
    expect(await readFile(join(folder, 'twice.backup-2026-01-31T12-00-00Z'), 'utf8')).toBe('mine');
    expect((await readdir(folder)).sort()).toEqual(
      ['.env', 'linked', 'other', 'twice', 'twice.backup-2026-01-31T12-00-00Z'].sort(),
    );
  });

  it('leaves the file as it was where the folder may not be written', async (context) => {
    context.skip(
      process.getuid?.() === 0,
      'root may do what is denied here; scripts/hermetic-tests is not root',
    );
    const folder = await folderWith({ '.env': 'KEY=old\n' });
    await chmod(folder, 0o555);
    expect(await rewritten(folder)).toEqual({
      ok: false,
      problem: 'the file or its folder may not be written',
    });
    await chmod(folder, 0o755);
    expect(await readFile(join(folder, '.env'), 'utf8')).toBe('KEY=old\n');
  });
});
