import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf } from './error-code.js';

/**
 * Makes a folder and those above it, unless something is there. `mkdir` with `recursive` would try for ever where none can
 * be made, such as in /proc.
 * @param mode of the folders that are made; default: what the process is set to
 * @throws as `mkdir`
 */
export async function makeFolder(path: string, mode?: number): Promise<void> {
  const there = await stat(path).catch(() => null);
  if (there !== null) return;
  if (dirname(path) !== path) await makeFolder(dirname(path), mode);
  await mkdir(path, { mode }).catch((error: unknown) => {
    // Another process may have been quicker.
    if (codeOf(error) !== 'EEXIST') throw error;
  });
}
