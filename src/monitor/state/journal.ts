import { constants } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import * as z from 'zod';
import { isObject } from '../../schema/path.js';
import { parseJson } from '../../schema/read-json.js';
import { codeOf } from '../../system/error-code.js';
import { openToAppend } from '../../system/files.js';
import type { MonitorState } from '../monitor-model.js';

/** A state is far less deep: a longer path is damage, and costs time that grows faster than its length. */
const longestPath = 32;
const path = z.array(z.string()).max(longestPath);

/**
 * The changes since a large state was last written as a whole: a line each, beside the state file. A write takes time
 * in proportion to the change. Each line names the state that it belongs to: lines of an older state are skipped.
 */
const line = z.object({
  of: z.string(),
  changes: z.array(z.union([z.tuple([path]), z.tuple([path, z.unknown()])])),
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
  // Without blocking: a named pipe without a writer would never be read.
  const flag = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
  const text = await readFile(pathOf(statePath), { encoding: 'utf8', flag }).catch((error: unknown) => {
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

/** A value that differs between two states, by its path; without a value it is gone. */
type Change = readonly [path: readonly string[], value?: unknown];

type Tree = Readonly<Record<string, unknown>>;

/** Lists of events as trees: adding or removing an event is one change. The prefix keeps their order. */
export function treeOf({ environments, unsent, open, remediations }: MonitorState): Tree {
  return {
    environments,
    unsent: Object.fromEntries(unsent.map((one) => [`#${one.event.id}`, one])),
    open: Object.fromEntries(open.map((event) => [`#${event.incident}`, event])),
    ...(remediations === undefined ? {} : { remediations }),
  };
}

/** The content of a state file again, unchecked. */
export function contentOf(tree: unknown): unknown {
  if (!isObject(tree)) return tree;
  const listed = (value: unknown): unknown => (isObject(value) ? Object.values(value) : value);
  return { ...tree, schemaVersion: 1, unsent: listed(tree.unsent), open: listed(tree.open) };
}

/** The changes from one tree to the other. Shared objects are not compared. */
export function changesBetween(before: unknown, after: unknown, path: readonly string[] = []): Change[] {
  if (before === after) return [];
  if (!isObject(before) || !isObject(after))
    return JSON.stringify(before) === JSON.stringify(after) ? [] : [[path, after]];
  const known = new Map(Object.entries(before));
  const changes: Change[] = [];
  for (const [key, value] of Object.entries(after)) {
    if (value === undefined) continue;
    if (!known.has(key)) changes.push([[...path, key], value]);
    else changes.push(...changesBetween(known.get(key), value, [...path, key]));
    known.delete(key);
  }
  for (const [key, value] of known) if (value !== undefined) changes.push([[...path, key]]);
  return changes;
}

/** The tree after these changes. Names are arbitrary, `__proto__` included: each stays an own property. */
export function withChanges(tree: unknown, changes: readonly Change[]): unknown {
  return changes.reduce<unknown>((sum, change) => withChange(sum, change), tree);
}

function withChange(tree: unknown, [path, ...values]: Change): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return values[0];
  const entries = new Map(isObject(tree) ? Object.entries(tree) : []);
  if (rest.length === 0 && values.length === 0) entries.delete(key);
  else entries.set(key, withChange(entries.get(key), values.length === 0 ? [rest] : [rest, values[0]]));
  return Object.fromEntries(entries);
}
