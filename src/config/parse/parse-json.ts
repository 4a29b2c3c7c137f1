import { createScanner, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import { parseJson as parseStrictJson } from '../../schema/read-json.js';
import { deepest, type Position, positions, type SyntaxNode, syntaxNodeOf, tooDeep } from './syntax-tree.js';

/** The problems and their positions in a text that cannot be parsed. */
export interface SyntaxProblem extends Position {
  readonly message: string;
}

/** `null`: the text is empty. */
export type Parsed = { readonly draft: SyntaxNode | null } | { readonly errors: readonly SyntaxProblem[] };

const words: Readonly<Record<string, string>> = {
  InvalidSymbol: 'an unknown word; text must be in double quotes',
  InvalidNumberFormat: 'not a number',
  PropertyNameExpected: 'expected a key in double quotes',
  ValueExpected: 'expected a value',
  ColonExpected: 'expected a colon',
  CommaExpected: 'expected a comma',
  CloseBraceExpected: 'expected a closing brace }',
  CloseBracketExpected: 'expected a closing bracket ]',
  EndOfFileExpected: 'expected the end of the file',
  InvalidCommentToken: 'a comment is not allowed here',
  UnexpectedEndOfComment: 'a comment is not closed',
  UnexpectedEndOfString: 'a text is not closed',
  UnexpectedEndOfNumber: 'an incomplete number',
  InvalidUnicode: 'an invalid Unicode escape',
  InvalidEscapeCharacter: 'an invalid escape; write \\\\ for a backslash',
  InvalidCharacter: 'a control character; escape it',
};

/** Maximum number of reported errors. */
const mostErrors = 5;

/** JSON with comments and trailing commas. */
export function parseJson(text: string): Parsed {
  const plain = parsePlain(text);
  if (plain !== null) return { draft: plain };
  const position = positions(text);
  const deep = tooDeepAt(text);
  // Checked before parsing: the parser is recursive, and a stack overflow yields no useful message.
  if (deep !== null) return { errors: [{ ...position(deep), message: tooDeep }] };
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  if (root === undefined && isBlank(text)) return { draft: null };
  if (errors.length > 0 || root === undefined) {
    return {
      errors: errors.slice(0, mostErrors).map((error) => ({
        ...position(error.offset),
        message: words[printParseErrorCode(error.error)] ?? 'not JSON',
      })),
    };
  }
  return { draft: draftOfNode(root, position) };
}

/** Shorter texts are parsed quickly in any case; characters. */
const longEnough = 16_384;

/**
 * Parses a long configuration as plain JSON, which is much faster and is what programs generate. `null` if it is not
 * plain JSON, or contains duplicate keys, which `JSON.parse` ignores and which must be reported with their lines.
 */
function parsePlain(text: string): SyntaxNode | null {
  if (text.length < longEnough) return null;
  const value: unknown = parseStrictJson(text);
  return value !== undefined && countKeys(value) === countColons(text) ? syntaxNodeOf(value) : null;
}

/** Not a number if it is nested too deeply. */
function countKeys(value: unknown, depth = 0): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (depth > deepest) return Number.NaN;
  const children: unknown[] = Object.values(value);
  let keys = Array.isArray(value) ? 0 : children.length;
  for (const child of children) keys += countKeys(child, depth + 1);
  return keys;
}

/** Number of colons outside of texts: one for every key. */
function countColons(text: string): number {
  let colons = 0;
  for (const [, colon] of text.matchAll(/"(?:[^"\\]|\\.)*"\s*(:)?/g)) if (colon !== undefined) colons += 1;
  return colons;
}

/** Whether it contains only whitespace and comments. */
function isBlank(text: string): boolean {
  const scanner = createScanner(text, true);
  scanner.scan();
  return scanner.getTokenOffset() >= text.length;
}

function tooDeepAt(text: string): number | null {
  const scanner = createScanner(text, true);
  let depth = 0;
  while (scanner.getPosition() < text.length) {
    scanner.scan();
    const first = text[scanner.getTokenOffset()];
    if (first === '{' || first === '[') depth += 1;
    else if (first === '}' || first === ']') depth -= 1;
    if (depth > deepest) return scanner.getTokenOffset();
  }
  return null;
}

function draftOfNode(node: Node, position: (offset: number) => Position): SyntaxNode {
  const children = node.children ?? [];
  if (node.type === 'array')
    return { is: 'list', items: () => children.map((child) => draftOfNode(child, position)) };
  if (node.type === 'object') {
    return {
      is: 'object',
      entries: () =>
        children.flatMap((property) => {
          const [key, value] = property.children ?? [];
          if (key === undefined || value === undefined) return [];
          return [
            {
              key: String(key.value),
              line: position(key.offset).line,
              value: draftOfNode(value, position),
            },
          ];
        }),
    };
  }
  const value: unknown = node.value;
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return { is: 'value', value };
  return { is: 'wrong', message: 'expected a JSON value' };
}
