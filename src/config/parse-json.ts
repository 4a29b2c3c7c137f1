import { createScanner, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import { type Draft, deepest, tooDeep } from './draft.js';
import { type Position, positions } from './lines.js';

/** A text that cannot be read at all: what is wrong, and where. */
export interface SyntaxProblem extends Position {
  readonly message: string;
}

/** `null`: the text is empty. */
export type Parsed = { readonly draft: Draft | null } | { readonly errors: readonly SyntaxProblem[] };

const words: Readonly<Record<string, string>> = {
  InvalidSymbol: 'an unknown word; text must stand in double quotes',
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
  UnexpectedEndOfNumber: 'a number is cut off',
  InvalidUnicode: 'not a Unicode escape',
  InvalidEscapeCharacter: 'not an escape; write \\\\ for a backslash',
  InvalidCharacter: 'a control character; escape it',
};

/** More errors than this say nothing more. */
const mostErrors = 5;

/** JSON with comments and trailing commas. */
export function parseJson(text: string): Parsed {
  const position = positions(text);
  const deep = tooDeepAt(text);
  // Checked before parsing: the parser recurses, and a stack that overflows is no message.
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
  return { draft: draftOf(root, position) };
}

/** Whether there is nothing but white space and comments. */
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

function draftOf(node: Node, position: (offset: number) => Position): Draft {
  const children = node.children ?? [];
  if (node.type === 'array')
    return { is: 'list', items: () => children.map((child) => draftOf(child, position)) };
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
              value: draftOf(value, position),
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
