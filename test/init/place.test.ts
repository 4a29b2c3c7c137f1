import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { writeWhole } from '../../src/cli/init/target-file.js';
import { UsageError } from '../../src/errors.js';
import { workspace } from '../support/workspace.js';

const folder = workspace();

it('does not take the place of a file that was created during the questions', async () => {
  const cwd = await folder({ 'a.json': 'came meanwhile' });
  await expect(writeWhole(join(cwd, 'a.json'), 'new', false)).rejects.toThrow(UsageError);
  expect(await readFile(join(cwd, 'a.json'), 'utf8')).toBe('came meanwhile');
  expect(await readdir(cwd)).toEqual(['a.json']);
});

it('of several at once, one writes, and whole', async () => {
  const cwd = await folder();
  const texts = Array.from({ length: 8 }, (_, i) => `${i}`.repeat(100_000));
  const results = await Promise.allSettled(texts.map((text) => writeWhole(join(cwd, 'a.json'), text, false)));
  const winner = results.findIndex(({ status }) => status === 'fulfilled');
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(await readFile(join(cwd, 'a.json'), 'utf8')).toBe(texts[winner]);
  expect(await readdir(cwd)).toEqual(['a.json']);
});
