import { parseYaml } from '../../config/parse/parse-yaml.js';
import { syntaxTree } from '../../config/parse/syntax-tree.js';
import type { JsonValue } from '../../model.js';

/** Of a file with more, the first ones do. */
const most = 200;

/**
 * The documents of a YAML file, as plain data. One that cannot be read, such as a template before it is filled in, is
 * left out.
 */
export function documentsOf(text: string): { documents: JsonValue[]; unreadable: number } {
  const documents: JsonValue[] = [];
  let unreadable = 0;
  const parts = text.split(/^---(?=\s|$)[^\n]*$|^\.\.\.\s*$/m);
  for (const part of parts.slice(0, most)) {
    if (part.trim() === '') continue;
    const parsed = parseYaml(part);
    if ('errors' in parsed) unreadable += 1;
    else if (parsed.draft !== null) documents.push(syntaxTree(parsed.draft).tree);
  }
  return { documents, unreadable };
}
