import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { isLoopback } from '../../schema/url.js';

/** The reason why a request is rejected. */
export interface Refusal {
  readonly status: number;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The clients that the server accepts. */
export interface GuardSettings {
  /** Whether it listens on loopback alone. */
  readonly loopback: boolean;
  /** Host names that it answers to; `undefined`: on loopback none, elsewhere any. */
  readonly hosts?: readonly string[] | undefined;
}

/** The rejection of a request before any handler reads its path; `null`: accepted. */
export function refusalOf(request: IncomingMessage, settings: GuardSettings): Refusal | null {
  const { headers, method } = request;
  if (!isOurHost(hostnameOf(headers.host ?? ''), settings)) {
    const names = settings.hosts ?? [];
    const also = names.length === 0 ? '' : `, and to ${names.join(', ')}`;
    return { status: 421, message: `this server answers to 127.0.0.1, [::1] and localhost only${also}` };
  }
  if (isFromElsewhere(request)) return { status: 403, message: 'requests of other sites are not answered' };
  if (method !== 'GET' && method !== 'HEAD')
    return { status: 405, message: 'GET and HEAD only', headers: { allow: 'GET, HEAD' } };
  const { 'content-length': length = '0', 'transfer-encoding': encoding } = headers;
  if (length !== '0' || encoding !== undefined) return { status: 413, message: 'no request body is read' };
  return null;
}

/**
 * An unknown name in `Host` belongs to another page whose name resolves to this server (DNS rebinding): it must read
 * nothing. The attack needs a name, because an address is always the one of the connection.
 */
function isOurHost(hostname: string, { loopback, hosts }: GuardSettings): boolean {
  const name = hostname.toLowerCase();
  if (isLoopback(name) || hosts?.some((host) => host.toLowerCase() === name) === true) return true;
  if (loopback) return false;
  return hosts === undefined || isIP(name.replace(/^\[|\]$/g, '')) !== 0;
}

/**
 * Whether a page of another site sent the request (https://w3c.github.io/webappsec-fetch-metadata/). A link to the
 * status page, from a chat for instance, is allowed.
 */
function isFromElsewhere({ headers, url }: IncomingMessage): boolean {
  const { origin, host = '' } = headers;
  if (origin !== undefined && hostOf(origin) !== host.toLowerCase()) return true;
  const site = headers['sec-fetch-site'];
  if (site !== 'cross-site' && site !== 'same-site') return false;
  const isLink = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  return !(isLink && url?.split('?')[0] === '/');
}

function hostOf(origin: string): string | null {
  return /^https?:\/\/([^/?#]+)$/i.exec(origin)?.[1]?.toLowerCase() ?? null;
}

/** `Host` without its port (RFC 9110 §7.2); empty if it is invalid. */
function hostnameOf(host: string): string {
  return /^(\[[0-9a-fA-F:.]+\]|[^\s:[\]@/]+)(?::\d+)?$/.exec(host)?.[1] ?? '';
}
