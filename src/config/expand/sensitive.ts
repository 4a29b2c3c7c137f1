import type { JsonValue } from '../../model.js';
import { entriesOf, isList, type Path, pathKey } from '../../schema/path.js';
import { asParsed } from '../../schema/url.js';
import { Secret } from '../../secret/secret.js';
import type { Checked } from '../check/check-names.js';
import { isData, textsIn, type Unit, unitsOf } from '../units.js';

/** Whether the name of a header or of a body field denotes a credential. */
export function isSensitiveName(name: string): boolean {
  return /^(proxy-)?authorization$|cookie$|(secret|token|key|password|passwd|credentials?|signature|auth)$/i.test(
    name,
  );
}

/** Paths of texts in a configuration that must not be printed. */
export interface Credentials {
  /** By `pathKey`: values such as tokens and passwords. */
  readonly values: ReadonlySet<string>;
  /** By `pathKey`: URLs that grant access to anyone who knows them. */
  readonly urls: ReadonlySet<string>;
}

/** Keys of files, which have the name of their content, and of expected answers. */
const harmless: ReadonlySet<string> = new Set(['tls', 'accepted', 'rejected', 'misconfigured']);

/**
 * Finds the credentials of a configuration, by the declarations of the units, or by default by the names of the keys.
 */
export function credentialsOf(tree: JsonValue): Credentials {
  const values = new Set<string>();
  const urls = new Set<string>();
  for (const unit of unitsOf(tree)) {
    for (const { path } of textsIn(unit.settings)) {
      if (isCredentialUrl(unit, path)) urls.add(pathKey([...unit.path, ...path]));
      else if (isCredential(unit, path)) values.add(pathKey([...unit.path, ...path]));
    }
  }
  return { values, urls };
}

/** The `url` of a notifier or of the heartbeat, unless the kind declares otherwise. */
const isCredentialUrl = ({ carries, declared }: Unit, path: Path): boolean =>
  carries === 'events' && path.length === 1 && path[0] === 'url' && declared.isUrlPublic !== true;

function isCredential({ declared: { names = [], credentials = [] } }: Unit, path: Path): boolean {
  const [first] = path;
  if (harmless.has(String(first))) return false;
  if (path.length === 1 && names.includes(String(first))) return false;
  if (path.length === 1 && credentials.includes(String(first))) return true;
  return path.some((part) => typeof part === 'string' && isSensitiveName(part));
}

/** Shorter paths, such as `/hook`, protect nothing, and removing them would damage texts of services. */
const shortestSecretPath = 16;

/**
 * Credentials of units, written or inserted, that must not appear in any output. The path of a credential URL, or a
 * part of it, in an answer counts as well.
 */
export function unitSecrets(units: readonly Unit[], { isExpanded, isUnresolved }: Checked): Secret[] {
  const found = units.flatMap((unit) =>
    textsIn(unit.settings).flatMap(({ path, text }): string[] => {
      const whole = [...unit.path, ...path];
      if (text === '' || isUnresolved(whole)) return [];
      const isPutIn = unit.carries === 'events' && path[0] === 'url' && isExpanded(whole);
      if (isPutIn || isCredentialUrl(unit, path)) return [text, ...partsOf(text)];
      // Of data to send, only header fields and variables are classified by their names: see below.
      return !isData(path) && isCredential(unit, path) ? [text] : [];
    }),
  );
  return [...new Set(found)].map((text) => new Secret(text));
}

/**
 * Credentials written in `headers`, and in `env` of a program. They should be variables, but are kept out of every
 * output as well.
 */
export function typedSecrets(tree: JsonValue): Secret[] {
  const found: Secret[] = [];
  const walk = (value: JsonValue): void => {
    if (isList(value)) value.forEach(walk);
    for (const [key, child] of entriesOf(value)) {
      if (key === 'headers' || key === 'env') found.push(...inHeaders(child));
      else walk(child);
    }
  };
  walk(tree);
  return found;
}

function inHeaders(headers: JsonValue): Secret[] {
  return entriesOf(headers).flatMap(([name, value]) => {
    if (typeof value !== 'string' || !isSensitiveName(name) || value.includes('{{token')) return [];
    const credentials = value.replace(/^(bearer|basic|digest|token)\s+/i, '');
    return [...new Set([value, credentials])].filter((text) => text !== '').map((text) => new Secret(text));
  });
}

function partsOf(url: string): string[] {
  const [, path = ''] = /^https?:[/\\]*[^/\\?#]*(.*)$/is.exec(asParsed(url)) ?? [];
  return [path, ...path.split(/[/\\?#&=]/)].filter((part) => part.length >= shortestSecretPath);
}
