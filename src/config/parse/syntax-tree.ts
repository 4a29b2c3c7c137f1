import type { JsonValue } from '../../model.js';
import type { Path, Problem } from '../../schema/path.js';

/**
 * A parsed file or object before its keys are validated. Children are evaluated lazily, because aliases may be
 * cyclic.
 */
export type SyntaxNode =
  | { readonly is: 'object'; entries(): Iterable<SyntaxEntry> }
  | { readonly is: 'list'; items(): Iterable<SyntaxNode> }
  | { readonly is: 'value'; readonly value: string | number | boolean | null }
  | { readonly is: 'wrong'; readonly message: string };

export interface SyntaxEntry {
  readonly key: string;
  /** Line in the file, from 1; `null` without a file. */
  readonly line: number | null;
  readonly value: SyntaxNode;
}

/** Maximum depth of objects and lists. */
export const deepest = 64;

/** Maximum number of values with expanded aliases: more indicates an alias bomb. */
const mostValues = 100_000;

export interface SyntaxTree {
  readonly tree: JsonValue;
  readonly problems: readonly Problem[];
}

/**
 * Converts a syntax tree to plain data. Duplicate and dangerous keys, invalid numbers, excessive depth and too many
 * values become problems, and the affected values are omitted.
 */
export function syntaxTree(draft: SyntaxNode): SyntaxTree {
  const problems: Problem[] = [];
  let left = mostValues;

  function object(entries: Iterable<SyntaxEntry>, path: Path): JsonValue {
    const result: Record<string, JsonValue> = {};
    const lines = new Map<string, number | null>();
    for (const { key, line, value } of entries) {
      if (left < 0) break;
      const first = lines.get(key);
      if (key === '__proto__') problems.push({ path: [...path, key], message: 'this key is not allowed' });
      else if (first !== undefined) problems.push({ path: [...path, key], message: twice(first, line) });
      else {
        lines.set(key, line);
        result[key] = grow(value, [...path, key]);
      }
    }
    return result;
  }

  function list(items: Iterable<SyntaxNode>, path: Path): JsonValue {
    const result: JsonValue[] = [];
    for (const item of items) {
      if (left < 0) break;
      result.push(grow(item, [...path, result.length]));
    }
    return result;
  }

  function grow(draft: SyntaxNode, path: Path): JsonValue {
    left -= 1;
    if (left === -1) problems.push({ path: [], message: `contains more than ${mostValues} values` });
    if (left < 0) return null;
    if (draft.is === 'wrong') {
      problems.push({ path, message: draft.message });
      return null;
    }
    if (draft.is === 'value') {
      if (typeof draft.value !== 'number' || Number.isFinite(draft.value)) return draft.value;
      problems.push({ path, message: 'expected a finite number' });
      return null;
    }
    if (path.length >= deepest) {
      problems.push({ path: path.slice(0, 3), message: tooDeep });
      left = -1;
      return null;
    }
    return draft.is === 'object' ? object(draft.entries(), path) : list(draft.items(), path);
  }

  return { tree: grow(draft, []), problems };
}

export const tooDeep = `nested too deeply: more than ${deepest} levels`;

function twice(first: number | null, second: number | null): string {
  const where = first === null || second === null ? '' : ` (lines ${first} and ${second})`;
  return `this key appears twice${where}; keep one`;
}

/** The syntax tree of a JavaScript value: plain objects, lists, text, finite numbers, true, false and null. */
export function syntaxNodeOf(value: unknown): SyntaxNode {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return { is: 'value', value };
  if (Array.isArray(value)) return { is: 'list', items: () => Array.from(value, syntaxNodeOf) };
  if (typeof value !== 'object')
    return { is: 'wrong', message: `expected plain data, found a ${typeof value}` };
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype)
    return { is: 'wrong', message: 'expected plain data, found an instance of a class' };
  return {
    is: 'object',
    // As in JSON, an undefined value is an absent key.
    entries: () =>
      Object.entries(value)
        .filter(([, child]) => child !== undefined)
        .map(([key, child]) => ({ key, line: null, value: syntaxNodeOf(child) })),
  };
}

/** A position in a text: line and column, both from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Determines the position of an offset in a text. */
export function positions(text: string): (offset: number) => Position {
  const starts = [0];
  for (const match of text.matchAll(/\r\n|\r|\n/g)) starts.push(match.index + match[0].length);
  return (offset) => {
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}
