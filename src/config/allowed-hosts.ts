import { isIP } from 'node:net';
import { parseUrl } from '../schema/url.js';

/** A host that may be contacted. */
interface Entry {
  /** In lower case, as in URLs. Of `*.example.com` only the part after the asterisk. */
  readonly name: string;
  /** Every name below it, but not the name itself. */
  readonly isSuffix: boolean;
  /** `null`: every port. */
  readonly port: number | null;
}

const pattern = /^(\*\.)?(\[[0-9a-f:.]+\]|[^\s:/?#@*[\]]+)(?::(\d{1,5}))?$/i;

/** Description of a valid entry, for errors. */
export const hostPatternHelp = 'a host such as api.example.com, *.example.com or 127.0.0.1:8080';

/**
 * Parses `api.example.com`, `*.example.com`, `127.0.0.1` or `[::1]`, each with or without a port; `null` for an
 * invalid entry.
 */
export function parseHostPattern(text: string): Entry | null {
  const match = pattern.exec(text);
  if (match === null) return null;
  const [, star, host = '', digits] = match;
  const name = nameOf(parseUrl(`https://${host}/`));
  const port = digits === undefined ? null : Number(digits);
  if (name === null || (port !== null && (port < 1 || port > 65_535))) return null;
  // Addresses have no subdomains.
  if (star !== undefined && isIP(name.replace(/^\[|\]$/g, '')) !== 0) return null;
  return { name, isSuffix: star !== undefined, port };
}

/** Whether one of these entries allows the host of a URL. Invalid entries allow nothing. */
export function isAllowed(url: URL, entries: readonly string[]): boolean {
  const host = nameOf(url);
  const port = Number(url.port) || (/^(https|wss):$/.test(url.protocol) ? 443 : 80);
  return entries.some((text) => {
    const entry = parseHostPattern(text);
    if (entry === null || host === null || (entry.port !== null && entry.port !== port)) return false;
    return entry.isSuffix ? host.endsWith(`.${entry.name}`) : host === entry.name;
  });
}

/** The host of a URL without a trailing dot, which does not change its meaning. */
function nameOf(url: URL | null): string | null {
  const name = url?.hostname.toLowerCase().replace(/\.$/, '') ?? '';
  return name === '' ? null : name;
}
