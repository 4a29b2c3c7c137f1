import type { JsonValue } from '../../model.js';
import { hasPlace } from '../../schema/token-template.js';
import type { Secret } from '../../secret/secret.js';
import { fillToken } from '../tokens/mint.js';

const bearer = 'Bearer {{token}}';

/** Whether it contains a placeholder for the token. */
export function hasToken(value: unknown): boolean {
  if (typeof value === 'string') return hasPlace(value);
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some(hasToken);
}

/**
 * Inserts the token into the strings of a JSON value. It is serialised afterwards, so that the token cannot break out
 * of a string.
 */
export function fillJson(value: JsonValue, token: Secret | null): JsonValue {
  if (typeof value === 'string') return fillToken(value, token);
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return value.map((item) => fillJson(item, token));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fillJson(item, token)]));
}

/** Serialises a configured body or message: a text unchanged, any other value as JSON. */
export function fillBody(value: JsonValue, token: Secret | null): string {
  return typeof value === 'string' ? fillToken(value, token) : JSON.stringify(fillJson(value, token));
}

/** Without a token, query parameters with the placeholder are omitted; elsewhere the placeholder becomes empty. */
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
 * Builds the header fields, with names in lower case. Without a token, fields with the placeholder are omitted. With
 * `authorize` the token replaces any configured `Authorization` (RFC 6750 §2.1), because two credentials would prove
 * nothing.
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

/** The scheme of `Authorization` in which configured header fields carry the token; empty if they do not. */
export function schemeOf(templates: Readonly<Record<string, string>>): string {
  const field = Object.entries(templates).find(([name]) => name.toLowerCase() === 'authorization')?.[1];
  return field !== undefined && hasToken(field) ? (/^\S+(?= )/.exec(field)?.[0] ?? '') : '';
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
