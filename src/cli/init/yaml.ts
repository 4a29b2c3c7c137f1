// What is used of yaml to write, by name: loaded late, a bundled CommonJS package shows its names only in this way.
export { Document, isMap, isScalar } from 'yaml';
