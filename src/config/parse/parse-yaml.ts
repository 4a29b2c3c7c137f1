import {
  type Alias,
  type Document,
  type ErrorCode,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  Lexer,
  type Node,
  type Pair,
  Parser,
  parseDocument,
} from 'yaml';
import type { Parsed } from './parse-json.js';
import {
  deepest,
  type Position,
  positions,
  type SyntaxEntry,
  type SyntaxNode,
  tooDeep,
} from './syntax-tree.js';

const words: Readonly<Record<ErrorCode, string>> = {
  ALIAS_PROPS: 'an alias cannot have an anchor or a tag',
  BAD_ALIAS: 'not an alias',
  BAD_DIRECTIVE: 'an unknown directive',
  BAD_DQ_ESCAPE: 'an invalid escape; write \\\\ for a backslash',
  BAD_INDENT: 'wrong indentation, or a bracket that is not closed',
  BAD_PROP_ORDER: 'anchors and tags must come after the ? : or -',
  BAD_SCALAR_START: 'a text cannot start like this; put it into quotes',
  BLOCK_AS_IMPLICIT_KEY: 'a mapping cannot start here; put the text into quotes or start a new line',
  BLOCK_IN_FLOW: 'a block cannot be inside brackets',
  DUPLICATE_KEY: 'a key appears twice',
  IMPOSSIBLE: 'not YAML',
  KEY_OVER_1024_CHARS: 'a key is longer than 1024 characters',
  MISSING_CHAR: 'a quote, colon, comma or space is missing',
  MULTILINE_IMPLICIT_KEY: 'a key must be on one line',
  MULTIPLE_ANCHORS: 'more than one anchor',
  MULTIPLE_DOCS: 'more than one document; keep one',
  MULTIPLE_TAGS: 'more than one tag',
  NON_STRING_KEY: 'a key must be text',
  RESOURCE_EXHAUSTION: tooDeep,
  TAB_AS_INDENT: 'a tab as indentation; use spaces',
  TAG_RESOLVE_FAILED: 'an unknown tag, or a value that does not fit it',
  UNEXPECTED_TOKEN: 'something unexpected; put the text into quotes',
  BAD_COLLECTION_TYPE: 'a tag that does not fit the collection',
};

/** Maximum number of reported errors. */
const mostErrors = 5;

/** Maximum number of aliases in a configuration. */
const mostAliases = 1000;

/** Stack entries of the parser for the document, a key or value, and a scalar, in addition to one per level. */
const openBesideLevels = 4;

/** YAML 1.2, one document. Aliases are followed; the total size is limited where the tree is built. */
export function parseYaml(text: string): Parsed {
  const position = positions(text);

  // Checked before composing: the composer is recursive, and a stack overflow there can abort the process.
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    const { offset } = parser;
    Array.from(parser.next(lexeme));
    if (parser.stack.length > deepest + openBesideLevels)
      return { errors: [{ ...position(offset), message: tooDeep }] };
  }

  const document = parseDocument(text, { prettyErrors: false, uniqueKeys: false });
  const errors = [...document.errors, ...document.warnings];
  if (errors.length > 0) {
    return {
      errors: errors
        .slice(0, mostErrors)
        .map((error) => ({ ...position(error.pos[0]), message: words[error.code] ?? 'not YAML' })),
    };
  }
  if (document.contents === null) return { draft: null };
  return { draft: draftOf(document.contents, { document, position, targets: new Map() }) };
}

interface Reading {
  readonly document: Document.Parsed;
  readonly position: (offset: number) => Position;
  /** The anchor of each alias, found in one pass through the document. */
  readonly targets: Map<Alias, Node | undefined>;
}

function draftOf(node: unknown, reading: Reading): SyntaxNode {
  if (node === null || node === undefined) return { is: 'value', value: null };
  if (isAlias(node)) {
    if (reading.targets.size >= mostAliases)
      return { is: 'wrong', message: `more than ${mostAliases} aliases` };
    const target = targetOf(node, reading);
    return target === undefined
      ? { is: 'wrong', message: 'an alias without an anchor before it' }
      : draftOf(target, reading);
  }
  if (isMap<unknown, unknown>(node))
    return { is: 'object', entries: () => node.items.map((pair) => entryOf(pair, reading)) };
  if (isSeq(node)) return { is: 'list', items: () => node.items.map((item) => draftOf(item, reading)) };
  if (isScalar(node)) {
    const value: unknown = node.value;
    if (
      value === null ||
      typeof value === 'string' ||
      typeof value === 'number' ||
      typeof value === 'boolean'
    )
      return { is: 'value', value };
  }
  return { is: 'wrong', message: 'expected text, a number, true, false, null, a list or an object' };
}

function targetOf(alias: Alias, { document, targets }: Reading): Node | undefined {
  if (!targets.has(alias)) targets.set(alias, alias.resolve(document));
  return targets.get(alias);
}

function entryOf(pair: Pair<unknown, unknown>, reading: Reading): SyntaxEntry {
  const { position } = reading;
  const key = isAlias(pair.key) ? targetOf(pair.key, reading) : pair.key;
  const start = isNode(pair.key) ? pair.key.range?.[0] : undefined;
  const line = start === undefined ? null : position(start).line;
  if (isScalar(key) && (typeof key.value === 'string' || typeof key.value === 'number'))
    return { key: String(key.value), line, value: draftOf(pair.value, reading) };
  return { key: '?', line, value: { is: 'wrong', message: 'a key must be text' } };
}
