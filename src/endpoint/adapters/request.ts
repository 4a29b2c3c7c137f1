/** What servers on `node:http` hand over, whichever framework stands between. */
export interface Incoming {
  readonly method?: string | undefined;
  /** Path and query. */
  readonly url?: string | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The connection. */
  readonly socket?: { readonly remoteAddress?: string | undefined } | undefined;
}

/** The address of the connection, for rate limits. */
export const addressOf = ({ socket }: Incoming): string => socket?.remoteAddress ?? '';

/** The web-standard request. Host and path are of no meaning to the endpoint, and may be anything. */
export function webRequest({ method = 'GET', url = '/', headers }: Incoming): Request {
  const query = url.includes('?') ? url.slice(url.indexOf('?')) : '';
  const copied = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    // Names with a colon in front are HTTP/2's own (RFC 9113 §8.3).
    if (value === undefined || name.startsWith(':')) continue;
    try {
      copied.set(name, typeof value === 'string' ? value : value.join(', '));
    } catch {
      // Lenient parsers let through what is no value of a header (RFC 9110 §5.5): it is as if it had not come.
    }
  }
  return new Request(`http://localhost/${query}`, { method: known(method), headers: copied });
}

/** `Request` refuses some methods (Fetch §2.2.1); to the endpoint one that it does not answer is like another. */
const known = (method: string): string => (method === 'GET' || method === 'HEAD' ? method : 'POST');
