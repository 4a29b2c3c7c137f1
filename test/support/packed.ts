import { execFile } from 'node:child_process';
import { chmod, mkdir, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

export const root = resolve(import.meta.dirname, '../..');

/** Unpacks this repository's tarball into `node_modules` of a folder, as npm would install it, without a registry. */
export async function unpacked(folder: string, scratch: string): Promise<void> {
  const tarball = await packed(scratch);
  const modules = join(folder, 'node_modules');
  await mkdir(join(modules, '.bin'), { recursive: true });
  await mkdir(join(modules, 'jwtcheck'));
  await promisify(execFile)('tar', [
    '-xzf',
    tarball,
    '-C',
    join(modules, 'jwtcheck'),
    '--strip-components=1',
  ]);
  // npm makes programs of a package executable; in the tarball they need not be.
  await chmod(join(modules, 'jwtcheck/bin/jwtcheck.js'), 0o755);
  await symlink('../jwtcheck/bin/jwtcheck.js', join(modules, '.bin/jwtcheck'));
}

/** Packs this repository as it is built, and returns the path of the tarball. */
export async function packed(folder: string): Promise<string> {
  const args = ['pack', '--offline', '--ignore-scripts', '--json', '--pack-destination', folder];
  const { stdout } = await promisify(execFile)('npm', args, { cwd: root, maxBuffer: 16 * 1024 * 1024 });
  const [made]: { filename: string }[] = JSON.parse(stdout);
  if (made === undefined) throw new Error('npm packed nothing');
  return resolve(folder, made.filename);
}
