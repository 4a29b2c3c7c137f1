import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileNames, findConfig } from '../../config/discover.js';
import { ConfigError, UsageError } from '../../errors.js';
import { codeOf } from '../../system/error-code.js';
import { leadsOut, prepareFile } from '../../system/files.js';

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** The target of a configuration, and existing files. */
export interface TargetFile {
  /** Absolute. */
  readonly path: string;
  /** The existing file, or one in the same folder that would no longer be found. Replacing it requires confirmation. */
  readonly replaces: string | null;
  /** It is found without `--config`. */
  readonly found: boolean;
}

/**
 * Examines the target of a configuration.
 * @throws UsageError if another configuration in its folder has precedence, so that the new one would never be read
 */
export async function targetFileOf(path: string): Promise<TargetFile> {
  const folder = dirname(path);
  if (!(await exists(folder))) {
    throw new UsageError('--output: the folder does not exist', 'Create it first, or specify another one.');
  }
  const name = basename(path);
  const rank = fileNames.map(String).indexOf(name);
  if (rank === -1) return { path, replaces: (await exists(path)) ? path : null, found: false };
  for (const before of fileNames.slice(0, rank)) {
    if (await exists(join(folder, before))) {
      throw new UsageError(
        `${before} exists and has precedence over ${name}: the new file would never be read`,
        `Remove it, or replace it: --output ${before} --force`,
      );
    }
  }
  if (await exists(path)) return { path, replaces: path, found: true };
  return { path, replaces: await hidden(folder), found: true };
}

/** A configuration in the same folder with lower precedence. */
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
 * Writes a file atomically. Without `force` it never replaces another file, even one created in the meantime.
 * @throws UsageError if it cannot be written
 */
export async function writeWhole(path: string, text: string, force: boolean): Promise<void> {
  try {
    // The target of a link is replaced, not the link.
    const target = force && (await exists(path)) ? await ownPlace(path) : path;
    const file = await prepareFile(target);
    try {
      await file.write(text);
      await file.commit(force);
    } finally {
      await file.discard();
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const code = codeOf(error);
    if (code === 'EEXIST') throw new UsageError('a file already exists', 'To replace it, use --force');
    throw new UsageError(
      `the configuration could not be written (${String(code)})`,
      'Check that the folder is writable, or specify another file: --output PATH',
    );
  }
}

/** @throws UsageError if a link leads out of the folder: another user may have created it */
async function ownPlace(path: string): Promise<string> {
  if (await leadsOut(path, dirname(path)))
    throw new UsageError(
      'the existing configuration is a link that leads out of the folder',
      'Remove the link, or specify its target: --output PATH',
    );
  return realpath(path);
}

/** The schema for editors: in the nearest installed package, otherwise where it will be installed. */
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
