import { fingerprintHandler } from '../handler.js';
import type { FingerprintOptions } from '../options.js';
import { addressOf, type Incoming, webRequest } from './request.js';

/** The used part of `http.ServerResponse`. */
export interface NodeResponse {
  statusCode: number;
  setHeader(name: string, value: string): unknown;
  end(body: string): unknown;
}

/**
 * A handler for `node:http`, Express, Connect and other frameworks that call `(request, response)`.
 * @throws TypeError like `fingerprintHandler`
 */
export function nodeHandler(
  options: FingerprintOptions,
): (request: Incoming, response: NodeResponse) => Promise<void> {
  const handle = fingerprintHandler(options);
  return async (request, response) => {
    const answer = await handle(webRequest(request), addressOf(request));
    response.statusCode = answer.status;
    answer.headers.forEach((value, name) => {
      response.setHeader(name, value);
    });
    response.end(await answer.text());
  };
}
