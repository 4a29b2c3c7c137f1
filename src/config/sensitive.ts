import type { JsonValue } from '../model.js';
import { Secret } from '../secret.js';
import { at, entriesOf, isList } from './path.js';
import { hasVariables } from './variables.js';

/** Whether a header or a field of a body is, by its name, a credential. */
export function isSensitiveName(name: string): boolean {
  return /^(proxy-)?authorization$|cookie$|(secret|token|key|password|passwd|credentials?|signature|auth)$/i.test(
    name,
  );
}

/**
 * Credentials typed into `headers` and notifiers: they belong into variables, and are kept out of every output all the
 * same.
 */
export function typedSecrets(tree: JsonValue): Secret[] {
  const found: Secret[] = [];
  const walk = (value: JsonValue): void => {
    if (isList(value)) value.forEach(walk);
    for (const [key, child] of entriesOf(value)) {
      if (key === 'headers') found.push(...inHeaders(child));
      else walk(child);
    }
  };
  walk(tree);
  const notify = at(tree, ['watch', 'notify']);
  return isList(notify) ? [...found, ...notify.flatMap(inNotifier)] : found;
}

/** Keys of a notifier whose values are credentials. */
export const notifierCredentials: ReadonlySet<string> = new Set(['routingKey', 'signingSecret']);

/** Whether the URL of a notifier of this kind is a credential. */
export const isSecretUrl = (kind: JsonValue | undefined): boolean => kind === 'slack' || kind === 'webhook';

/** Shorter paths, such as `/hook`, protect nothing, and would be taken out of what others say. */
const shortestSecretPath = 16;

function inNotifier(notifier: JsonValue): Secret[] {
  const texts = entriesOf(notifier).flatMap(([key, value]) => {
    if (typeof value !== 'string' || value === '' || hasVariables(value)) return [];
    if (notifierCredentials.has(key)) return [value];
    if (key !== 'url' || !isSecretUrl(at(notifier, ['kind']))) return [];
    const [, path = ''] = /^https?:\/\/[^/?#]*(.*)$/is.exec(value) ?? [];
    const parts = [path, ...path.split(/[/?#&=]/)].filter((part) => part.length >= shortestSecretPath);
    return [value, ...parts];
  });
  return texts.map((text) => new Secret(text));
}

function inHeaders(headers: JsonValue): Secret[] {
  return entriesOf(headers).flatMap(([name, value]) => {
    if (typeof value !== 'string' || !isSensitiveName(name) || value.includes('{{token')) return [];
    const credentials = value.replace(/^(bearer|basic|digest|token)\s+/i, '');
    return [...new Set([value, credentials])].filter((text) => text !== '').map((text) => new Secret(text));
  });
}
