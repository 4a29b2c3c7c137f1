/** The request of servers on `node:http`, regardless of the framework. */
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

/** Converts to a web-standard request. The endpoint ignores host and path, so that they may have any value. */
export function webRequest({ method = 'GET', url = '/', headers }: Incoming): Request {
  const query = url.includes('?') ? url.slice(url.indexOf('?')) : '';
  const copied = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    // Names that start with a colon belong to HTTP/2 itself (RFC 9113 §8.3).
    if (value === undefined || name.startsWith(':')) continue;
    try {
      copied.set(name, typeof value === 'string' ? value : value.join(', '));
    } catch {
      // Lenient parsers accept invalid header values (RFC 9110 §5.5). Such a header is ignored.
    }
  }
  return new Request(`http://localhost/${query}`, { method: known(method), headers: copied });
}

/** `Request` does not support some methods (Fetch §2.2.1). The endpoint answers all other methods in the same way. */
const known = (method: string): string => (method === 'GET' || method === 'HEAD' ? method : 'POST');
