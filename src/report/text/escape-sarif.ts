import { sanitizeAndTruncate } from './sanitize.js';

/**
 * A message of SARIF 2.1.0 (§3.11): `[text](1)` would be a link and `{0}` a placeholder, so their brackets are escaped as
 * §3.11.5 and §3.11.6 have it. Texts without either stay as they are, for viewers that know nothing of it.
 */
export function message(text: string): string {
  const shown = text
    .split('\n')
    .map((line) => sanitizeAndTruncate(line, 1000))
    .join('\n');
  const unlinked = shown.includes('](') ? shown.replace(/[\\[\]]/g, '\\$&') : shown;
  return /\{\d+\}/.test(unlinked) ? unlinked.replace(/[{}]/g, '$&$&') : unlinked;
}

/** A path as a URI reference (RFC 3986): relative, or `file:` where it is absolute. */
export function uri(path: string): string {
  const encoded = path.split('/').map(segment).join('/');
  return encoded.startsWith('/') ? `file://${encoded}` : encoded;
}

/** A lone surrogate cannot be encoded. */
const segment = (text: string): string => encodeURIComponent(text.replace(/\p{Cs}/gu, '\ufffd'));
