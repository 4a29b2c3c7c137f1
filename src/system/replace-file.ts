import type { BigIntStats } from 'node:fs';
import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { codeOf } from './error-code.js';
import { temporaryName } from './write-file.js';

/** A temporary file of a process that seems to live is left alone so long: its number may be another program's by now. */
const abandonedMs = 3_600_000;

/**
 * Puts a text in the place of a file, so that whoever reads it, whenever a process or the machine stopped, finds the
 * old one or the new one whole. Mode 0600.
 * @returns what tells the new file from any that takes its place, as `fileAt` does
 */
export async function replaceFile(path: string, text: string): Promise<string> {
  const folder = dirname(path);
  const partial = temporaryName(path, 'tmp', `${process.pid}.`);
  try {
    let file: string;
    const handle = await open(partial, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
      file = identityOf(await handle.stat({ bigint: true }));
    } finally {
      await handle.close();
    }
    await rename(partial, path);
    await syncFolder(folder);
    return file;
  } catch (error) {
    await rm(partial, { force: true }).catch(() => {});
    throw error;
  }
}

/** What tells the file that is there from any that takes its place; `null` where none can be seen. */
export async function fileAt(path: string): Promise<string | null> {
  const there = await stat(path, { bigint: true }).catch(() => null);
  return there === null ? null : identityOf(there);
}

/** Numbers of files are used again, so its time counts, too. */
const identityOf = ({ ino, mtimeNs }: BigIntStats): string => `${ino} ${mtimeNs}`;

/** The new name is on the disk, too. Not every system can do that. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    // The file itself was written: only the power failing right now could still undo it.
  }
}

/** Removes what processes that were killed left of their writing. Those of a process that still writes stay. */
export async function removeLeftOvers(path: string, now: Date): Promise<void> {
  const folder = dirname(path);
  const start = `.${basename(path)}.`;
  for (const name of await readdir(folder).catch(() => [])) {
    const [, pid] = name.startsWith(start)
      ? (/^(\d+)\.[\w-]+\.tmp$/.exec(name.slice(start.length)) ?? [])
      : [];
    if (pid === undefined) continue;
    const leftOver = join(folder, name);
    // In a container every process may have the same number: ours has not written yet.
    if (Number(pid) === process.pid || !isAlive(Number(pid)) || (await isOld(leftOver, now)))
      await rm(leftOver, { force: true }).catch(() => {});
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Not ours to ask: it is somebody's.
    return codeOf(error) === 'EPERM';
  }
}

async function isOld(path: string, now: Date): Promise<boolean> {
  const there = await stat(path).catch(() => null);
  return there !== null && now.getTime() - there.mtimeMs > abandonedMs;
}
