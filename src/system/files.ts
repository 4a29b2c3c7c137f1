import { randomBytes } from 'node:crypto';
import { type BigIntStats, constants } from 'node:fs';
import {
  type FileHandle,
  link,
  mkdir,
  open,
  readdir,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative } from 'node:path';
import { codeOf } from './error-code.js';

/*
 * Every file of the program is written in one of two ways: as a new file under a name that cannot be guessed and must not
 * exist, which then takes the place of the old one; or at the end of a file that is no link. Nothing is written through what
 * others left in a folder, above all a link.
 */

/** Absent on Windows, where links need special rights. */
const noFollow = constants.O_NOFOLLOW ?? 0;

/** A prepared file of a process that seems alive is kept for this time: its process id may have been reused. */
const abandonedMs = 3_600_000;

/** A unique name beside a file. @param owner identifies the owner of the file, such as a process id */
export function temporaryName(path: string, ending: string, owner = ''): string {
  const random = randomBytes(9).toString('base64url');
  return join(dirname(path), `.${basename(path)}.${owner}${random}.${ending}`);
}

/** Creates a file. @throws `EEXIST` if the name exists, even as a dangling link */
export async function createFile(path: string, text: string, mode?: number): Promise<void> {
  await writeFile(path, text, { flag: 'wx', mode });
}

/** Writes to what the process has open already, such as `/dev/stdout`. */
export async function writeThrough(path: string, text: string): Promise<void> {
  await writeFile(path, text);
}

/**
 * Writes to a device or a named pipe. Another user may have replaced it since it was seen.
 * @throws `ELOOP` if a link is there, and an error if a file is
 */
export async function writeToDevice(path: string, text: string): Promise<void> {
  const handle = await open(path, constants.O_WRONLY | noFollow);
  try {
    if ((await handle.stat()).isFile()) throw new Error('a file took the place of a device or a pipe');
    await handle.writeFile(text);
  } finally {
    await handle.close();
  }
}

/** Opens a file for reading and appending, and creates it if it is missing. @throws `ELOOP` for a link */
export function openToAppend(path: string, mode?: number): Promise<FileHandle> {
  return open(path, constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | noFollow, mode);
}

