import { isOnlyPlace } from '../../schema/token-template.js';
import { hasVariables, piecesOf } from '../../schema/variables.js';
import { Secret } from '../../secret/secret.js';

/** Replacement of a default in printed configurations: an inserted default is as secret as a value. */
export const hiddenDefault = '[hidden]';

/**
 * Makes a configured text safe to print: the template instead of inserted values, a URL without credentials, query
 * values and fragment. Remaining secrets are removed.
 */
export function labeller(
  templates: ReadonlyMap<string, string>,
  secrets: readonly Secret[],
): (text: string) => string {
  const redact = Secret.redactor(secrets);
  const show = (text: string): string => {
    const template = templates.get(text);
    if (template === undefined) return redact(withoutUrlSecrets(text));
    return withoutUrlSecrets(withoutDefaults(template, ''));
  };
  // Cache for the few texts of a configuration, which every request needs again.
  const known = new Map<string, string>();
  return (text) => {
    const shown = known.get(text) ?? show(text);
    known.set(text, shown);
    return shown;
  };
}

/** A template whose defaults are replaced with `mark` (`${NAME:-[hidden]}`), or omitted if it is empty (`${NAME}`). */
export function withoutDefaults(template: string, mark: string): string {
  return piecesOf(template)
    .map((piece) => {
      if (piece.is === 'literal') return piece.raw;
      if (piece.is === 'malformed') return '…';
      return piece.fallback === null || mark === '' ? `\${${piece.name}}` : `\${${piece.name}:-${mark}}`;
    })
    .join('');
}

/** A URL without credentials, query values and fragment; any other text unchanged. */
export function withoutUrlSecrets(text: string): string {
  const match = /^((?:[a-z][a-z0-9+.-]*:)?\/\/|\$\{)([^/?#]*)([^?#]*)(\?[^#]*)?(#[\s\S]*)?$/i.exec(text);
  if (match === null) return text;
  const [, scheme = '', authority = '', path = '', query = ''] = match;
  const host = scheme.endsWith('//') ? authority.slice(authority.lastIndexOf('@') + 1) : authority;
  return `${scheme}${host}${path}${withoutValues(query)}`;
}

function withoutValues(query: string): string {
  if (query.length < 2) return query;
  const parts = query.slice(1).split('&');
  return `?${parts
    .map((part) => {
      const equals = part.indexOf('=');
      if (equals === -1) return isPlaceholder(part) ? part : '…';
      const value = part.slice(equals + 1);
      return `${part.slice(0, equals)}=${value === '' || isPlaceholder(value) ? value : '…'}`;
    })
    .join('&')}`;
}

/** Whether it is only a variable or the token placeholder, which need not be hidden. */
function isPlaceholder(text: string): boolean {
  if (isOnlyPlace(text)) return true;
  return hasVariables(text) && piecesOf(text).every((piece) => piece.is === 'variable');
}
