import type { JsonValue } from '../../model.js';
import { sanitize } from '../../report/text/sanitize.js';
import { type Path, pathKey } from '../../schema/path.js';
import type { Draft } from './draft.js';

/** Maximum width of a value on one line. */
const widest = 100;

/** Writes JSON with comments, in a hand-written style. */
export function writeJson({ tree, comments }: Draft): string {
  const block = (value: JsonValue, path: Path, indent: string, room: number): string => {
    const short = inline(value);
    const inside = `${indent}  `;
    if (typeof value !== 'object' || value === null || (short.length <= room && !isCommented(path)))
      return short;
    if (Array.isArray(value)) {
      const items: readonly JsonValue[] = value;
      const lines = items.map(
        (item, at) => `${inside}${block(item, [...path, at], inside, widest - inside.length)}`,
      );
      return `[\n${lines.join(',\n')}\n${indent}]`;
    }
    const lines = Object.entries(value).map(([key, child]: [string, JsonValue]) => {
      const above = (comments.get(pathKey([...path, key])) ?? []).map(
        (line) => `${inside}// ${sanitize(line)}\n`,
      );
      const name = `${inside}${JSON.stringify(key)}: `;
      return `${above.join('')}${name}${block(child, [...path, key], inside, widest - name.length)}`;
    });
    return `{\n${lines.join(',\n')}\n${indent}}`;
  };
  const prefixes = new Set([...comments.keys()].map((key) => key.slice(0, -1)));
  const isCommented = (path: Path): boolean => {
    const start = pathKey(path).slice(0, -1);
    return path.length === 0 || [...prefixes].some((prefix) => prefix.startsWith(`${start},`));
  };
  return `${block(tree, [], '', 0)}\n`;
}

function inline(value: JsonValue): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) {
    const items: readonly JsonValue[] = value;
    return `[${items.map(inline).join(', ')}]`;
  }
  const entries = Object.entries(value).map(
    ([key, child]: [string, JsonValue]) => `${JSON.stringify(key)}: ${inline(child)}`,
  );
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}
