import type { JsonValue } from '../model.js';
import { Secret } from '../secret.js';
import { entriesOf, isList } from './path.js';

/** Whether a header or a field of a body is, by its name, a credential. */
export function isSensitiveName(name: string): boolean {
  return /^(proxy-)?authorization$|cookie$|(secret|token|key|password|passwd|credentials?|signature|auth)$/i.test(
    name,
  );
}

/** Credentials typed into `headers`: they belong into variables, and are kept out of every output all the same. */
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
  return found;
}

function inHeaders(headers: JsonValue): Secret[] {
  return entriesOf(headers).flatMap(([name, value]) => {
    if (typeof value !== 'string' || !isSensitiveName(name) || value.includes('{{token')) return [];
    const credentials = value.replace(/^(bearer|basic|digest|token)\s+/i, '');
    return [...new Set([value, credentials])].filter((text) => text !== '').map((text) => new Secret(text));
  });
}
