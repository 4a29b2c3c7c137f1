import type { JsonValue } from '../model.js';

/** Where something stands in a configuration: keys and list positions from the top. */
export type Path = readonly (string | number)[];

/** One thing wrong, before its path is written out. */
export interface Problem {
  readonly path: Path;
  readonly message: string;
}

/** Longer names are cut: they are shown to be found, not to be read. */
const longestShown = 100;

/** A name from the file, fit for a terminal: control and invisible characters escaped, cut where it is very long. */
export function printable(text: string): string {
  const characters = Array.from(text);
  const short = characters.length > longestShown ? `${characters.slice(0, longestShown).join('')}…` : text;
  return short.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu,
    (c) => `\\u${(c.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}

/** A name in the middle of a sentence. */
export function quoted(name: string): string {
  return `\`${printable(name)}\``;
}

/** `environments.staging.participants["a b"].probes[0].url`. */
export function formatPath(path: Path): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else if (/^[\w$-]{1,100}$/.test(part)) text += text === '' ? part : `.${part}`;
    else text += `["${printable(part).replaceAll('"', '\\"')}"]`;
  }
  return text;
}

/** A path as the key of a set. */
export function pathKey(path: Path): string {
  return JSON.stringify(path);
}

/** Whether a value, such as one of a tree, is an object and no list. */
export function isObject(value: JsonValue | undefined): value is { readonly [key: string]: JsonValue };
export function isObject(value: unknown): value is Readonly<Record<string, unknown>>;
export function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a value of a tree is a list. */
export function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** The entries of an object; none where it is something else. */
export function entriesOf(value: JsonValue | undefined): [string, JsonValue][] {
  return isObject(value) ? Object.entries(value) : [];
}

/** What stands at a path; `undefined` where nothing does. Inherited names such as `constructor` are nothing. */
export function at(tree: JsonValue | undefined, path: Path): JsonValue | undefined {
  let value = tree;
  for (const part of path) {
    if (isList(value) && typeof part === 'number') value = value[part];
    else if (isObject(value) && Object.hasOwn(value, part)) value = value[part];
    else return undefined;
  }
  return value;
}
