import type { JsonValue } from '../../model.js';
import { entriesOf, isList, type Path, pathKey } from '../../schema/path.js';
import { Secret } from '../../secret/secret.js';
import type { Checked } from '../check/check-names.js';
import { isData, textsIn, type Unit, unitsOf } from '../units.js';

/** Whether a header or a field of a body is, by its name, a credential. */
export function isSensitiveName(name: string): boolean {
  return /^(proxy-)?authorization$|cookie$|(secret|token|key|password|passwd|credentials?|signature|auth)$/i.test(
    name,
  );
}

/** Paths of texts in a configuration that nobody may see. */
export interface Credentials {
  /** By `pathKey`: values such as tokens and passwords. */
  readonly values: ReadonlySet<string>;
  /** By `pathKey`: URLs that let whoever knows them send. */
  readonly urls: ReadonlySet<string>;
}

/** Files, which are named like what they hold, and what answers are compared with. */
const harmless: ReadonlySet<string> = new Set(['tls', 'accepted', 'rejected', 'misconfigured']);

/** The credentials of a configuration, by what the units declare and, without a word, by the names of the keys. */
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

/** `url` of a notifier or of the heartbeat, unless the kind says that it is none. */
const isCredentialUrl = ({ carries, declared }: Unit, path: Path): boolean =>
  carries === 'events' && path.length === 1 && path[0] === 'url' && declared.isUrlPublic !== true;

function isCredential({ declared: { names = [], credentials = [] } }: Unit, path: Path): boolean {
  const [first] = path;
  if (harmless.has(String(first))) return false;
  if (path.length === 1 && names.includes(String(first))) return false;
  if (path.length === 1 && credentials.includes(String(first))) return true;
  return path.some((part) => typeof part === 'string' && isSensitiveName(part));
}

/** Shorter paths, such as `/hook`, protect nothing, and would be taken out of what others say. */
const shortestSecretPath = 16;

/**
 * The credentials of units that were typed or put in, to be kept out of every output. What is left of a credential URL
 * in somebody's answer, its path or a part of it, is one, too.
 */
export function unitSecrets(units: readonly Unit[], { isExpanded, isUnresolved }: Checked): Secret[] {
  const found = units.flatMap((unit) =>
    textsIn(unit.settings).flatMap(({ path, text }): string[] => {
      const whole = [...unit.path, ...path];
      if (text === '' || isUnresolved(whole)) return [];
      const isPutIn = unit.carries === 'events' && path[0] === 'url' && isExpanded(whole);
      if (isPutIn || isCredentialUrl(unit, path)) return [text, ...partsOf(text)];
      // Of what is sent, only header fields and variables are told apart by their names: see below.
      return !isData(path) && isCredential(unit, path) ? [text] : [];
    }),
  );
  return [...new Set(found)].map((text) => new Secret(text));
}

/** Credentials typed into `headers`, and into `env` of a program: they belong into variables, and are kept out of every output all the same. */
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
  const [, path = ''] = /^https?:\/\/[^/?#]*(.*)$/is.exec(url) ?? [];
  return [path, ...path.split(/[/?#&=]/)].filter((part) => part.length >= shortestSecretPath);
}
