import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, realpath, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative } from 'node:path';

/*
 * How every file of the program is written: a new one under a name that nobody can guess and that must not be there yet,
 * which then takes the place of the old one; or at the end of one that is no link. So what others left in a folder, a link
 * above all, is never written through.
 */

/** Absent on Windows, where links need rights of their own. */
const noFollow = constants.O_NOFOLLOW ?? 0;

/** A name beside a file, made anew each time. @param more what tells whose it is, such as the number of a process */
export function temporaryName(path: string, ending: string, more = ''): string {
  const random = randomBytes(9).toString('base64url');
  return join(dirname(path), `.${basename(path)}.${more}${random}.${ending}`);
}

/** Makes a file. @throws `EEXIST` where something has its name, a link that leads nowhere too */
export async function createFile(path: string, text: string, mode?: number): Promise<void> {
  await writeFile(path, text, { flag: 'wx', mode });
}

/** Writes to a device or a pipe, or to what the process has open already. */
export async function writeThrough(path: string, text: string): Promise<void> {
  await writeFile(path, text);
}

/** Writes a file of ours anew. @throws `ELOOP` where a link took its place, `ENOENT` where it is gone */
export async function rewriteFile(path: string, text: string): Promise<void> {
  await writeFile(path, text, { flag: constants.O_WRONLY | constants.O_TRUNC | noFollow });
}

/** Opens a file to read it and to add to its end, and makes it where there is none. @throws `ELOOP` for a link */
export function openToAppend(path: string, mode?: number): Promise<FileHandle> {
  return open(path, constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | noFollow, mode);
}

/** Whether a path is a folder, or lies in it; both without links. */
function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === '' || !(way === '..' || /^\.\.[\\/]/.test(way) || isAbsolute(way));
}

/**
 * Whether what is there at a path leads elsewhere by links: for a path in the working directory out of that, and
 * otherwise, for a file, out of its own folder.
 */
export async function leadsOut(path: string, cwd: string): Promise<boolean> {
  const real = await realpath(path);
  if (isWithin(path, cwd)) return !isWithin(real, await realpath(cwd));
  return !(await stat(real)).isDirectory() && !isWithin(real, await realpath(dirname(path)));
}
