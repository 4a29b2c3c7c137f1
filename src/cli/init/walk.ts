import { opendir } from 'node:fs/promises';
import { join } from 'node:path';

/** A look around, not a search: what is deeper or more is not looked at, and that is said. */
export const limits = { depth: 6, entries: 20_000, files: 400 } as const;

/** Folders of what others wrote and what programs made. */
const skipped =
  /^(\..*|node_modules|bower_components|vendor|dist|build|out|target|coverage|__pycache__|venv|site-packages|Pods)$/;

export interface Walked {
  /** Paths with slashes, relative to where it began, in the order of their depth. */
  readonly files: readonly string[];
  /** Folders that could not be read. */
  readonly unreadable: number;
  /** There is more than was looked at. */
  readonly cut: boolean;
}

/**
 * The files of a folder and those below it that are wanted. Links are not followed: they may lead anywhere, and in
 * circles.
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
