import { readFile, rm } from 'node:fs/promises';
import * as z from 'zod';
import { parseJson } from '../../schema/read-json.js';
import { codeOf } from '../../system/error-code.js';
import { openToAppend } from '../../system/files.js';
import { type Change, withChanges } from './state-changes.js';

/**
 * The changes since a large state was last written as a whole: a line each, beside the state file. A write takes time
 * in proportion to the change. Each line names the state that it belongs to: lines of an older state are skipped.
 */
const line = z.object({
  of: z.string(),
  changes: z.array(z.union([z.tuple([z.array(z.string())]), z.tuple([z.array(z.string()), z.unknown()])])),
});

const pathOf = (statePath: string): string => `${statePath}.journal`;

/** Adds changes; they are on the disk once this resolved. @returns bytes */
export async function appendChanges(
  statePath: string,
  of: string,
  changes: readonly Change[],
): Promise<number> {
  const bytes = Buffer.from(`${JSON.stringify({ of, changes })}\n`);
  const handle = await openToAppend(pathOf(statePath), 0o600);
  try {
    const { bytesWritten } = await handle.write(bytes);
    if (bytesWritten < bytes.length) throw new ShortWrite();
    await handle.datasync();
  } finally {
    await handle.close();
  }
  return bytes.length;
}

/** The system wrote only a part of the line, as it does when the disk gets full. */
class ShortWrite extends Error {
  readonly code = 'ENOSPC';
}

/** The tree with the changes that were appended to this state; the last line may be truncated. */
export async function withJournal(statePath: string, of: string, tree: unknown): Promise<unknown> {
  const text = await readFile(pathOf(statePath), 'utf8').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return '';
    throw error;
  });
  let sum = tree;
  for (const written of text.split('\n')) {
    const parsed = line.safeParse(parseJson(written));
    if (!parsed.success) break;
    if (parsed.data.of === of) sum = withChanges(sum, parsed.data.changes);
  }
  return sum;
}

/** Removes it: the state was written as a whole. */
export const removeJournal = (statePath: string): Promise<void> => rm(pathOf(statePath), { force: true });
