import type { ObserveContext } from '../../context.js';
import { NetworkError } from '../../network/network-errors.js';

/**
 * `fetch` for Google's libraries, through the network of the whole check: with its proxy, certificates, limits of
 * time and size, and without redirects. By default the libraries use no proxy over REST and have no timeout.
 * @param labelOf makes a URL safe to print
 */
export function fetchThrough(
  context: Pick<ObserveContext, 'network' | 'timeoutMs'>,
  labelOf: (url: URL) => string,
): typeof fetch {
  return async (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const method = init.method ?? 'GET';
    const answer = await context.network.request({
      method,
      url: url.href,
      label: labelOf(url),
      headers: Object.fromEntries(new Headers(init.headers)),
      body: init.body === null || init.body === undefined ? undefined : String(init.body),
      timeoutMs: context.timeoutMs,
      repeatable: method === 'GET',
    });
    if (!answer.ok) throw new NetworkError(answer.error);
    const { status, headers, body } = answer.value;
    // Responses of these statuses must not have a body, not even an empty one
    // (https://fetch.spec.whatwg.org/#null-body-status).
    const bare = status === 204 || status === 205 || status === 304;
    return new Response(bare ? null : new Uint8Array(body), { status, headers: { ...headers } });
  };
}
