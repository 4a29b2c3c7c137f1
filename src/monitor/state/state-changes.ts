import type { MonitorState } from '../monitor-model.js';

/** A value that differs between two states, by its path; without a value it is gone. */
export type Change = readonly [path: readonly string[], value?: unknown];

interface Tree {
  readonly [key: string]: unknown;
}

const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

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
  if (!isTree(tree)) return tree;
  const listed = (value: unknown): unknown => (isTree(value) ? Object.values(value) : value);
  return { ...tree, schemaVersion: 1, unsent: listed(tree.unsent), open: listed(tree.open) };
}

/** The changes from one tree to the other. Shared objects are not compared. */
export function changesBetween(before: unknown, after: unknown, path: readonly string[] = []): Change[] {
  if (before === after) return [];
  if (!isTree(before) || !isTree(after))
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
  const entries = new Map(isTree(tree) ? Object.entries(tree) : []);
  if (rest.length === 0 && values.length === 0) entries.delete(key);
  else entries.set(key, withChange(entries.get(key), values.length === 0 ? [rest] : [rest, values[0]]));
  return Object.fromEntries(entries);
}
