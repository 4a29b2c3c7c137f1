import type { JsonValue } from '../model.js';
import { at, isList, isObject, type Path, pathKey } from '../schema/path.js';
import { isOnlyPlace } from '../schema/token-template.js';
import { hostOnly } from '../schema/url.js';
import { hasVariables } from '../schema/variables.js';
import { hiddenDefault, withoutDefaults, withoutUrlSecrets } from './expand/label.js';
import { type Credentials, credentialsOf } from './expand/sensitive.js';
import type { Settings } from './schema.js';

const hidden = '[hidden]';

/** Keys whose values are milliseconds in the program and durations in the file. */
const durations: ReadonlySet<string> = new Set([
  'ttl',
  'timeout',
  'deadline',
  'settle',
  'interval',
  'jitter',
  'remindEvery',
  'controlsEvery',
  'every',
  'skew',
  'patience',
  'hookTimeout',
]);

/**
 * The effective configuration, safe to print: as written, with unexpanded variables, and with defaults. Defaults of
 * variables, fallbacks, and credentials in headers and bodies are hidden. An environment with unset variables has no
 * defaults.
 */
export function shownConfig(tree: JsonValue, settings: Settings): JsonValue {
  return merge(tree, settings, [], credentialsOf(tree));
}

/** The same without defaults: only what is written. */
export function writtenConfig(tree: JsonValue): JsonValue {
  return merge(tree, undefined, [], credentialsOf(tree));
}

function merge(
  written: JsonValue | undefined,
  settings: unknown,
  path: Path,
  credentials: Credentials,
): JsonValue {
  if (written === undefined) return fromDefault(settings, path);
  if (typeof written === 'string') return shownText(written, path, credentials);
  const below = (value: JsonValue, key: string | number): JsonValue =>
    merge(value, inside(settings, key), [...path, key], credentials);
  if (isList(written)) return written.map(below);
  if (!isObject(written)) return written;
  const entries = Object.entries(written).map(([key, value]): [string, JsonValue] => [
    key,
    below(value, key),
  ]);
  // Only environments of this file are printed.
  const defaults = isObject(settings) && !(path.length === 1 && path[0] === 'environments') ? settings : {};
  const filled = Object.entries(defaults)
    .filter(([key, value]) => value !== undefined && !Object.hasOwn(written, key))
    .map(([key, value]): [string, JsonValue] => [key, fromDefault(value, [...path, key])]);
  return Object.fromEntries([...entries, ...filled]);
}

function inside(settings: unknown, key: string | number): unknown {
  if (Array.isArray(settings) && typeof key === 'number') return settings[key];
  return isObject(settings) && Object.hasOwn(settings, key) ? settings[key] : undefined;
}

function fromDefault(value: unknown, path: Path): JsonValue {
  if (typeof value === 'number') return durations.has(String(path.at(-1))) ? durationText(value) : value;
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map((item, index) => fromDefault(item, [...path, index]));
  if (!isObject(value)) return null;
  const entries = Object.entries(value).filter(([, child]) => child !== undefined);
  return Object.fromEntries(entries.map(([key, child]) => [key, fromDefault(child, [...path, key])]));
}

function durationText(ms: number): string {
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`;
}

function shownText(text: string, path: Path, { values, urls }: Credentials): string {
  if (urls.has(pathKey(path))) return shownCredentialUrl(text);
  const template = hasVariables(text);
  if (isFallback(path) && !template) return hidden;
  if (values.has(pathKey(path))) return onlyVariables(text) ? withoutDefaults(text, hiddenDefault) : hidden;
  const shown = template ? withoutDefaults(text, hiddenDefault) : text;
  const isUrl = /^(?:[a-z][a-z0-9+.-]*:\/\/|\$\{)/i.test(shown) || path.at(-1) === 'endpoint';
  return isUrl ? withoutUrlSecrets(shown) : shown;
}

function shownCredentialUrl(url: string): string {
  return onlyVariables(url)
    ? withoutDefaults(url, hiddenDefault)
    : (hostOnly(withoutDefaults(url, '')) ?? hidden);
}

function isFallback(path: Path): boolean {
  return path[0] === 'knownFallbacks' || (path.at(-1) === 'fallback' && path.at(-2) === 'source');
}

/** A scheme and variables, or the token placeholder: only such credentials are not hidden. */
function onlyVariables(text: string): boolean {
  const rest = text.replace(/^[A-Za-z]+ +/, '');
  if (isOnlyPlace(rest)) return true;
  return /^\$\{[A-Za-z_][A-Za-z0-9_]*(:-[^{}]*)?\}$/.test(rest);
}

/** The configuration with one of its environments. */
export function onlyEnvironment(tree: JsonValue, name: string): JsonValue {
  const environment = at(tree, ['environments', name]);
  if (!isObject(tree) || environment === undefined) return tree;
  return { ...tree, environments: { [name]: environment } };
}
