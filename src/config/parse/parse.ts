import { ConfigError } from '../../errors.js';
import { parseJson } from './parse-json.js';
import { type SyntaxNode, type SyntaxTree, syntaxTree } from './syntax-tree.js';

export type Syntax = 'json' | 'yaml';

/** The syntax of a file: by its ending, otherwise by what it begins with. YAML's own braces are taken for JSON's. */
export function syntaxOf(file: string, text: string): Syntax {
  if (/\.(json|jsonc|json5)$/i.test(file)) return 'json';
  if (/\.ya?ml$/i.test(file)) return 'yaml';
  const start = text.replace(/^(\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)+/, '');
  return start.startsWith('{') || start.startsWith('[') ? 'json' : 'yaml';
}

/**
 * A configuration's text as plain data. Problems that leave the rest readable (a key that appears twice) come with
 * the tree; a text that is not JSON or YAML at all raises a `ConfigError` with line and column of each place.
 */
export async function parseConfig(text: string, file: string): Promise<SyntaxTree> {
  return syntaxTree(await parseNode(text, file));
}

/** A configuration's text with the line of each key. @throws ConfigError where it is not JSON or YAML, or empty */
export async function parseNode(text: string, file: string): Promise<SyntaxNode> {
  const syntax = syntaxOf(file, text);
  const parsed = syntax === 'json' ? parseJson(text) : (await import('./parse-yaml.js')).parseYaml(text);
  if ('errors' in parsed) {
    throw new ConfigError(
      file,
      parsed.errors.map(({ line, column, message }) => ({
        path: '',
        message: `line ${line}, column ${column}: ${message}`,
      })),
      syntax === 'json'
        ? 'The file was read as JSON; comments and trailing commas are allowed.'
        : 'The file was read as YAML.',
    );
  }
  const { draft } = parsed;
  if (draft === null || (draft.is === 'value' && draft.value === null))
    throw new ConfigError(file, [{ path: '', message: 'the file is empty' }], emptyFileHint);
  return draft;
}

/** What to do about a file without content. */
export const emptyFileHint =
  'Write one with `jwtcheck init`, or begin with .jwtcheckrc.example.json of the package.';
