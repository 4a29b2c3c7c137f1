import { constants } from 'node:fs';
import { open, opendir } from 'node:fs/promises';
import { join } from 'node:path';

/** Limits of the scan. Exceeding them is reported. */
export const limits = { depth: 6, entries: 20_000, files: 400 } as const;

/** Folders of dependencies and of generated files. */
const skipped =
  /^(\..*|node_modules|bower_components|vendor|dist|build|out|target|coverage|__pycache__|venv|site-packages|Pods)$/;

interface Walked {
  /** Relative paths with slashes, ordered by depth. */
  readonly files: readonly string[];
  /** Number of folders that could not be read. */
  readonly unreadable: number;
  /** Whether the limits excluded something. */
  readonly cut: boolean;
}

/**
 * Lists the wanted files of a folder and its subfolders. Links are not followed: they may leave the folder, or form
 * cycles.
 */
export async function walk(
  from: string,
  wanted: (name: string) => boolean,
  signal: AbortSignal,
): Promise<Walked> {
  const files: string[] = [];
  let unreadable = 0;
  let left: number = limits.entries;
  let folders = [''];
  let cut = false;
  for (let depth = 0; folders.length > 0; depth += 1) {
    if (depth > limits.depth) return { files, unreadable, cut: true };
    const next: string[] = [];
    for (const folder of folders) {
      const found: string[] = [];
      try {
        for await (const entry of await opendir(join(from, folder))) {
          left -= 1;
          if (left < 0 || signal.aborted) break;
          const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
          if (entry.isDirectory() && !skipped.test(entry.name)) next.push(path);
          else if (entry.isFile() && wanted(entry.name)) found.push(path);
        }
      } catch {
        unreadable += 1;
      }
      files.push(...found.sort());
      cut ||= left < 0 || files.length > limits.files;
      if (cut || signal.aborted) return { files: files.slice(0, limits.files), unreadable, cut };
    }
    folders = next.sort();
  }
  return { files, unreadable, cut };
}

/** Maximum size of a file that people write, in bytes. */
const largestFile = 512 * 1024;

/** The text of a regular file of at most 512 KiB; `null` for other or unreadable files. */
export async function readText(path: string): Promise<string | null> {
  try {
    // Without blocking: a named pipe without a writer would block everything.
    const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const stat = await handle.stat();
      if (!stat.isFile() || stat.size > largestFile) return null;
      const buffer = Buffer.allocUnsafe(largestFile);
      const { bytesRead } = await handle.read(buffer, 0, largestFile, 0);
      return buffer.toString('utf8', 0, bytesRead).replace(/^\ufeff/, '');
    } finally {
      await handle.close();
    }
  } catch {
    return null;
  }
}
