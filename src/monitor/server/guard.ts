import type { IncomingMessage } from 'node:http';
import { isLoopback } from '../../config/url.js';

/** Why a request is not answered as it asks. */
export interface Refusal {
  readonly status: number;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * What is refused before anybody looks at the path. On loopback, a name in `Host` that is not this machine's own is a
 * page elsewhere whose name was made to lead here (DNS rebinding), and reads nothing.
 */
export function refusalOf(request: IncomingMessage, loopback: boolean): Refusal | null {
  if (loopback && !isLoopback(hostnameOf(request.headers.host ?? ''))) {
    const message = 'this server answers to 127.0.0.1, [::1] and localhost only';
    return { status: 421, message };
  }
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return { status: 405, message: 'GET and HEAD only', headers: { allow: 'GET, HEAD' } };
  const { 'content-length': length = '0', 'transfer-encoding': encoding } = request.headers;
  if (length !== '0' || encoding !== undefined) return { status: 413, message: 'no request body is read' };
  return null;
}

/** `Host` without its port (RFC 9110 §7.2); empty where it is none. */
function hostnameOf(host: string): string {
  return /^(\[[0-9a-fA-F:.]+\]|[^\s:[\]@/]+)(?::\d+)?$/.exec(host)?.[1] ?? '';
}
