import { Document, isMap, isScalar } from 'yaml';
import { checkNames } from '../../config/check/check-names.js';
import { parseConfig } from '../../config/parse/parse.js';
import { problemsOf } from '../../config/problems.js';
import { configSchema } from '../../config/schema.js';
import { ConfigError } from '../../errors.js';
import type { JsonValue } from '../../model.js';
import { sanitize } from '../../report/text/sanitize.js';
import { formatPath, type Path, pathKey } from '../../schema/path.js';
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

/** Writes YAML with comments; the first line names the schema for editors. */
export function writeYaml({ tree, comments }: Draft): string {
  const document = new Document(tree);
  const visit = (node: unknown, path: Path): void => {
    if (!isMap(node)) return;
    for (const { key, value } of node.items) {
      if (!isScalar(key)) continue;
      const here = [...path, String(key.value)];
      const lines = comments.get(pathKey(here));
      if (lines !== undefined) key.commentBefore = lines.map((line) => ` ${sanitize(line)}`).join('\n');
      visit(value, here);
    }
  };
  visit(document.contents, []);
  const schema = typeof tree.$schema === 'string' ? tree.$schema : '';
  return `# yaml-language-server: $schema=${sanitize(schema)}\n${document.toString({ lineWidth: 0 })}`;
}

/**
 * Parses and validates a configuration before it is written. Its variables need not be set yet.
 * @throws ConfigError with every problem
 */
export async function validate(text: string, path: string): Promise<void> {
  const { tree, problems: unread } = await parseConfig(text, path);
  const parsed = configSchema.safeParse(tree);
  const issues = parsed.success ? [] : problemsOf(parsed.error.issues, { tree, isExpanded: () => false });
  const names = checkNames({ tree, isExpanded: () => false, isUnresolved: () => false });
  const problems = [...unread, ...issues, ...names];
  if (problems.length === 0) return;
  throw new ConfigError(
    path,
    problems.map((problem) => ({ path: formatPath(problem.path), message: problem.message })),
  );
}
