import type { JsonValue } from '../model.js';
import { Secret } from '../secret.js';
import type { Checked } from './check-names.js';
import { at, entriesOf, isList } from './path.js';

/** Whether a header or a field of a body is, by its name, a credential. */
export function isSensitiveName(name: string): boolean {
  return /^(proxy-)?authorization$|cookie$|(secret|token|key|password|passwd|credentials?|signature|auth)$/i.test(
    name,
  );
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

/** Keys of a notifier whose values are credentials. */
export const notifierCredentials: ReadonlySet<string> = new Set(['routingKey', 'signingSecret']);

/** Whether the URL of a notifier of this kind is a credential. */
export const isSecretUrl = (kind: JsonValue | undefined): boolean => kind === 'slack' || kind === 'webhook';

/** Shorter paths, such as `/hook`, protect nothing, and would be taken out of what others say. */
const shortestSecretPath = 16;

/**
 * Credentials of notifiers and of the heartbeat, typed or put in: keys, and URLs that let whoever knows them send. What is left of such a URL
 * in somebody's answer, its path or a part of it, is one, too.
 */
export function notifierSecrets({ tree, isExpanded, isUnresolved }: Checked): Secret[] {
  const listed = at(tree, ['watch', 'notify']);
  const notify = isList(listed) ? listed : [];
  const heartbeat = at(tree, ['watch', 'heartbeat', 'url']);
  const beats =
    typeof heartbeat === 'string' && heartbeat !== '' && !isUnresolved(['watch', 'heartbeat', 'url'])
      ? [heartbeat, ...partsOf(heartbeat)]
      : [];
  const texts = notify.flatMap((notifier, index) =>
    entriesOf(notifier).flatMap(([key, value]) => {
      const path = ['watch', 'notify', index, key];
      if (typeof value !== 'string' || value === '' || isUnresolved(path)) return [];
      if (notifierCredentials.has(key)) return [value];
      const isSecret = key === 'url' && (isSecretUrl(at(notifier, ['kind'])) || isExpanded(path));
      return isSecret ? [value, ...partsOf(value)] : [];
    }),
  );
  return [...beats, ...texts].map((text) => new Secret(text));
}

function partsOf(url: string): string[] {
  const [, path = ''] = /^https?:\/\/[^/?#]*(.*)$/is.exec(url) ?? [];
  return [path, ...path.split(/[/?#&=]/)].filter((part) => part.length >= shortestSecretPath);
}

function inHeaders(headers: JsonValue): Secret[] {
  return entriesOf(headers).flatMap(([name, value]) => {
    if (typeof value !== 'string' || !isSensitiveName(name) || value.includes('{{token')) return [];
    const credentials = value.replace(/^(bearer|basic|digest|token)\s+/i, '');
    return [...new Set([value, credentials])].filter((text) => text !== '').map((text) => new Secret(text));
  });
}
