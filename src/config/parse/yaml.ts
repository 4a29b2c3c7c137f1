// What is used of yaml, by name: loaded late, a bundled CommonJS package shows its names only in this way.
export { isAlias, isMap, isNode, isScalar, isSeq, Lexer, Parser, parseDocument } from 'yaml';
