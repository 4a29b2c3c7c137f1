import { open, rename, rm } from 'node:fs/promises';
import { codeOf } from './error-code.js';

/**
 * Renames a file that cannot be used, so that somebody may look at it: `state.json.set-aside-2026-11-22T01-02-03Z`, with
 * a number after it where there is such a file. Returns what was added to the name.
 */
export async function quarantine(path: string, now: Date): Promise<string> {
  const stamp = `.set-aside-${now
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '-')}`;
  for (let number = 1; ; number++) {
    const ending = number === 1 ? stamp : `${stamp}-${number}`;
    try {
      // Renaming takes the place of what is there: so the name is taken first, by an empty file of ours.
      await (await open(`${path}${ending}`, 'wx', 0o600)).close();
    } catch (error) {
      if (codeOf(error) === 'EEXIST') continue;
      throw error;
    }
    try {
      await rename(path, `${path}${ending}`);
    } catch (error) {
      await rm(`${path}${ending}`, { force: true }).catch(() => {});
      throw error;
    }
    return ending;
  }
}
