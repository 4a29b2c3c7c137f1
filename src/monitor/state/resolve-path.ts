import { lstat, readlink, realpath, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { UsageError } from '../../errors.js';
import { codeOf } from '../../system/error-code.js';
import { makeFolder } from '../../system/files.js';

/** More links in a row than that lead nowhere (`ELOOP`). */
const mostLinks = 40;

/** The purpose of a file of the monitor, and its name in errors. */
export interface Purpose {
  /** The key of the configuration that names it. */
  readonly key: 'watch.state' | 'watch.history';
  /** The display form of the path: the result of `Loaded.label`. */
  readonly shown: string;
}

/**
 * Resolves the real path of a file of the monitor, so that a link to it stays a link. Creates missing folders; the file
 * itself may not exist yet.
 * @throws UsageError if the path is no regular file, or its folder cannot be created
 */
export async function resolvePath(path: string, purpose: Purpose): Promise<string> {
  try {
    let place = path;
    for (let links = 0; links < mostLinks; links++) {
      await makeFolder(dirname(place), 0o700);
      const folder = await realpath(dirname(place));
      place = join(folder, basename(place));
      const target = await linkAt(place);
      if (target === null) return await regular(place, purpose);
      place = isAbsolute(target) ? target : join(folder, target);
    }
    throw new UsageError(
      `${purpose.key}: ${purpose.shown} is a link that leads back to itself`,
      'Name a file.',
    );
  } catch (error) {
    throw error instanceof UsageError ? error : unusable(purpose, error);
  }
}

async function linkAt(path: string): Promise<string | null> {
  const there = await lstat(path).catch(() => null);
  return there?.isSymbolicLink() ? readlink(path) : null;
}

async function regular(path: string, { key, shown }: Purpose): Promise<string> {
  const there = await stat(path).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  });
  if (there === null || there.isFile()) return path;
  const what = there.isDirectory() ? 'a folder' : 'not a regular file';
  throw new UsageError(`${key}: ${shown} is ${what}`, 'Name a file, such as .jwtcheck/state.json.');
}

/** The disk is full or failing: it may be well again later, and is no reason not to watch. */
const passing: ReadonlySet<string | null> = new Set(['ENOSPC', 'EDQUOT', 'EIO', 'EMFILE', 'ENFILE', 'EBUSY']);

export const mayPass = (error: unknown): boolean => passing.has(codeOf(error));

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOENT: 'a folder on its path is not there',
  ENOTDIR: 'a part of its path is not a folder',
  EEXIST: 'a part of its path is not a folder',
  ENAMETOOLONG: 'its name is too long',
  ELOOP: 'too many links',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EIO: 'the disk failed',
};

/** The reason why a write failed, in words. */
export function reasonOf(error: unknown): string {
  const code = codeOf(error);
  return code === null ? 'unknown reason' : (reasons[code] ?? code);
}

/** A file that cannot be written at all: the watch does not start without it. */
export function unusable({ key, shown }: Purpose, error: unknown): UsageError {
  return new UsageError(
    `${key}: cannot write ${shown}: ${reasonOf(error)}`,
    `Give the user who runs jwtcheck a folder that it may write to, or set ${key} to a path in one.`,
  );
}
