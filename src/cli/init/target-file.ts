import { link, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileNames, findConfig } from '../../config/discover.js';
import { ConfigError, UsageError } from '../../errors.js';
import { codeOf } from '../../system/error-code.js';
import { createFile, leadsOut, temporaryName } from '../../system/write-file.js';

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** Where a configuration is to go, and what is there already. */
export interface TargetFile {
  /** Absolute. */
  readonly path: string;
  /** The file itself, or one in the same folder that would no longer be found; replacing it wants a word. */
  readonly replaces: string | null;
  /** It is found without `--config`. */
  readonly found: boolean;
}

/**
 * Looks at the place for a configuration.
 * @throws UsageError where another one in its folder is found first, so that the new one would never be read
 */
export async function targetFileOf(path: string): Promise<TargetFile> {
  const folder = dirname(path);
  if (!(await exists(folder))) {
    throw new UsageError('--output: there is no such folder', 'Make it first, or name another one.');
  }
  const name = basename(path);
  const rank = fileNames.map(String).indexOf(name);
  if (rank === -1) return { path, replaces: (await exists(path)) ? path : null, found: false };
  for (const before of fileNames.slice(0, rank)) {
    if (await exists(join(folder, before))) {
      throw new UsageError(
        `${before} is there already, and is found before ${name}: what is written would never be read`,
        `Remove it, or replace it: --output ${before} --force`,
      );
    }
  }
  if (await exists(path)) return { path, replaces: path, found: true };
  return { path, replaces: await hidden(folder), found: true };
}

/** A configuration of the same folder that comes later in the order of finding. */
async function hidden(folder: string): Promise<string | null> {
  try {
    const { file } = await findConfig({ path: undefined, cwd: folder, env: {} });
    return dirname(file) === folder ? file : null;
  } catch (error) {
    if (error instanceof ConfigError)
      return error.file !== null && dirname(error.file) === folder ? error.file : null;
    throw error;
  }
}

/**
 * Writes a file whole or not at all. Without `force` it never takes the place of another, however late that one came.
 * @throws UsageError where it cannot be written
 */
export async function writeWhole(path: string, text: string, force: boolean): Promise<void> {
  try {
    // What a link leads to is replaced, not the link.
    const target = force && (await exists(path)) ? await ownPlace(path) : path;
    const partial = temporaryName(target, 'part');
    try {
      await createFile(partial, text);
      if (force) await rename(partial, target);
      else await link(partial, target);
    } finally {
      await rm(partial, { force: true });
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const code = codeOf(error);
    if (code === 'EEXIST') throw new UsageError('there is a file already', 'To replace it: --force');
    throw new UsageError(
      `the configuration could not be written (${String(code)})`,
      'Check that the folder may be written to, or name another one: --output PATH',
    );
  }
}

/** @throws UsageError where a link leads out of the folder: it may be anybody's, and lead to a file of the user */
async function ownPlace(path: string): Promise<string> {
  if (await leadsOut(path, dirname(path)))
    throw new UsageError(
      'the configuration that is there is a link that leads elsewhere',
      'Remove the link, or name the file that it leads to: --output PATH',
    );
  return realpath(path);
}

/** The schema for editors: that of the package that is installed here or above; otherwise where it will be installed. */
export async function schemaFor(folder: string): Promise<string> {
  const inPackage = 'node_modules/jwtcheck/dist/schema.json';
  for (let at = resolve(folder); ; at = dirname(at)) {
    if (await exists(join(at, inPackage))) {
      const path = relative(folder, join(at, inPackage)).replaceAll('\\', '/');
      return path.startsWith('.') ? path : `./${path}`;
    }
    if (dirname(at) === at) return `./${inPackage}`;
  }
}
