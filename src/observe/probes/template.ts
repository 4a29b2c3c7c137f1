import type { JsonValue } from '../../model.js';
import { hasPlace } from '../../schema/token-template.js';
import type { Secret } from '../../secret/secret.js';
import { fillToken } from '../tokens/mint.js';

const bearer = 'Bearer {{token}}';

/** Whether a place for the token is anywhere in it. */
export function hasToken(value: unknown): boolean {
  if (typeof value === 'string') return hasPlace(value);
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some(hasToken);
}

/** The same JSON with the token in its strings; to be written as JSON afterwards, so that it cannot break out. */
export function fillJson(value: JsonValue, token: Secret | null): JsonValue {
  if (typeof value === 'string') return fillToken(value, token);
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return value.map((item) => fillJson(item, token));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fillJson(item, token)]));
}

/** What goes over the wire for a configured body or message: a text as it is, anything else as JSON. */
export function fillBody(value: JsonValue, token: Secret | null): string {
  return typeof value === 'string' ? fillToken(value, token) : JSON.stringify(fillJson(value, token));
}

/** Without a token, query parameters that would carry it are left out, and elsewhere it is empty. */
export function fillUrl(template: string, token: Secret | null): string {
  const [beforeHash = ''] = template.split('#', 1);
  if (token !== null) return fillToken(beforeHash, token, encodeURIComponent);
  const [path = '', ...rest] = beforeHash.split('?');
  const query = rest
    .join('?')
    .split('&')
    .filter((pair) => pair !== '' && !hasToken(pair));
  return fillToken(query.length === 0 ? path : `${path}?${query.join('&')}`, null, encodeURIComponent);
}

/**
 * Header fields, names in lower case; without a token, those that would carry it are left out.
 * With `authorize` the token goes into `Authorization` (RFC 6750 §2.1), in the place of whatever is configured there:
 * two answers to "who is asking" would prove nothing.
 */
export function fillHeaders(
  templates: Readonly<Record<string, string>>,
  token: Secret | null,
  authorize: boolean,
): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, template] of Object.entries(templates)) {
    if (token === null && hasToken(template)) continue;
    headers[name.toLowerCase()] = fillToken(template, token);
  }
  if (!authorize) return headers;
  const { authorization: _, ...others } = headers;
  return token === null ? others : { ...others, authorization: fillToken(bearer, token) };
}

/** The scheme of `Authorization` in which configured header fields carry the token; empty where they do not. */
export function schemeOf(templates: Readonly<Record<string, string>>): string {
  const field = Object.entries(templates).find(([name]) => name.toLowerCase() === 'authorization')?.[1];
  return field !== undefined && hasToken(field) ? (/^\S+(?= )/.exec(field)?.[0] ?? '') : '';
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
