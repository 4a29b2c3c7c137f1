import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

export const root = resolve(import.meta.dirname, '../..');

/** Packs this repository as it is built, and returns the path of the tarball. */
export async function packed(folder: string): Promise<string> {
  const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
  const { stdout } = await promisify(execFile)('npm', args, { cwd: root, maxBuffer: 16 * 1024 * 1024 });
  const [made]: { filename: string }[] = JSON.parse(stdout);
  if (made === undefined) throw new Error('npm packed nothing');
  return resolve(folder, made.filename);
}
