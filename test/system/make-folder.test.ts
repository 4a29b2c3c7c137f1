import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeFolder } from '../../src/system/files.js';
import { needs } from '../support/needs.js';
import { workspace } from '../support/workspace.js';

const folder = workspace();

it('makes a folder and those above it, also where they are there', async () => {
  const path = join(await folder(), 'a/b/c');
  await Promise.all([makeFolder(path), makeFolder(path)]);
  expect((await stat(path)).isDirectory()).toBe(true);
});

it('gives up where none can be made', async () => {
  const cwd = await folder();
  await writeFile(join(cwd, 'file'), '');
  await expect(makeFolder(join(cwd, 'file/a/b'))).rejects.toMatchObject({ code: 'ENOTDIR' });
});

it('does not try for ever in /proc', async (context) => {
  needs.linux(context);
  await expect(makeFolder('/proc/nothing/a')).rejects.toMatchObject({ code: 'ENOENT' });
});
