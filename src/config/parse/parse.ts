import { ConfigError } from '../../errors.js';
import { parseJson } from './parse-json.js';
import { type SyntaxNode, type SyntaxTree, syntaxTree } from './syntax-tree.js';

export type Syntax = 'json' | 'yaml';

/**
 * The syntax of a file, from its extension, otherwise from its first characters. A text that starts with a brace is
 * parsed as JSON.
 */
export function syntaxOf(file: string, text: string): Syntax {
  if (/\.(json|jsonc|json5)$/i.test(file)) return 'json';
  if (/\.ya?ml$/i.test(file)) return 'yaml';
  const start = text.replace(/^(\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)+/, '');
  return start.startsWith('{') || start.startsWith('[') ? 'json' : 'yaml';
}

/**
 * Parses a configuration to plain data. Problems that leave the rest readable, such as duplicate keys, are returned
 * with the tree. Invalid JSON or YAML throws a `ConfigError` with line and column of each problem.
 */
export async function parseConfig(text: string, file: string): Promise<SyntaxTree> {
  return syntaxTree(await parseNode(text, file));
}

/** Parses a configuration with the line of each key. @throws ConfigError for invalid JSON or YAML, or an empty text */
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

/** A hint for an empty file. */
export const emptyFileHint =
  'Create one with `jwtcheck init`, or start with .jwtcheckrc.example.json of the package.';