/** Who may use a file: its owner and its mode. */
export interface Access {
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

/** A temporary file beside the target, which replaces the target as a whole or not at all. */
export interface PreparedFile {
  /** The place of the file until it is committed. */
  readonly path: string;
  /**
   * Replaces the content. `durable`: it is on the disk when this resolves.
   * @param access given to the file, whatever the umask
   * @returns the identity of the file, as `fileAt` returns it
   * @throws `EPERM` if it cannot be given that owner
   * @throws `ELOOP` if a link replaced it, `ENOENT` if it is gone
   */
  write(content: string | Uint8Array, durable?: boolean, access?: Access): Promise<string>;
  /** Renames it to its target; without `replace`, only if the target does not exist. @throws `EEXIST` if it exists */
  commit(replace?: boolean): Promise<void>;
  /** Removes the file in every case. */
  discard(): Promise<void>;
}

/** Prepares a file for a path: the only way in which a file is replaced. @throws as `open` */
export async function prepareFile(
  path: string,
  { ending = 'part', owner = '', mode }: { ending?: string; owner?: string; mode?: number } = {},
): Promise<PreparedFile> {
  const partial = temporaryName(path, ending, owner);
  await createFile(partial, '', mode);
  const discard = (): Promise<void> => rm(partial, { force: true }).catch(() => {});
  return {
    path: partial,
    async write(content, durable = false, access) {
      const handle = await open(partial, constants.O_WRONLY | constants.O_TRUNC | noFollow);
      try {
        // The owner first: a change of the owner may clear bits of the mode.
        if (access !== undefined) {
          await handle.chown(access.uid, access.gid);
          await handle.chmod(access.mode & 0o7777);
        }
        await handle.writeFile(content);
        if (durable) await handle.sync();
        return identityOf(await handle.stat({ bigint: true }));
      } finally {
        await handle.close();
      }
    },
    async commit(replace = true) {
      if (replace) return rename(partial, path);
      await link(partial, path);
      await discard();
    },
    discard,
  };
}

/**
 * Replaces a file so that every reader finds either the old or the new content as a whole. This holds even if the
 * process or the machine stops. Mode 0600.
 * @returns the identity of the new file, as `fileAt` returns it
 */
export async function replaceFile(path: string, text: string): Promise<string> {
  const file = await prepareFile(path, { ending: 'tmp', owner: `${process.pid}.`, mode: 0o600 });
  try {
    const identity = await file.write(text, true);
    await file.commit();
    await syncFolder(dirname(path));
    return identity;
  } catch (error) {
    await file.discard();
    throw error;
  }
}

/**
 * Replaces the content of a file that others use, as a whole or not at all: owner and mode stay, and the old content is kept
 * beside it.
 * @param expected identity of the file that `before` was read from
 * @returns `changed` if it is another file, or was changed meanwhile; then nothing was written
 * @throws `EPERM` if the owner cannot be kept, `EEXIST` if there is such a backup
 */
export async function replaceWithBackup(
  path: string,
  backup: string,
  { expected, before, after }: { expected: string; before: Uint8Array; after: Uint8Array },
): Promise<'replaced' | 'changed'> {
  const access = await stat(path);
  const options = { ending: 'tmp', owner: `${process.pid}.`, mode: 0o600 };
  const copy = await prepareFile(backup, options);
  try {
    const file = await prepareFile(path, options);
    try {
      await copy.write(before, true, access);
      await file.write(after, true, access);
      if ((await fileAt(path)) !== expected) return 'changed';
      await copy.commit(false);
      try {
        await file.commit();
      } catch (error) {
        await rm(backup, { force: true }).catch(() => {});
        throw error;
      }
      await syncFolder(dirname(path));
      return 'replaced';
    } finally {
      await file.discard();
    }
  } finally {
    await copy.discard();
  }
}

/** The identity of the file at a path, which no other file there has; `null` if there is no readable file. */
export async function fileAt(path: string): Promise<string | null> {
  const there = await stat(path, { bigint: true }).catch(() => null);
  return there === null ? null : identityOf(there);
}

/** Numbers of files are used again, so the time is part of the identity. */
const identityOf = ({ ino, mtimeNs }: BigIntStats): string => `${ino} ${mtimeNs}`;

/** Puts the new name on the disk, too. Some systems cannot do that. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    // The file itself is on the disk: only a power failure right now could still undo the rename.
  }
}

/** Removes the prepared files of processes that were killed. Files of a process that is still writing stay. */
export async function removeLeftOvers(path: string, now: Date): Promise<void> {
  const folder = dirname(path);
  const start = `.${basename(path)}.`;
  for (const name of await readdir(folder).catch(() => [])) {
    const [, pid] = name.startsWith(start)
      ? (/^(?:backup-[\w-]+\.)?(\d+)\.[\w-]+\.tmp$/.exec(name.slice(start.length)) ?? [])
      : [];
    if (pid === undefined) continue;
    const leftOver = join(folder, name);
    // In a container every process may have the same id: this process has not written yet.
    if (Number(pid) === process.pid || !isAlive(Number(pid)) || (await isOld(leftOver, now)))
      await rm(leftOver, { force: true }).catch(() => {});
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // The process of another user.
    return codeOf(error) === 'EPERM';
  }
}

async function isOld(path: string, now: Date): Promise<boolean> {
  const there = await stat(path).catch(() => null);
  return there !== null && now.getTime() - there.mtimeMs > abandonedMs;
}

/**
 * Renames an unusable file, so that it can be examined: `state.json.set-aside-2026-11-22T01-02-03Z`, followed by a
 * number if that name exists. Returns the suffix of the name.
 */
export async function quarantine(path: string, now: Date): Promise<string> {
  const stamp = `.set-aside-${now
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '-')}`;
  for (let number = 1; ; number++) {
    const ending = number === 1 ? stamp : `${stamp}-${number}`;
    try {
      // Renaming replaces an existing file: so an empty file reserves the name first.
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

/**
 * Creates a folder and its parents, unless the path exists. `mkdir` with `recursive` would retry without limit where no
 * folder can be created, such as in /proc.
 * @param mode of the created folders; default: the umask of the process
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

/** Whether a path is a folder, or lies in it; both without links. */
function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === '' || !(way === '..' || /^\.\.[\\/]/.test(way) || isAbsolute(way));
}

/**
 * Whether links lead from a path to another place. A path in the working directory must stay inside it; any other file
 * must stay in its own folder.
 */
export async function leadsOut(path: string, cwd: string): Promise<boolean> {
  const real = await realpath(path);
  if (isWithin(path, cwd)) return !isWithin(real, await realpath(cwd));
  return !(await stat(real)).isDirectory() && !isWithin(real, await realpath(dirname(path)));
}
