import { parseYaml } from '../../config/parse/parse-yaml.js';
import { syntaxTree } from '../../config/parse/syntax-tree.js';
import type { JsonValue } from '../../model.js';

/** Maximum number of documents of a file. */
const most = 200;

/**
 * Parses the documents of a YAML file to plain data. Unreadable documents, such as templates with placeholders, are
 * omitted.
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
