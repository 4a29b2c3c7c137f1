import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

/**
 * Where the bytes of a secret are needed: for its fingerprint, a signature, a token that is sent or looked for, a new version, an entry
 * of a dotenv file, and
 * a variable of a command.
 */
const mayReveal = [
  'src/fix/dotenv-edit.ts',
  'src/observe/probes/answer/presented.ts',
  'src/observe/tokens/mint.ts',
  'src/rotate/store.ts',
  'src/secret/fingerprint.ts',
  'src/secret/proof.ts',
  'src/secret/variable.ts',
];

it('the bytes of a secret are asked for in few files', async () => {
  const entries = await readdir(join(root, 'src'), { recursive: true });
  const sources = entries.filter((path) => path.endsWith('.ts')).map((path) => join('src', path));
  const revealing: string[] = [];
  for (const path of sources) {
    if ((await readFile(join(root, path), 'utf8')).includes('.reveal(')) revealing.push(path);
  }
  expect(revealing.sort()).toEqual(mayReveal);
});
