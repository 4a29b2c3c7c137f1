import { readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Secret } from '../secret/secret.js';
import { codeOf } from '../system/error-code.js';
import { fileAt, leadsOut, removeLeftOvers, replaceWithBackup } from '../system/files.js';
import { type EntryName, editedEntry } from './dotenv-edit.js';

/** Maximum size of a file in bytes, as the source `file` reads it. */
const largest = 64 * 1024;

/** An entry, and where it is. */
export interface EntryPlace extends EntryName {
  /** As configured. */
  readonly path: string;
  /** The folder of the configuration. */
  readonly folder: string;
}

/** A file with the entry replaced, ready to be written. */
interface Prepared {
  readonly path: string;
  readonly identity: string;
  readonly before: Buffer;
  readonly after: Buffer;
}

/** A file that cannot be written. */
interface Obstacle {
  readonly identity: string | null;
  readonly problem: string;
}

/** Whether the entry could be rewritten now: the identity of its file, and what is in the way. */
export async function examineEntry(
  place: EntryPlace,
  secret: Secret,
): Promise<{ readonly identity: string | null; readonly obstacle: string | null }> {
  const prepared = await prepare(place, secret);
  return 'problem' in prepared
    ? { identity: prepared.identity, obstacle: prepared.problem }
    : { identity: prepared.identity, obstacle: null };
}

/** What came of rewriting an entry. */
export type Rewritten =
  /** `backup`: the name of the file with the old content, beside the file. */
  { readonly ok: true; readonly backup: string } | { readonly ok: false; readonly problem: string };

/**
 * Rewrites one entry. The file is replaced as a whole, with owner and mode kept, and the old one stays beside it.
 * @param expected identity of the file that was planned
 */
export async function rewriteEntry(
  place: EntryPlace,
  secret: Secret,
  { expected, now }: { readonly expected: string; readonly now: Date },
): Promise<Rewritten> {
  const prepared = await prepare(place, secret);
  if ('problem' in prepared) return { ok: false, problem: prepared.problem };
  const { path, identity, before, after } = prepared;
  if (identity !== expected) return { ok: false, problem: 'it was changed meanwhile' };
  const stamp = now
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '-');
  const backup = `${basename(path)}.backup-${stamp}`;
  try {
    // Of a run that was killed: they hold a secret.
    await removeLeftOvers(path, now);
    const result = await replaceWithBackup(path, join(dirname(path), backup), { expected, before, after });
    return result === 'replaced' ? { ok: true, backup } : { ok: false, problem: 'it was changed meanwhile' };
  } catch (error) {
    return { ok: false, problem: problemOf(codeOf(error)) };
  }
}

async function prepare(
  { path: configured, folder, key, raw }: EntryPlace,
  secret: Secret,
): Promise<Prepared | Obstacle> {
  const path = resolve(folder, configured);
  try {
    const identity = await fileAt(path);
    if (identity === null) return { identity, problem: 'it does not exist, or cannot be read' };
    if (await leadsOut(path, folder)) return { identity, problem: 'a link leads to another folder' };
    // A link within the folder stays, and the file that it leads to is rewritten.
    const real = await realpath(path);
    const there = await stat(real);
    if (!there.isFile()) return { identity, problem: 'it is not a regular file' };
    if (there.nlink > 1)
      return { identity, problem: 'it has other names (hard links), which would keep the old content' };
    if ((there.mode & 0o222) === 0) return { identity, problem: 'it is read-only' };
    if (there.size > largest) return { identity, problem: 'it is larger than 64 KiB' };
    const before = await readFile(real);
    const edited = editedEntry(before, { key, raw }, secret);
    return edited.ok
      ? { path: real, identity, before, after: edited.content }
      : { identity, problem: edited.problem };
  } catch (error) {
    return { identity: null, problem: problemOf(codeOf(error)) };
  }
}

function problemOf(code: string | null): string {
  switch (code) {
    case 'EPERM':
      return 'the system does not let this user replace it and keep its owner and mode: run this as its owner';
    case 'EACCES':
      return 'the file or its folder may not be written';
    case 'EROFS':
      return 'the file system is read-only';
    case 'ENOSPC':
    case 'EDQUOT':
      return 'the disk is full; the file is unchanged';
    case 'EEXIST':
      return 'there is a backup of this second already: try again';
    default:
      return `it could not be written${code === null ? '' : ` (${code})`}; the file is unchanged`;
  }
}
