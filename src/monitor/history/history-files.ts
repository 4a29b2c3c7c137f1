import type { Dirent } from 'node:fs';
import { readdir, rename } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { codeOf } from '../../system/error-code.js';

/** The numbers of the rotated files of a history, newest first: 1 for `history.ndjson.1`. */
export async function rotatedNumbers(path: string): Promise<number[]> {
  // Reading anything else, such as a named pipe, might never end.
  return numbersOf(path, (entry) => entry.isFile() || entry.isSymbolicLink());
}

async function numbersOf(path: string, isWanted: (entry: Dirent) => boolean): Promise<number[]> {
  const start = `${basename(path)}.`;
  const entries = await readdir(dirname(path), { withFileTypes: true }).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return [];
    throw error;
  });
  return entries
    .filter(isWanted)
    .map(({ name }) => name)
    .filter((name) => name.startsWith(start) && /^[1-9]\d{0,3}$/.test(name.slice(start.length)))
    .map((name) => Number(name.slice(start.length)))
    .sort((a, b) => a - b);
}

/**
 * Moves every file one number up, the oldest first, up to the first number that is free; where none is, the oldest is
 * given up. Interrupted anywhere, it leaves a free number, and continues from there the next time: nothing is lost.
 */
export async function rotate(path: string, files: number): Promise<void> {
  const taken = new Set(await numbersOf(path, () => true));
  let free = 1;
  while (free < files && taken.has(free)) free += 1;
  for (let number = free; number >= 1; number--) {
    await rename(number === 1 ? path : `${path}.${number - 1}`, `${path}.${number}`);
  }
}
