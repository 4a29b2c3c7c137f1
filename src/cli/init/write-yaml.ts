import { Document, isMap, isScalar } from 'yaml';
import { sanitize } from '../../report/text/sanitize.js';
import { type Path, pathKey } from '../../schema/path.js';
import type { Draft } from './draft.js';

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
